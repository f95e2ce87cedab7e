//! What a control finds.

use crate::stack::{Origin, Place, Sourced};

/// One place where a control's condition does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// What was found, in words, never a secret's value.
    pub found: String,
    /// Who put it there: decides between HARDENED and FIXED, and where an error points.
    pub origin: Origin,
    /// What a person does about it, or writes instead; for what is mended, how to choose another value.
    pub advice: String,
}

/// A violation whose place is known from the walk that finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::controls) struct Found {
    origin: Origin,
    words: String,
    advice: String,
}

impl Found {
    /// `words` about `value`, which its origin answers for.
    pub(in crate::controls) fn in_value<T>(
        value: &Sourced<T>,
        words: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::from(value.origin(), words, advice)
    }

    /// `words` about something that `origin` answers for.
    pub(in crate::controls) fn from(
        origin: &Origin,
        words: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { origin: origin.clone(), words: words.into(), advice: advice.into() }
    }

    /// `words` about something that nobody said.
    pub(in crate::controls) fn unsaid(words: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::from(&Origin::Default, words, advice)
    }

    /// The violation at `place`.
    pub(in crate::controls) fn at(self, place: Place) -> Violation {
        Violation { place, found: self.words, origin: self.origin, advice: self.advice }
    }
}
