//! The drawn gateway keeps its promises on the real nginx.
//!
//! `cargo test --test gateway [-- WORD]` runs the checks whose name contains WORD. Needs root,
//! util-linux, iproute2 and nginx (`tests/tools/install`); without them it fails and says so.
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
#[path = "support/totals.rs"]
mod totals;

use std::process::ExitCode;
use std::thread;

use gateway::drawn;
use gateway::room::{self, Room};
use gateway::suite::Pace;
use gateway::work::{self, Order, Report, Worker};

fn main() -> ExitCode {
    if let Some(room) = Room::inside() {
        work::serve(room);
        return ExitCode::SUCCESS;
    }
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let reports = rehearse(&filter);
    let failed = reports.iter().filter(|(_, report)| report.complaint.is_some()).count();
    for (stack, report) in &reports {
        match &report.complaint {
            None => println!("ok   {stack} {} ({} ms)", report.check, report.took),
            Some(words) => {
                println!("FAIL {stack} {} ({} ms)\n     {words}", report.check, report.took)
            }
        }
    }
    room::sweep();
    totals::conclude(reports.len() - failed, failed, 0)
}

/// Two rooms for each stack: one for the checks that bear company, one for those that do not.
fn rehearse(filter: &str) -> Vec<(&'static str, Report)> {
    let orders = drawn::STACKS.iter().flat_map(|stack| {
        [vec![Pace::Quick, Pace::Slow], vec![Pace::Alone]].map(|paces| {
            let (tree, filter) = (drawn::tree(stack), filter.to_owned());
            let order = Order {
                stack: (*stack).to_owned(),
                tree,
                filter,
                paces,
                threads: 24,
                ..Order::default()
            };
            (*stack, order)
        })
    });
    let rooms: Vec<_> = orders
        .enumerate()
        .map(|(number, (stack, order))| {
            (stack, thread::spawn(move || Worker::hire(number).carry_out(&order)))
        })
        .collect();
    rooms
        .into_iter()
        .flat_map(|(stack, room)| {
            room.join().expect("a room").into_iter().map(move |report| (stack, report))
        })
        .collect()
}
