//! Orders to a room and its reports, one JSON line each: the outer process draws trees and
//! edits them, the room runs nginx and the checks.

use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, ChildStdout};

use serde::{Deserialize, Serialize};

use super::bench::{Bench, copy_tree};
use super::checks;
use super::facts::stack;
use super::room::Room;
use super::suite::{self, Pace};

/// What a room shall do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Order {
    /// The stack's name among the facts.
    pub stack: String,
    /// The drawn gateway.
    pub tree: PathBuf,
    /// A file of it to be replaced, with the new content.
    pub edit: Option<(PathBuf, String)>,
    /// Which checks.
    pub paces: Vec<Pace>,
    /// Only checks whose name contains this.
    pub filter: String,
    /// Checks at a time.
    pub threads: usize,
    /// End at the first failure.
    pub stop_early: bool,
}

/// What a room says: one per check, then one without a check.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// The check; empty at the end.
    pub check: String,
    /// Milliseconds.
    pub took: u128,
    /// What failed.
    pub complaint: Option<String>,
}

/// A room at work, seen from outside.
pub struct Worker {
    process: Child,
    reports: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Opens a room.
    pub fn hire(number: usize) -> Self {
        let mut process = Room::spawn(number, &[]);
        let reports = BufReader::new(process.stdout.take().expect("its output")).lines();
        Self { process, reports }
    }

    /// Has an order carried out.
    pub fn carry_out(&mut self, order: &Order) -> Vec<Report> {
        let stdin = self.process.stdin.as_mut().expect("its input");
        writeln!(stdin, "{}", serde_json::to_string(order).expect("JSON")).expect("a living room");
        let mut reports = Vec::new();
        loop {
            let line = self.reports.next().expect("the room ended early").expect("a line");
            let report: Report =
                serde_json::from_str(&line).unwrap_or_else(|_| panic!("the room says {line}"));
            if report.check.is_empty() && report.complaint.is_none() {
                return reports;
            }
            reports.push(report);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// The life inside a room: orders from standard input until it closes.
pub fn serve(room: Room) {
    suite::keep_complaints();
    let mut room = Some(room);
    let mut bench: Option<Bench> = None;
    for line in stdin().lines().map_while(Result::ok) {
        let order: Order = serde_json::from_str(&line).expect("an order");
        let bench = bench.get_or_insert_with(|| {
            Bench::new(stack(&order.stack), room.take().expect("one stack a room"))
        });
        let reports = catch_unwind(AssertUnwindSafe(|| obey(bench, &order))).unwrap_or_else(|_| {
            vec![Report {
                check: "the room".to_owned(),
                took: 0,
                complaint: Some(suite::last_complaint()),
            }]
        });
        for report in reports {
            println!("{}", serde_json::to_string(&report).expect("JSON"));
        }
        println!("{}", serde_json::to_string(&Report::default()).expect("JSON"));
    }
}

fn obey(bench: &Bench, order: &Order) -> Vec<Report> {
    let tree = bench.room.path("tree");
    copy_tree(&order.tree, &tree);
    if let Some((file, content)) = &order.edit {
        std::fs::write(tree.join(file), content).expect("the edit");
    }
    bench.stubs.restore(&bench.room, bench.facts.services);
    if let Err(words) = bench.start() {
        return vec![Report { check: "nginx starts".to_owned(), took: 0, complaint: Some(words) }];
    }
    let wanted: Vec<_> = checks::all(bench.facts)
        .into_iter()
        .filter(|check| check.name.contains(&order.filter))
        .filter(|check| order.paces.contains(&check.pace))
        .collect();
    let outcomes = suite::run(bench, &wanted, order.threads, order.stop_early);
    bench.stop();
    outcomes
        .into_iter()
        .map(|outcome| Report {
            check: outcome.name,
            took: outcome.took,
            complaint: outcome.complaint,
        })
        .collect()
}
