//! Reading descriptions: what is right arrives whole and without a word; every mistake is reported
//! at its place, with what to write instead, all of them in one run and none with a secret.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod environments;
mod files;
mod names;
mod schema;
mod secrecy;
mod services;
mod top;
mod values;

use portcullis::description::Document;
use portcullis::diagnostic::{Problems, Sources};

/// What reading `text` reports: `LINE:COLUMN CODE message (help)`, in order.
fn mistakes(text: &str) -> Vec<String> {
    let mut problems = Problems::new();
    Document::read(0, text, &mut problems);
    problems
        .iter()
        .map(|d| {
            let at = d.at.unwrap_or_default();
            let help = d.help.as_deref().unwrap_or_default();
            format!("{}:{} {} {} ({help})", at.line, at.column, d.code, d.message)
        })
        .collect()
}

/// Reads `text` and draws everything that is reported.
fn report(text: &str) -> (Problems, String) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let source = sources.add("x.yaml", text);
    Document::read(source, text, &mut problems);
    let report = sources.report(&problems);
    (problems, report)
}
