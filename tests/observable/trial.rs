//! Leaves each control out in turn and asks its observer before and after.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use portcullis::controls::{ALL, all_without};
use portcullis::tree::Tree;

use crate::beginning::drawn;
use crate::gateway::suite::Pace;
use crate::gateway::work::{Order, Worker};
use crate::observer::{Observer, laid_out, remarks};
use crate::table::{CASES, Case};

/// Cases at a time; most of them wait for a judge's interpreter or for nginx.
const THREADS: usize = 4;

/// Controls that mend and that nobody observes, and lines for controls that do not.
pub fn gaps() -> Vec<String> {
    let listed: BTreeSet<&str> = CASES.iter().map(|(id, ..)| *id).collect();
    let mend: BTreeSet<&str> = ALL.iter().map(|control| control.id()).filter(mends).collect();
    let unobserved = mend.difference(&listed).map(|id| {
        format!("{id} mends, and nobody notices when it does not: add a line to CASES in tests/observable/table.rs")
    });
    let vain = listed.difference(&mend).map(|id| {
        format!("{id} does not mend: remove its line from CASES in tests/observable/table.rs")
    });
    unobserved.chain(vain).collect()
}

/// True where the control's file has a `mend` of its own.
fn mends(id: &&str) -> bool {
    let file = format!("src/controls/{}.rs", id.replace('-', "_"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).expect("the control's file").contains("fn mend(")
}

/// What went unnoticed.
pub fn of(cases: &[&Case]) -> Vec<String> {
    let queue: Mutex<VecDeque<&Case>> = Mutex::new(cases.iter().copied().collect());
    let faults = Mutex::new(Vec::new());
    let next = || queue.lock().expect("cases").pop_front();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn({
                let (next, faults) = (&next, &faults);
                move || {
                    let mut rooms = Rooms { first: thread * 2, wavestack: None, features: None };
                    while let Some(case) = next() {
                        if let Err(words) = one(case, &mut rooms) {
                            faults.lock().expect("faults").push(format!("{}: {words}", case.0));
                        }
                    }
                }
            });
        }
    });
    faults.into_inner().expect("faults")
}

fn one(&(id, beginning, observer): &Case, rooms: &mut Rooms) -> Result<(), String> {
    let (whole, without) = (beginning.mended(ALL), beginning.mended(&all_without(id)));
    if whole.stack == without.stack {
        return Err("its mending changes nothing in this stack: name another one".to_owned());
    }
    let (tree, other) = (drawn(&whole), drawn(&without));
    if let Observer::Nginx(check) = observer {
        let room = rooms.of(beginning.facts());
        let words = complaint(room, beginning.facts(), &tree, check)?;
        if let Some(words) = words {
            return Err(format!("{check} fails with every control in force: {words}"));
        }
        return match complaint(room, beginning.facts(), &other, check)? {
            Some(_) => Ok(()),
            None => Err(format!("{check} passes without it")),
        };
    }
    let before = remarks(observer, id, &whole, &tree);
    let after = remarks(observer, id, &without, &other);
    match after.difference(&before).next() {
        Some(_) => Ok(()),
        None => Err(format!("its observer has nothing to add without it: {after:?}")),
    }
}

/// What one check says of a drawn gateway on the real nginx.
fn complaint(
    room: &mut Worker,
    stack: &str,
    tree: &Tree,
    check: &str,
) -> Result<Option<String>, String> {
    let folder = laid_out(tree);
    let order = Order {
        stack: stack.to_owned(),
        tree: folder.path().join("gateway"),
        paces: vec![Pace::Quick, Pace::Slow, Pace::Alone],
        filter: check.to_owned(),
        threads: 1,
        ..Order::default()
    };
    let reports = room.carry_out(&order);
    match reports.as_slice() {
        [report] if report.check == check => Ok(report.complaint.clone()),
        _ => Err(format!("{check} could not be asked: {reports:?}")),
    }
}

/// A room serves one stack; each is opened when it is needed.
struct Rooms {
    first: usize,
    wavestack: Option<Worker>,
    features: Option<Worker>,
}

impl Rooms {
    fn of(&mut self, stack: &str) -> &mut Worker {
        let (room, number) = match stack {
            "wavestack" => (&mut self.wavestack, self.first),
            _ => (&mut self.features, self.first + 1),
        };
        room.get_or_insert_with(|| Worker::hire(number))
    }
}
