//! The behaviour suite misses hardly anything: every line of the drawn gateway is left out in turn,
//! every flag turned round, and the checks have to notice.
//!
//! `cargo test --test mutants [-- WORD]` tries the mutants whose file or line contains WORD. What
//! survives stands in `tests/gateway/survivors.txt` with the reason; nothing may survive where the
//! gateway decides who gets in.
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

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use gateway::drawn;
use gateway::mutate::{self, Mutant};
use gateway::room::{self, Room};
use gateway::suite::Pace;
use gateway::survivors::Survivors;
use gateway::work::{self, Order, Worker};

/// Rooms for the checks that wait for nothing, as many as keep two cores busy.
const BUSY_ROOMS: usize = 4;
/// Rooms for those that mostly wait.
const WAITING_ROOMS: usize = 24;
/// Of a hundred mutants, as many have to be noticed.
const CAUGHT: usize = 95;

fn main() -> ExitCode {
    if let Some(room) = Room::inside() {
        work::serve(room);
        return ExitCode::SUCCESS;
    }
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let trees = Trees { wavestack: drawn::tree("wavestack"), features: drawn::tree("features") };
    if let Some(words) = trees.complaint() {
        println!("the gateway fails before anything is changed: {words}");
        return ExitCode::FAILURE;
    }
    let mutants = all(&trees.wavestack, &filter);
    let total = mutants.len();
    let survivors = Survivors::read();
    let unnoticed = trees.sift(mutants, &survivors);
    room::sweep();
    let caught = total - unnoticed.len();
    println!("{caught} of {total} mutants caught, {:.1} %", 100.0 * caught as f64 / total as f64);
    let faults = survivors.judge(&unnoticed, filter.is_empty());
    for fault in &faults {
        println!("{fault}");
    }
    let good = faults.is_empty() && caught * 100 >= total * CAUGHT;
    // As Rust's own test harness ends, for whoever adds up the totals.
    let (verdict, failed) = if good { ("ok", 0) } else { ("FAILED", faults.len().max(1)) };
    println!(
        "test result: {verdict}. {caught} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out"
    );
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is broken, and the tree that shows what a line is good for where wavestack does not use it.
struct Trees {
    wavestack: PathBuf,
    features: PathBuf,
}

const WAITING: &[Pace] = &[Pace::Slow, Pace::Alone];

impl Trees {
    /// What any check says of the trees as they are.
    fn complaint(&self) -> Option<String> {
        let orders = [
            order("wavestack", &self.wavestack, None, &[Pace::Quick]),
            order("wavestack", &self.wavestack, None, WAITING),
            order("features", &self.features, None, &[Pace::Quick]),
        ];
        let rooms = orders.map(|order| thread::spawn(move || twice(&mut hire(), &order)));
        rooms.into_iter().find_map(|room| room.join().expect("a room"))
    }

    /// The mutants that survive the quick checks, the same line's change in the other tree, and
    /// the checks that wait.
    fn sift(&self, mutants: Vec<Mutant>, survivors: &Survivors) -> Vec<Mutant> {
        let begun = Instant::now();
        let said = |mutants: Vec<Mutant>| {
            println!("{} mutants unnoticed after {} s", mutants.len(), begun.elapsed().as_secs());
            mutants
        };
        let own = |paces| {
            move |mutant: &Mutant| Some(order("wavestack", &self.wavestack, Some(mutant), paces))
        };
        let elsewhere = all(&self.features, "");
        let other = |mutant: &Mutant| {
            let same = elsewhere.iter().find(|other| other.is(mutant))?;
            Some(order("features", &self.features, Some(same), &[Pace::Quick]))
        };
        let sift = |mutants, rooms, order: &(dyn Fn(&Mutant) -> Option<Order> + Sync)| {
            said(sift(mutants, rooms, survivors, order))
        };
        let unnoticed = sift(mutants, BUSY_ROOMS, &own(&[Pace::Quick]));
        let unnoticed = sift(unnoticed, BUSY_ROOMS, &other);
        sift(unnoticed, WAITING_ROOMS, &own(WAITING))
    }
}

fn order(stack: &str, tree: &Path, mutant: Option<&Mutant>, paces: &[Pace]) -> Order {
    Order {
        stack: stack.to_owned(),
        tree: tree.to_owned(),
        edit: mutant.map(|mutant| (mutant.file.clone(), mutant.content.clone())),
        paces: paces.to_vec(),
        filter: String::new(),
        threads: if paces.contains(&Pace::Quick) { 3 } else { 24 },
        stop_early: true,
    }
}

fn first_complaint(worker: &mut Worker, order: &Order) -> Option<String> {
    let reports = worker.carry_out(order);
    reports.into_iter().find_map(|report| {
        report.complaint.map(|words| format!("{} {}: {words}", order.stack, report.check))
    })
}

/// A complaint that is made again: a busy machine may have been the reason for the first.
fn twice(worker: &mut Worker, order: &Order) -> Option<String> {
    first_complaint(worker, order).and_then(|_| first_complaint(worker, order))
}

fn hire() -> Worker {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    Worker::hire(NUMBER.fetch_add(1, Ordering::SeqCst))
}

/// The mutants of all files, in the files' order.
fn all(tree: &Path, filter: &str) -> Vec<Mutant> {
    let mut files = Vec::new();
    collect(tree, &mut files);
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            let file = path.strip_prefix(tree).expect("a file of the tree");
            mutate::of_file(file, &fs::read_to_string(path).expect("text"))
        })
        .filter(|mutant| {
            mutant.line.contains(filter) || mutant.file.to_string_lossy().contains(filter)
        })
        .collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the tree").flatten() {
        if entry.path().is_dir() { collect(&entry.path(), files) } else { files.push(entry.path()) }
    }
}

/// Those that no check notices, in their order; one without an order is not noticed.
fn sift(
    mutants: Vec<Mutant>,
    rooms: usize,
    survivors: &Survivors,
    order: &(dyn Fn(&Mutant) -> Option<Order> + Sync),
) -> Vec<Mutant> {
    let rooms = rooms.min(mutants.len());
    let queue: Mutex<VecDeque<(usize, Mutant)>> =
        Mutex::new(mutants.into_iter().enumerate().collect());
    let unnoticed = Mutex::new(Vec::new());
    let next = || queue.lock().expect("mutants").pop_front();
    thread::scope(|scope| {
        for _ in 0..rooms {
            scope.spawn(|| {
                let mut worker = hire();
                while let Some((number, mutant)) = next() {
                    let judge = if survivors.lists(&mutant) { twice } else { first_complaint };
                    let complaint = order(&mutant).and_then(|order| judge(&mut worker, &order));
                    if std::env::var_os("PORTCULLIS_MUTANTS_TALK").is_some() {
                        println!("{mutant}: {complaint:?}");
                    }
                    if complaint.is_none() {
                        unnoticed.lock().expect("mutants").push((number, mutant));
                    }
                }
            });
        }
    });
    let mut unnoticed = unnoticed.into_inner().expect("mutants");
    unnoticed.sort_by_key(|(number, _)| *number);
    unnoticed.into_iter().map(|(_, mutant)| mutant).collect()
}
