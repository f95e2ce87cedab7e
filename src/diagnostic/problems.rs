//! All mistakes of one run.

use std::collections::BTreeSet;

use super::{Diagnostic, Position, names_a_secret, quoted};

/// More than a person reads at once; a file with more mistakes is of another kind altogether.
const MOST: usize = 100;

/// The mistakes found so far, without doubles, in the order of their places.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    found: BTreeSet<Diagnostic>,
    unshown: usize,
    spoiled: BTreeSet<String>,
    secret: bool,
}

impl Problems {
    /// None so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add one; beyond a hundred they are only counted.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < MOST {
            self.found.insert(diagnostic);
        } else if !self.found.contains(&diagnostic) {
            self.unshown += 1;
        }
    }

    /// Add one at a place, with what to write instead.
    pub fn report(
        &mut self,
        at: Position,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Diagnostic::at(at, code, message).help(help));
    }

    /// True where nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many were found, the unshown ones included.
    pub fn len(&self) -> usize {
        self.found.len() + self.unshown
    }

    /// How many were found beyond those that [`Problems::iter`] gives.
    pub fn unshown(&self) -> usize {
        self.unshown
    }

    /// The mistakes in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Read what stands under `key`; where the key names a secret, no message quotes any of it.
    pub fn under<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.secret;
        self.secret |= names_a_secret(key);
        let value = read(self);
        self.secret = before;
        value
    }

    /// `text` as a message may quote it here.
    pub fn quoted(&self, text: &str) -> String {
        if self.secret { "`***`".to_owned() } else { quoted(text) }
    }

    /// Something inside the entry `name` has been reported, or the entry was dropped, or the key
    /// `name` was misspelt. Whoever follows references should not report what follows from that.
    pub fn spoil(&mut self, name: impl Into<String>) {
        self.spoiled.insert(name.into());
    }

    /// True where a complaint about the entry `name` may only follow from an earlier one.
    pub fn is_spoiled(&self, name: &str) -> bool {
        self.spoiled.contains(name)
    }
}

impl Extend<Diagnostic> for Problems {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: T) {
        diagnostics.into_iter().for_each(|diagnostic| self.add(diagnostic));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_without_doubles_and_bounded() {
        let at = |line| Position { line, column: 1, ..Position::default() };
        let mut problems = Problems::new();
        for line in [3, 1, 2, 1] {
            problems.add(Diagnostic::at(at(line), "x", "y"));
        }
        let lines: Vec<_> = problems.iter().filter_map(|d| d.at).map(|p| p.line).collect();
        assert_eq!(lines, [1, 2, 3]);
        problems.extend((4..200).map(|line| Diagnostic::at(at(line), "x", "y")));
        assert_eq!((problems.iter().count(), problems.unshown()), (100, 99));
    }
}
