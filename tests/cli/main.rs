//! The command line as its users meet it: transcripts, help with examples that work, and the
//! page of all commands.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod page;
mod tour;

use clap::{CommandFactory, Parser};
use portcullis::cli::Cli;

/// What is typed and what is answered. `TRYCMD=overwrite` writes the answers anew.
#[test]
fn transcripts() {
    let home = tempfile::tempdir().unwrap();
    let cases = trycmd::TestCases::new();
    cases.env("HOME", home.path().to_str().unwrap()).env("COLUMNS", "100");
    cases.case("tests/cmd/*.trycmd");
}

/// Each command shows an example, and each example is understood.
#[test]
fn every_command_has_an_example_that_parses() {
    let mut seen = 0;
    for (path, command) in page::commands() {
        let examples = page::examples(&command);
        assert!(!examples.is_empty(), "{path} shows no example");
        for example in examples {
            let words = arguments(&example);
            assert!(words.join(" ").starts_with(&path), "{path}: {example}");
            if let Err(error) = Cli::try_parse_from(&words) {
                unreachable!("{path}: {example}: {error}");
            }
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    Cli::command().debug_assert();
}

/// `docs/cli.md` is written from the types of the command line: `UPDATE=1` writes it anew.
#[test]
fn the_published_page_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");
    let page = page::page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == page, "docs/cli.md is stale: UPDATE=1 cargo test --test cli");
}

/// The program's own words of a line of shell: from its name up to a redirection.
fn arguments(example: &str) -> Vec<&str> {
    let words = example.split_whitespace().skip_while(|word| *word != "portcullis");
    words.take_while(|word| !matches!(*word, ">" | "<" | "|")).collect()
}
