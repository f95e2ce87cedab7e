//! What the visitors saw, counted.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::engine::reply::Reply;

/// Counts that many threads add to.
#[derive(Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    answers: BTreeMap<String, usize>,
    wrong: BTreeMap<String, usize>,
    open: usize,
    ended: usize,
    echoes: usize,
}

impl Tally {
    /// An answer to a request or to a WebSocket's greeting; `good` is the status without a gap.
    pub fn answer(&self, kind: &str, good: u16, reply: &Reply) {
        let status = reply.status;
        let again = reply.header("Retry-After").is_some();
        let gap = matches!(status, 502..=504) && again;
        let words = if gap { " with Retry-After" } else { "" };
        self.count(format!("{kind} {status}{words}"), status == good || gap);
    }

    /// No answer at all.
    pub fn silence(&self, kind: &str, error: &std::io::Error) {
        self.count(format!("{kind} without an answer: {error}"), false);
    }

    /// A WebSocket is open.
    pub fn opened(&self) {
        self.0.lock().expect("counts").open += 1;
    }

    /// A WebSocket was ended from the other side.
    pub fn ended(&self) {
        let mut counts = self.0.lock().expect("counts");
        (counts.open, counts.ended) = (counts.open - 1, counts.ended + 1);
    }

    /// A message came back.
    pub fn echo(&self) {
        self.0.lock().expect("counts").echoes += 1;
    }

    /// Waits until so many WebSockets are open; how long that took, if it does not take two minutes.
    pub fn wait_until_open(&self, count: usize) -> Option<Duration> {
        let begun = Instant::now();
        while self.0.lock().expect("counts").open < count {
            if begun.elapsed() > Duration::from_secs(120) {
                return None;
            }
            thread::sleep(Duration::from_millis(100));
        }
        Some(begun.elapsed())
    }

    /// Begins to count answers anew.
    pub fn forget(&self) {
        let mut counts = self.0.lock().expect("counts");
        *counts = Counts { open: counts.open, ..Counts::default() };
    }

    /// What was seen.
    pub fn print(&self, duration: Duration, recreations: usize) {
        let counts = self.0.lock().expect("counts");
        let seconds = duration.as_secs();
        println!("in {seconds} s, in which the service was recreated {recreations} times:");
        for (words, times) in &counts.answers {
            println!("{times:>8} {words}");
        }
        println!("{:>8} WebSocket messages came back", counts.echoes);
        println!("{:>8} WebSockets ended with their container and came again", counts.ended);
        let wrong: usize = counts.wrong.values().sum();
        let verdict = if wrong == 0 { "held" } else { "missed" };
        println!(
            "{verdict}: {wrong} wrong answers; allowed besides the good ones are 502, 503 and 504 with Retry-After"
        );
        for (words, times) in &counts.wrong {
            println!("{times:>8} {words}");
        }
    }

    fn count(&self, words: String, good: bool) {
        let mut counts = self.0.lock().expect("counts");
        let list = if good { &mut counts.answers } else { &mut counts.wrong };
        *list.entry(words).or_default() += 1;
    }
}
