//! How fast this program may ask without being counted out: the stack's own rates, kept here as
//! nginx keeps them there (`limit_req`, a leaky bucket).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::stack::{Rate, RateName, RateUnit};

/// Requests that are left to whoever else comes from this address.
const SPARE: f64 = 2.0;

/// The buckets of every rate, by its name. A rate per credential is counted as if all requests
/// shared one credential.
#[derive(Debug, Default)]
pub(super) struct Pace {
    buckets: Mutex<BTreeMap<RateName, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl Pace {
    /// Wait until one more request under all of `rates` is within them, and count it. False where
    /// that would be after `deadline`; it is not counted then.
    pub(super) fn wait(&self, rates: &[(RateName, Rate)], deadline: Instant) -> bool {
        loop {
            let now = Instant::now();
            let wait = {
                let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
                let waits = rates.iter().map(|(name, rate)| {
                    buckets.get(name).map_or(Duration::ZERO, |bucket| bucket.room_in(rate, now))
                });
                let wait = waits.max().unwrap_or_default();
                if wait.is_zero() {
                    for (name, rate) in rates {
                        let empty = Bucket { level: 0.0, at: now };
                        let bucket = buckets.entry(name.clone()).or_insert(empty);
                        *bucket = Bucket { level: bucket.level_at(rate, now) + 1.0, at: now };
                    }
                }
                wait
            };
            if wait.is_zero() {
                return true;
            }
            if now + wait > deadline {
                return false;
            }
            thread::sleep(wait);
        }
    }
}

impl Bucket {
    fn level_at(&self, rate: &Rate, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level - passed * per_second(rate)).max(0.0)
    }

    /// Time until one more fits.
    fn room_in(&self, rate: &Rate, now: Instant) -> Duration {
        // nginx lets one through at once and `burst` more.
        let most = (f64::from(rate.burst) - SPARE).max(0.0);
        let over = self.level_at(rate, now) - most;
        if over <= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(over / per_second(rate)) }
    }
}

/// Requests that leak out of a bucket in a second.
pub(super) fn per_second(rate: &Rate) -> f64 {
    let requests = f64::from(rate.requests);
    match rate.unit {
        RateUnit::Second => requests,
        RateUnit::Minute => requests / 60.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_one_waits() {
        let pace = Pace::default();
        let rates = [(RateName::new("slow").unwrap(), Rate::parse("1/min burst 5").unwrap())];
        let soon = Instant::now() + Duration::from_millis(100);
        let passed = (0..10).filter(|_| pace.wait(&rates, soon)).count();
        assert_eq!(passed, 4);
    }

    #[test]
    fn what_leaks_out_leaves_room() {
        let pace = Pace::default();
        let rates = [(RateName::new("fast").unwrap(), Rate::parse("100/s burst 3").unwrap())];
        let later = Instant::now() + Duration::from_secs(2);
        assert_eq!((0..20).filter(|_| pace.wait(&rates, later)).count(), 20);
    }
}
