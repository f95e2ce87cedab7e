//! What import and generate make of Compose files that nobody here wrote, judged by others.
//!
//! Every file of a corpus (`PORTCULLIS_CORPUS`, a folder with an `INDEX.tsv`) that Compose accepts
//! is imported, generated and handed to the judges; without the corpus, the projects of
//! `tests/fixtures/loading`. The two gixys look at one tree in eight, with `PORTCULLIS_FULL=1` at
//! all. `cargo test --test corpus [-- WORD]` takes the files whose name contains WORD; `UPDATE=1`
//! writes docs/corpus.md. Needs root: nginx reads its files below a root of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "../loading/corpus.rs"]
mod corpus;
mod drawn;
#[path = "../checkers/jail.rs"]
mod jail;
mod judges;
mod page;
#[path = "../support/totals.rs"]
mod totals;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use corpus::Case;
use drawn::Drawn;
use page::Numbers;

/// Of how many trees the slow judges see one, unless they are to see all.
const SAMPLE: usize = 8;

fn main() -> ExitCode {
    let word = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let cases: Vec<Case> =
        accepted().into_iter().filter(|case| case.name.contains(&word)).collect();
    let folder = tempfile::tempdir().unwrap();
    let place = |index: usize| folder.path().join(format!("{index:04}"));
    let mut drawn = draw_all(&cases, &place);
    let every = if std::env::var_os("PORTCULLIS_FULL").is_some() { 1 } else { SAMPLE };
    let made = |index: &usize| drawn[*index].failure.is_empty();
    let trees: Vec<PathBuf> = (0..cases.len()).filter(made).map(place).collect();
    for (tree, judge, what) in judges::all(&trees, every) {
        let index: usize = tree.file_name().unwrap().to_str().unwrap().parse().unwrap();
        drawn[index].findings.push((judge, what));
    }
    report(&drawn, every, word.is_empty())
}

/// What Compose accepts: the index says so.
fn accepted() -> Vec<Case> {
    let mut cases = corpus::cases();
    let Some(corpus) = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from) else {
        // Compose refuses what is about missing variables and files.
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

fn draw_all(cases: &[Case], place: &(impl Fn(usize) -> PathBuf + Sync)) -> Vec<Drawn> {
    let next = AtomicUsize::new(0);
    let drawn = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let one = Drawn::of(case, &place(index));
                    drawn.lock().unwrap().push((index, one));
                }
            });
        }
    });
    let mut drawn = drawn.into_inner().unwrap();
    drawn.sort_by_key(|(index, _)| *index);
    drawn.into_iter().map(|(_, one)| one).collect()
}

fn report(drawn: &[Drawn], every: usize, whole: bool) -> ExitCode {
    for one in drawn {
        if !one.failure.is_empty() {
            println!("{}: {}", one.name, one.failure);
        }
        for (judge, what) in &one.findings {
            println!("{}: {judge}: {}", one.name, what.trim());
        }
    }
    let page = page::page(drawn, every);
    println!("\n{page}");
    let corpus = std::env::var_os("PORTCULLIS_CORPUS").is_some();
    if whole && corpus && std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/corpus.md"), &page).unwrap();
    }
    let missed = if whole { missed(&Numbers::of(drawn), corpus) } else { Vec::new() };
    missed.iter().for_each(|bar| println!("FAIL {bar}"));
    totals::conclude(Numbers::of(drawn).clean, missed.len(), 0)
}

/// What was reached once is kept: per mille clean, ten-thousandths of keys in `compose:`, hundredths
/// of lines. The wanted values stand beside the reached ones in docs/corpus.md; move these towards them.
const FLOOR: (usize, usize, usize) = (960, 165, 50);

/// Bars that are not held.
fn missed(numbers: &Numbers, corpus: bool) -> Vec<String> {
    let (clean, carried, median) = FLOOR;
    let mut missed = Vec::new();
    let mut bar = |held: bool, words: &str| {
        if !held {
            missed.push(words.to_owned());
        }
    };
    bar(numbers.panics == 0, "a file makes the program panic");
    bar(numbers.unknown == 0, "a key is lost that no rule knows");
    if corpus {
        bar(numbers.share(numbers.clean) >= clean, "fewer files come out clean than once did");
        bar(numbers.carried <= carried, "more keys end in `compose:` than once did");
        bar(numbers.median <= median, "descriptions are longer than they once were");
    }
    missed
}
