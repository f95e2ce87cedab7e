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
#[path = "support/totals.rs"]
mod totals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, Scope};

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
    let unnoticed = trees.judged(mutants, &survivors);
    room::sweep();
    let caught = total - unnoticed.len();
    println!("{caught} of {total} mutants caught, {:.1} %", 100.0 * caught as f64 / total as f64);
    let faults = survivors.judge(&unnoticed, filter.is_empty());
    for fault in &faults {
        println!("{fault}");
    }
    // A part of the mutants says nothing about the share of all.
    let enough = !filter.is_empty() || caught * 100 >= total * CAUGHT;
    let good = faults.is_empty() && enough;
    totals::conclude(caught, if good { 0 } else { faults.len().max(1) }, 0)
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

    /// The mutants that no check notices. What is not as the list says gets a second look, when the
    /// machine has little else to do: a busy one makes checks fail, and answers come too late to be seen.
    fn judged(&self, mutants: Vec<Mutant>, survivors: &Survivors) -> Vec<Mutant> {
        let all = mutants.clone();
        let first = self.sift(mutants, survivors);
        let as_listed = |mutant: &Mutant| first.contains(mutant) == survivors.lists(mutant);
        let (settled, doubtful): (Vec<_>, Vec<_>) = all.into_iter().partition(as_listed);
        for mutant in &doubtful {
            println!("a second look at {mutant}");
        }
        let again = self.sift(doubtful, survivors);
        settled.into_iter().filter(|mutant| first.contains(mutant)).chain(again).collect()
    }

    /// The mutants that survive the quick checks, the same line's change in the other tree, and
    /// the checks that wait; each goes on to the next as soon as it is through with one.
    fn sift(&self, mutants: Vec<Mutant>, survivors: &Survivors) -> Vec<Mutant> {
        let own = |paces| {
            move |mutant: &Mutant| Some(order("wavestack", &self.wavestack, Some(mutant), paces))
        };
        let elsewhere = all(&self.features, "");
        let other = |mutant: &Mutant| {
            let same = elsewhere.iter().find(|other| other.is(mutant))?;
            Some(order("features", &self.features, Some(same), &[Pace::Quick]))
        };
        let (quick, waiting) = (own(&[Pace::Quick]), own(WAITING));
        let (first, to_quick) = channel();
        for numbered in mutants.into_iter().enumerate() {
            first.send(numbered).expect("a queue");
        }
        drop(first);
        let mut unnoticed: Vec<_> = thread::scope(|scope| {
            let to_other = stage(scope, to_quick, BUSY_ROOMS, survivors, &quick);
            let to_waiting = stage(scope, to_other, BUSY_ROOMS / 2, survivors, &other);
            stage(scope, to_waiting, WAITING_ROOMS, survivors, &waiting).into_iter().collect()
        });
        unnoticed.sort_by_key(|(number, _)| *number);
        unnoticed.into_iter().map(|(_, mutant)| mutant).collect()
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

/// A mutant and its place among all.
type Numbered = (usize, Mutant);

/// Rooms that try what comes in, and what comes out: those that no check notices. One without an
/// order is not noticed.
fn stage<'scope>(
    scope: &'scope Scope<'scope, '_>,
    coming: Receiver<Numbered>,
    rooms: usize,
    survivors: &'scope Survivors,
    order: &'scope (dyn Fn(&Mutant) -> Option<Order> + Sync),
) -> Receiver<Numbered> {
    let (out, going) = channel();
    let coming = Arc::new(Mutex::new(coming));
    for _ in 0..rooms {
        let (coming, out) = (Arc::clone(&coming), out.clone());
        scope.spawn(move || {
            let mut worker = None;
            loop {
                let Ok((number, mutant)) = coming.lock().expect("a queue").recv() else { break };
                let judge = if survivors.lists(&mutant) { twice } else { first_complaint };
                let complaint =
                    order(&mutant).and_then(|order| judge(worker.get_or_insert_with(hire), &order));
                if std::env::var_os("PORTCULLIS_MUTANTS_TALK").is_some() {
                    println!("{mutant}: {complaint:?}");
                }
                if complaint.is_none() {
                    out.send((number, mutant)).expect("a queue");
                }
            }
        });
    }
    going
}
