//! What the loader makes of Compose files, held against what Docker Compose itself makes of them.
//!
//! Every file of a corpus (`PORTCULLIS_CORPUS`, a folder with an `INDEX.tsv`) is given to both with
//! the same surroundings. What Compose accepts has to be the same project, interpolated and not;
//! what it refuses has to be refused at a place. Without the corpus, the small projects of
//! `tests/fixtures/loading` are compared. `PORTCULLIS_ONLY` keeps those whose name holds a text.

// Clippy's leave for tests covers only the functions marked as such, not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// The share and the differences are what a person runs this for.
#![allow(clippy::print_stdout)]

mod canonical;
mod corpus;
mod judge;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use corpus::Case;
use judge::Verdict;

/// What differs on purpose or cannot be helped, and why.
const KNOWN: &[(&str, &str)] = &[
    (
        "frappe_docker/overrides/compose.migrator.yaml",
        "lists under `x-` of two files are joined, as those of all keys without a rule; Compose \
         shows one of the two",
    ),
    (
        "mattermost__docker/docker-compose.yml (not interpolated)",
        "a variable where a boolean belongs has no type before it has a value",
    ),
];

#[test]
fn compose_files_are_read_as_compose_reads_them() {
    let Some(compose) = judge::compose() else {
        println!("skipped: no docker-compose in target/tools/bin (tests/tools/install)");
        return;
    };
    let cases = corpus::cases();
    assert!(!cases.is_empty());
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let judged = judge::judge(&compose, case);
                    verdicts.lock().unwrap().extend(judged);
                }
            });
        }
    });
    report(&cases, verdicts.into_inner().unwrap());
}

fn report(cases: &[Case], mut verdicts: Vec<Verdict>) {
    verdicts.sort_by(|a, b| a.case.cmp(&b.case));
    let known = |case: &str| KNOWN.iter().find(|(name, _)| case.ends_with(name));
    let (mut same, mut unknown) = (0, 0);
    for Verdict { case, differences } in &verdicts {
        if differences.is_empty() {
            same += 1;
            continue;
        }
        match known(case) {
            Some((_, why)) => println!("{case}\n    known: {why}"),
            None => {
                unknown += 1;
                println!("{case}");
                differences.iter().take(4).for_each(|line| println!("    {line}"));
            }
        }
    }
    println!("{} projects, {} comparisons, {same} the same", cases.len(), verdicts.len());
    assert_eq!(unknown, 0, "so many are read in another way than Compose reads them");
}
