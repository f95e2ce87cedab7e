//! The drawn gateway keeps its promises on the real nginx.
//!
//! `cargo test --test gateway [-- WORD]` runs the checks whose name contains WORD. Needs root,
//! util-linux, iproute2 and nginx (`tests/tools/install`); without them it fails and says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]
#![allow(unreachable_pub, dead_code)]

#[path = "gateway/mod.rs"]
mod gateway;

use std::process::ExitCode;

use gateway::drawn;
use gateway::room::{self, Room};
use gateway::work::{self, Order, Worker};

fn main() -> ExitCode {
    if let Some(room) = Room::inside() {
        work::serve(room);
        return ExitCode::SUCCESS;
    }
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let mut failed = 0;
    for (number, stack) in drawn::STACKS.iter().enumerate() {
        let order = Order {
            stack: (*stack).to_owned(),
            tree: drawn::tree(stack),
            filter: filter.clone(),
            threads: 24,
            ..Order::default()
        };
        let reports = Worker::hire(number).carry_out(&order);
        for report in &reports {
            match &report.complaint {
                None => println!("ok   {stack} {} ({} ms)", report.check, report.took),
                Some(words) => println!("FAIL {stack} {} ({} ms)\n     {words}", report.check, report.took),
            }
        }
        let broken = reports.iter().filter(|report| report.complaint.is_some()).count();
        println!("{stack}: {} checks, {broken} failed", reports.len());
        failed += broken;
    }
    room::sweep();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
