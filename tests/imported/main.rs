//! Imported projects really run, and serve what they served before, through the gateway.
//!
//! Those of `tests/fixtures/imported`, and with a corpus (`PORTCULLIS_CORPUS`, a folder of Compose files that
//! nobody here wrote) ten of its projects. Each comes up on an engine twice, with stand-ins for its
//! images: as its own file says, and as import and generate make it. `cargo test --test imported [-- WORD...]`
//! takes the projects whose name contains one of the words; `UPDATE=1` writes docs/imported.md. Needs root and
//! what `tests/tools/install` brings; the engine and its machine are those of the engine tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

mod answer;
mod cases;
#[path = "../engine/mod.rs"]
mod engine;
mod looks;
mod original;
mod page;
mod stand_ins;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use cases::Case;
use engine::observation::keep_complaints;
use engine::totals::conclude;
use engine::workshop::Workshop;
use trial::Trial;

/// Most of a trial is waiting for health checks, so that more run than the machine has processors.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    if !rustix::process::geteuid().is_root() {
        println!("left out: every imported project, as an engine of its own needs root");
        return conclude(0, 0, 1);
    }
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let corpus = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from);
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/imported"));
    let mut all: Vec<(&'static Case, &Path)> = Vec::new();
    match &corpus {
        Some(corpus) => all.extend(cases::CORPUS.iter().map(|case| (case, corpus.as_path()))),
        None => {
            println!("left out: the ten projects of the corpus, as PORTCULLIS_CORPUS is not set")
        }
    }
    all.extend(cases::FIXTURES.iter().map(|case| (case, own.as_path())));
    let chosen =
        |case: &Case| words.is_empty() || words.iter().any(|word| case.name.contains(word));
    let cases: Vec<_> = all.iter().copied().filter(|(case, _)| chosen(case)).collect();
    let workshop = Workshop::open();
    workshop.furnish(|engine, parts| stand_ins::make(engine, parts, &cases));
    keep_complaints();
    let trials = try_all(&workshop, &cases);
    if corpus.is_some() && words.is_empty() && std::env::var_os("UPDATE").is_some() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/imported.md");
        std::fs::write(page, page::page(&trials)).expect("docs/imported.md");
    }
    let looks = || trials.iter().flat_map(|trial| &trial.looks);
    let failed = looks().filter(|look| look.complaint.is_some()).count();
    conclude(looks().count() - failed, failed, all.len() - cases.len())
}

/// In the order of the cases, whoever ends first.
fn try_all(workshop: &Workshop, cases: &[(&'static Case, &Path)]) -> Vec<Trial> {
    let waiting = Mutex::new(cases.iter().enumerate().rev().collect::<Vec<_>>());
    let next = || waiting.lock().expect("cases").pop();
    let trials = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((number, (case, folder))) = next() {
                    let trial = Trial::of(case, workshop, folder);
                    trials.lock().expect("trials").push((number, trial));
                }
            });
        }
    });
    let mut trials = trials.into_inner().expect("trials");
    trials.sort_by_key(|(number, _)| *number);
    trials.into_iter().map(|(_, trial)| trial).collect()
}
