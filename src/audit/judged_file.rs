//! A file beside the Compose file while it is judged: its text, and how a finding in it is made.

use super::Finding;
use super::rule::rule;
use crate::controls::Severity;
use crate::diagnostic::{Lines, Position, SourceId};

/// A text with the source that its positions name.
pub(super) struct JudgedFile<'a> {
    pub(super) text: &'a str,
    source: SourceId,
    lines: Lines<'a>,
}

/// What a rule found, before it has a position.
pub(super) struct Found {
    pub(super) rule: &'static str,
    /// The byte at which it stands.
    pub(super) offset: usize,
    pub(super) place: String,
    pub(super) found: String,
    pub(super) advice: &'static str,
    /// True for what nobody wrote, which weighs less.
    pub(super) lacking: bool,
}

impl<'a> JudgedFile<'a> {
    pub(super) fn new(text: &'a str, source: SourceId) -> Self {
        Self { text, source, lines: Lines::new(text) }
    }

    /// The position of the word at a byte.
    pub(super) fn position(&self, offset: usize) -> Position {
        let rest = self.text.get(offset..).unwrap_or_default();
        let word = rest.split([' ', '\t', '\r', '\n', ';']).next().unwrap_or_default();
        self.lines.position(self.source, offset, word.len())
    }

    /// A finding; a waiver on the line of the whole instruction, at `start`, holds for it too.
    pub(super) fn finding(&self, found: Found, start: usize) -> Finding {
        let page = rule(found.rule);
        let severity = page.map_or(Severity::Low, |page| page.severity);
        Finding {
            at: self.position(found.offset),
            control: found.rule,
            place: found.place,
            found: found.found,
            severity: if found.lacking { severity.less() } else { severity },
            advice: found.advice.to_owned(),
            references: page.map(|page| page.references).unwrap_or_default(),
            service: Some(self.position(start)),
            fix: None,
            waived: None,
        }
    }
}
