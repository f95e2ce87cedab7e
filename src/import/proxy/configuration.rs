//! What was read of a proxy's own configuration.

use std::collections::BTreeSet;

use super::{Fate, Mark, Route};

/// Routes to services, and what became of each part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Configuration {
    /// Host name of the target, and the route.
    pub(super) routes: Vec<(String, Route)>,
    pub(super) marks: Vec<Mark>,
    /// Ports on which routes are served; 443 and 80 are one.
    pub(super) doors: BTreeSet<u16>,
}

impl Configuration {
    pub(super) fn mark(&mut self, name: &str, line: usize, fate: Fate, words: &str) {
        self.marks.push(Mark { name: name.to_owned(), line, fate, words: words.to_owned() });
    }

    /// The first part that nothing takes the place of.
    pub(super) fn left(&self) -> Option<&Mark> {
        self.marks.iter().find(|mark| !matches!(mark.fate, Fate::Route | Fate::Gateway))
    }
}
