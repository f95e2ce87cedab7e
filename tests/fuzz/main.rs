//! The entries of `fuzz/` on inputs that a small loop of its own mutates, so that every run tries
//! some, with any compiler. Each run starts from the same dice: what fails, fails again.
//!
//! `FUZZ_SECONDS=3600 cargo test --test fuzz ENTRY` goes on for an hour, from dice of its own;
//! seeds are `fuzz/seeds` and, where `PORTCULLIS_CORPUS` is set, its Compose files. An input that
//! fails is left in `target/tmp/fuzz-ENTRY.yaml`; it belongs into [`FOUND`].
#![allow(unreachable_pub)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

#[path = "../../fuzz/entries.rs"]
mod entries;
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutation::Mutation;

/// Inputs of a plain run: a few seconds in a build without optimisation.
const INPUTS: usize = 300;

/// What once failed, and must not again.
const FOUND: &[&str] = &[
    // Groups with a number and groups with a name made the drawn file say `group_add` twice.
    "services: {a: {image: 'nginx:1', group_add: [docker, 100]}}\n",
    // A volume whose place is no path stood below `compose:`, and was declared nowhere.
    "services: {a: {image: 'nginx:1', volumes: ['v:/v', 'data:v']}}\nvolumes: {data: }\n",
    // A line break in a path, which the report repeats, has no form in Markdown: nothing was drawn.
    "services: {a: {image: 'nginx:1', volumes: [\"/var/run/docker.sock:/var/run/doc\\n\\nx\"]}}\n",
];

#[test]
fn reading() {
    tried("reading", entries::reading, INPUTS);
}

#[test]
fn interpolation() {
    tried("interpolation", entries::interpolation, INPUTS);
}

#[test]
fn importing() {
    tried("importing", entries::importing, INPUTS / 5);
}

#[test]
fn beside() {
    tried("beside", entries::beside, INPUTS / 5);
}

#[test]
fn what_once_failed_does_not_again() {
    for text in FOUND {
        entries::reading(text);
        entries::interpolation(text);
        entries::importing(text);
        entries::beside(text);
    }
}

fn tried(name: &str, entry: fn(&str), inputs: usize) {
    let time = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = time.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let dice = until.map_or(1, |_| std::process::id().into());
    let seeds = seeds(until.is_some());
    let mut mutation = Mutation::new(dice, seeds.clone());
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}.yaml"));
    seeds.iter().for_each(|seed| entry(seed));
    let mut count = 0;
    while until.map_or(count < inputs, |until| Instant::now() < until) {
        let text = mutation.next_input();
        // Before it is tried, since a stack that overflows ends the process.
        fs::write(&kept, &text).unwrap();
        let began = Instant::now();
        entry(&text);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(60), "{took:?} for {}", kept.display());
        count += 1;
    }
    let _ = fs::remove_file(&kept);
    println!("{name}: {count} inputs");
}

fn seeds(all: bool) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = listed(&root.join("fuzz/seeds"));
    let corpus = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from).filter(|_| all);
    if let Some(corpus) = corpus {
        let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
        let names = index.lines().skip(1).filter_map(|line| line.split('\t').next());
        files.extend(names.map(|name| corpus.join(name)));
    }
    assert!(!files.is_empty());
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}
