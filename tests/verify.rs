//! `portcullis verify` against a stack that keeps its promises, and against one that breaks each.
//!
//! `cargo test --test verify [-- WORD]` tries the promises whose id contains WORD. Needs what the
//! gateway suite needs: root, util-linux, iproute2 and nginx (`tests/tools/install`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "gateway/mod.rs"]
mod gateway;
#[path = "verify/inspection.rs"]
mod inspection;
#[path = "verify/project.rs"]
mod project;
#[path = "verify/table.rs"]
mod table;
#[path = "support/totals.rs"]
mod totals;
#[path = "verify/trial.rs"]
mod trial;

use std::process::ExitCode;

use gateway::room::{self, Room};

fn main() -> ExitCode {
    if let Some(room) = Room::inside() {
        trial::serve(room);
        return ExitCode::SUCCESS;
    }
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let mut faults = table::gaps();
    let (tried, found) = trial::of(&filter);
    faults.extend(found);
    for fault in &faults {
        println!("FAIL {fault}");
    }
    room::sweep();
    totals::conclude(tried.saturating_sub(faults.len()), faults.len(), 0)
}
