//! One promise of a stack, and what became of it.

use super::Target;

/// Something that a running stack keeps, and that can be seen from outside it.
pub struct Promise {
    /// Stable, kebab-case: what programs read.
    pub id: &'static str,
    /// What is promised, no more than `run` looks at.
    pub text: &'static str,
    /// When it may be looked at.
    pub turn: Turn,
    /// Looks.
    pub run: fn(&Target<'_>) -> Observation,
}

/// When a promise may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Beside others.
    Any,
    /// After all others, alone: it uses up what they need.
    Last,
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// It was looked at, and it is so.
    Holds(String),
    /// It is not so: what was seen instead, one line each.
    Broken(Vec<String>),
    /// It cannot be seen from here, and why.
    Unseen(String),
    /// This stack does not make it.
    NotMade,
}

/// What was seen of many equal things, and the observation that follows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    kept: usize,
    broken: Vec<String>,
    unseen: Vec<String>,
}

impl Tally {
    /// One more that is as promised.
    pub(super) fn keep(&mut self) {
        self.kept += 1;
    }

    /// One that is not.
    pub(super) fn broken(&mut self, seen: impl Into<String>) {
        self.broken.push(seen.into());
    }

    /// One that could not be looked at.
    pub(super) fn unseen(&mut self, why: impl Into<String>) {
        self.unseen.push(why.into());
    }

    /// One that is as promised, or what was seen instead.
    pub(super) fn judge(&mut self, kept: bool, seen: impl FnOnce() -> String) {
        if kept { self.keep() } else { self.broken(seen()) }
    }

    /// Anything broken breaks the promise; seeing nothing at all is no proof.
    pub(super) fn conclude(self, things: &str) -> Observation {
        let Self { kept, broken, unseen } = self;
        if !broken.is_empty() {
            return Observation::Broken(broken);
        }
        let first = unseen.first().cloned();
        match (kept, first) {
            (0, None) => Observation::NotMade,
            (0, Some(why)) => Observation::Unseen(why),
            (_, None) => Observation::Holds(format!("{kept} {things}")),
            (_, Some(why)) => {
                let more = unseen.len();
                Observation::Holds(format!("{kept} {things}; {more} not seen: {why}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_thing_breaks_the_promise() {
        let mut tally = Tally::default();
        tally.keep();
        tally.unseen("too late");
        tally.broken("open");
        assert_eq!(tally.conclude("ports"), Observation::Broken(vec!["open".to_owned()]));
    }

    #[test]
    fn nothing_seen_is_no_proof() {
        assert_eq!(Tally::default().conclude("ports"), Observation::NotMade);
        let mut tally = Tally::default();
        tally.unseen("too late");
        assert_eq!(tally.conclude("ports"), Observation::Unseen("too late".to_owned()));
    }
}
