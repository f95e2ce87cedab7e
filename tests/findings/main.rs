//! What others' rules find in Compose files, and whether `audit` finds it, too: compose-lint's on
//! every file of a corpus (`PORTCULLIS_CORPUS`, a folder with an `INDEX.tsv`) or on the projects of
//! `tests/fixtures/loading`; KICS's, which cannot be run here, each on a file that breaks it.
//! `UPDATE=1` with the corpus writes docs/findings.md.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails loudly, and this one says what it compared"
)]
#![allow(unreachable_pub, dead_code)]

mod comparison;
#[path = "../loading/corpus.rs"]
mod corpus;
mod kics;
mod ours;
mod page;
mod rules;
mod theirs;

use std::path::PathBuf;

use comparison::Comparison;
use corpus::Case;

/// Files of the corpus that nobody reads without the values of their variables, which it does not hold.
const UNREAD: usize = 2;

#[test]
fn what_compose_lint_finds_we_find_or_say_why_not() {
    let cases = accepted();
    let with_corpus = std::env::var_os("PORTCULLIS_CORPUS").is_some();
    if !with_corpus {
        println!("PORTCULLIS_CORPUS is not set: compared on the project's own files only");
    }
    let (ours, theirs) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| theirs::all(&cases));
        (ours::all(&cases), theirs.join().unwrap())
    });
    let comparison = Comparison::of(&ours, &theirs);
    assert!(!comparison.rules.is_empty(), "compose-lint found nothing");
    let page = page::page(&comparison);
    println!("{page}");
    if with_corpus && std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings.md"), page).unwrap();
    }
    let unexplained = &comparison.unexplained;
    assert!(unexplained.is_empty(), "{} misses: {unexplained:#?}", unexplained.len());
    let unread = &comparison.unread;
    assert!(unread.len() <= UNREAD, "not read by audit: {unread:#?}");
    if with_corpus {
        let idle: Vec<_> = comparison.reasons.iter().filter(|(_, count)| **count == 0).collect();
        assert!(idle.is_empty(), "reasons that explain nothing any more: {idle:?}");
    }
}

/// What Compose accepts: the corpus's index says so.
fn accepted() -> Vec<Case> {
    let mut cases = corpus::cases();
    let Some(corpus) = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from) else {
        return cases;
    };
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let accepted: std::collections::BTreeSet<&str> = index
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|columns| columns[6] == "yes")
        .map(|columns| columns[0])
        .collect();
    cases.retain(|case| accepted.contains(case.name.as_str()));
    cases
}
