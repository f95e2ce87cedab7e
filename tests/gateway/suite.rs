//! Runs checks side by side and keeps what each one says.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::bench::Bench;

/// How a check may be run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Pace {
    /// Milliseconds, beside all others.
    Quick,
    /// Waits for a time limit, beside all others.
    Slow,
    /// Moves or stops what others rely on: last, and one at a time.
    Alone,
}

/// One promise of the gateway.
pub struct Check {
    /// `FAMILY::NAME`.
    pub name: &'static str,
    /// Panics when the promise is broken.
    pub run: fn(&Bench),
    /// How it may be run.
    pub pace: Pace,
}

/// Lists the checks of a family: `checks![Quick: one, two]`.
macro_rules! checks {
    ($($pace:ident: $($name:ident),+);+ $(;)?) => {
        /// The checks of this family.
        pub const CHECKS: &[$crate::gateway::suite::Check] = &[$($($crate::gateway::suite::Check {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: $name,
            pace: $crate::gateway::suite::Pace::$pace,
        }),+),+];
    };
}
pub(crate) use checks;

/// What became of a check.
pub struct Outcome {
    /// Its name without the crate's part.
    pub name: String,
    /// Milliseconds.
    pub took: u128,
    /// What it complains of.
    pub complaint: Option<String>,
}

thread_local! {
    static COMPLAINT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the words of a failing check instead of printing them.
pub fn keep_complaints() {
    set_hook(Box::new(|panic| {
        COMPLAINT.with_borrow_mut(|complaint| *complaint = panic.to_string());
    }));
}

/// What the last panic of this thread said.
pub fn last_complaint() -> String {
    COMPLAINT.take()
}

/// Runs `checks` on `threads` threads, those that need to be alone afterwards; `stop_early` ends at the first failure.
pub fn run(bench: &Bench, checks: &[&Check], threads: usize, stop_early: bool) -> Vec<Outcome> {
    let (outcomes, next, failed) =
        (Mutex::new(Vec::new()), AtomicUsize::new(0), AtomicBool::new(false));
    let (alone, together): (Vec<&Check>, Vec<&Check>) =
        checks.iter().partition(|check| check.pace == Pace::Alone);
    let judge = |check: &Check| {
        let outcome = run_one(bench, check);
        failed.fetch_or(outcome.complaint.is_some(), Ordering::SeqCst);
        outcomes.lock().expect("outcomes").push(outcome);
    };
    let over = || stop_early && failed.load(Ordering::SeqCst);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(check) =
                    together.get(next.fetch_add(1, Ordering::SeqCst)).filter(|_| !over())
                {
                    judge(check);
                }
            });
        }
    });
    for check in alone {
        if over() {
            break;
        }
        judge(check);
    }
    outcomes.into_inner().expect("outcomes")
}

fn run_one(bench: &Bench, check: &Check) -> Outcome {
    let begun = Instant::now();
    let complaint =
        catch_unwind(AssertUnwindSafe(|| (check.run)(bench))).err().map(|_| last_complaint());
    let name = check.name.split("checks::").last().unwrap_or(check.name).to_owned();
    Outcome { name, took: begun.elapsed().as_millis(), complaint }
}
