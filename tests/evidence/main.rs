//! `docs/evidence.md`: every promise that only a running stack can show, with the tests that show it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "../engine/mod.rs"]
mod engine;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use engine::observations;
use rows::{CONFIRMED, ELSEWHERE, ROWS};

/// The tests of each row, as the programs name them.
fn tests() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut tests: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for observation in observations::ALL.iter().copied().flatten() {
        for row in observation.proves {
            tests.entry(*row).or_default().insert(observation.name.to_owned());
        }
    }
    for (row, program, _, name) in ELSEWHERE {
        tests.entry(row).or_default().insert(format!("{program}: {name}"));
    }
    tests
}

#[test]
fn every_row_is_shown_or_open_for_a_reason() {
    let tests = tests();
    for row in ROWS {
        let (shown, open) = (tests.contains_key(row.id), !row.open.is_empty());
        assert!(shown || open, "nothing shows {}: {}", row.id, row.promise);
        assert!(!(shown && open), "{} is shown, and said to be open", row.id);
    }
}

#[test]
fn every_test_shows_a_row_that_is_asked_for() {
    let known: BTreeSet<&str> =
        ROWS.iter().map(|row| row.id).chain(CONFIRMED.iter().copied()).collect();
    assert_eq!(known.len(), ROWS.len() + CONFIRMED.len(), "a row stands twice");
    let unknown: Vec<_> = tests().into_keys().filter(|row| !known.contains(row)).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

#[test]
fn tests_of_other_programs_are_there() {
    for (row, _, source, name) in ELSEWHERE {
        let text = fs::read_to_string(root().join("tests").join(source)).expect("its source");
        assert!(text.contains(&format!("fn {name}(")), "{row}: {source} has no {name}");
    }
}

#[test]
fn the_published_table_is_true() {
    let path = root().join("docs/evidence.md");
    let table = table();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &table).expect("the table");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == table, "docs/evidence.md is stale: UPDATE=1 cargo test --test evidence");
}

fn table() -> String {
    let mut text = String::from(HEAD);
    let tests = tests();
    for row in ROWS {
        let names: Vec<String> = tests
            .get(row.id)
            .into_iter()
            .flatten()
            .map(|name| format!("`{}`", name.replace(": ", " ")))
            .collect();
        let result =
            if row.open.is_empty() { "shown".to_owned() } else { format!("open: {}", row.open) };
        text += &format!("| {} | {} | {} | {result} |\n", row.id, row.promise, names.join(", "));
    }
    text
}

const HEAD: &str = "\
<!-- Written from tests/evidence and the observations of tests/engine: UPDATE=1 cargo test --test evidence -->
# Evidence

What only a running stack can show, as the five systems behind the presets ask for it: ai-camera (AC), relay
(RL), myloware (MY), wavestack (WS), ai-stack (AI). Each test runs in `./test`, on a real engine where no
other program is named, and fails with what it saw; `tests/engine/damage.rs` damages the drawn files and sees
that the tests notice. What has no test is open and says why.

| row | promise | tests | result |
|---|---|---|---|
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
