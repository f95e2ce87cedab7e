//! Nothing is mended in vain: drawn with one control's mend left out, something observable breaks.
//!
//! `cargo test --test observable [-- WORD]` tries the controls whose id contains WORD. Needs what
//! the gateway suite and the checkers need: root, and the tools that `tests/tools/install` brings.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "observable/beginning.rs"]
mod beginning;
#[path = "observable/files.rs"]
mod files;
#[path = "gateway/mod.rs"]
mod gateway;
#[path = "checkers/jail.rs"]
mod jail;
#[path = "checkers/judges.rs"]
mod judges;
#[path = "observable/observer.rs"]
mod observer;
#[path = "observable/table.rs"]
mod table;
#[path = "support/totals.rs"]
mod totals;
#[path = "observable/trial.rs"]
mod trial;

use std::process::ExitCode;

use gateway::room::{self, Room};
use gateway::work;

fn main() -> ExitCode {
    if let Some(room) = Room::inside() {
        work::serve(room);
        return ExitCode::SUCCESS;
    }
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let cases: Vec<_> = table::CASES.iter().filter(|(id, ..)| id.contains(&filter)).collect();
    let mut faults = trial::gaps();
    faults.extend(files::missing());
    faults.extend(trial::of(&cases));
    for fault in &faults {
        println!("FAIL {fault}");
    }
    room::sweep();
    totals::conclude(cases.len().saturating_sub(faults.len()), faults.len(), 0)
}
