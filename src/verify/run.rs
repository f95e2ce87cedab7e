//! Looks at every promise: most side by side, since waiting is most of the work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{ALL, Account, Observation, Target, Turn};

/// Promises at a time: few enough to stay far from the gateway's limit on connections of a client.
const THREADS: usize = 8;

/// What became of every promise, in the order of [`ALL`].
pub fn run(target: &Target<'_>) -> Account {
    let found: Mutex<BTreeMap<usize, Observation>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let look = |number: usize, turn: Turn| {
        let Some(promise) = ALL.get(number) else { return false };
        if promise.turn == turn {
            let observation = (promise.run)(target);
            found.lock().unwrap_or_else(PoisonError::into_inner).insert(number, observation);
        }
        true
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| while look(next.fetch_add(1, Ordering::Relaxed), Turn::Any) {});
        }
    });
    let mut number = 0;
    while look(number, Turn::Last) {
        number += 1;
    }
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let of = |(number, promise)| (promise, found.get(&number).cloned());
    let seen = ALL.iter().enumerate().map(of);
    Account::new(seen.filter_map(|(promise, observation)| Some((promise, observation?))).collect())
}
