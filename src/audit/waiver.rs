//! What a person has accepted, in a comment of the file itself:
//!
//! ```yaml
//! services:
//!   agent:            # portcullis: allow privileged, host-pid -- reads hardware counters
//!     privileged: true
//! ```
//!
//! On the line of a value it holds for that value, on the line of a key for all that stands below it
//! and further in, so on the line of a service's name for the service, on the line of `services:`
//! for the file; a comment on lines of its own holds for the next line.

use super::Finding;
use super::rule::rule;
use crate::compose::load::Project;
use crate::controls::Severity;
use crate::diagnostic::{Position, SourceId, Sources};
use crate::yaml::Node;

/// What a waiver begins with, behind `#`.
const WORDS: &str = "portcullis: allow ";
/// What separates the controls from the reason.
const REASON: &str = " -- ";

/// One control in one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Where the comment stands.
    pub at: Position,
    /// The line that it holds for.
    pub line: u32,
    /// The last line of what begins there.
    pub last: u32,
    /// The control, as it is written.
    pub control: String,
    /// Why it is accepted; empty where nobody says so.
    pub reason: String,
    /// True for the line of `services:`.
    pub whole_file: bool,
    /// True once a finding was accepted.
    pub used: bool,
}

impl Waiver {
    /// What is wrong with the waiver itself.
    pub(super) fn complaint(&self) -> Option<Finding> {
        let Self { control, .. } = self;
        let (found, advice) = if rule(control).is_none() {
            let found = format!("a waiver for `{control}`, which is no control");
            (found, "`portcullis explain` lists the controls".to_owned())
        } else if self.reason.is_empty() {
            let advice = format!("write `# {WORDS}{control}{REASON}REASON`");
            (format!("a waiver for `{control}` without a reason accepts nothing"), advice)
        } else if self.used {
            return None;
        } else {
            (format!("the waiver for `{control}` accepts nothing here"), "remove it".to_owned())
        };
        Some(Finding {
            at: self.at,
            control: "waiver",
            place: "comment".to_owned(),
            found,
            severity: Severity::Low,
            advice,
            references: &[],
            service: None,
            fix: None,
            waived: None,
        })
    }

    fn covers(&self, finding: &Finding) -> bool {
        let same_file = |at: &Position| at.source == self.at.source;
        let here = |at: &Position| same_file(at) && at.line == self.line;
        self.control == finding.control
            && !self.reason.is_empty()
            && (same_file(&finding.at) && (self.line..=self.last).contains(&finding.at.line)
                || finding.service.as_ref().is_some_and(here)
                || self.whole_file && same_file(&finding.at))
    }
}

/// The reason of the waiver that accepts a finding; all that do are used.
pub(super) fn covering(waivers: &mut [Waiver], finding: &Finding) -> Option<String> {
    let mut reason = None;
    for waiver in waivers.iter_mut().filter(|waiver| waiver.covers(finding)) {
        waiver.used = true;
        reason.get_or_insert_with(|| waiver.reason.clone());
    }
    reason
}

/// Every waiver of every file of the project.
pub(super) fn read(project: &Project, sources: &Sources) -> Vec<Waiver> {
    let tops = project.node.mapping().into_iter().flatten();
    let top = tops.filter(|(key, _)| key.text == "services").map(|(key, _)| key.at).next();
    let mut files: Vec<SourceId> = Vec::new();
    positions(&project.node, &mut files);
    files.sort_unstable();
    files.dedup();
    let each = files.into_iter().flat_map(|source| of_file(source, sources.text(source), top));
    each.collect()
}

/// The files in which something of the tree stands.
fn positions(node: &Node, files: &mut Vec<SourceId>) {
    for (key, value) in node.mapping().into_iter().flatten() {
        files.push(key.at.source);
        if let Some(entries) = value.mapping() {
            files.extend(entries.iter().map(|(key, _)| key.at.source));
        }
    }
}

pub(super) fn of_file(source: SourceId, text: &str, top: Option<Position>) -> Vec<Waiver> {
    let mut found = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    for (number, line) in (1u32..).zip(text.lines()) {
        let (before, words) = match comment(line) {
            Some((before, words)) => (before, Some(words)),
            None => (line, None),
        };
        let alone = before.trim().is_empty();
        if let Some(words) = words {
            let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
            let at = Position { source, line: number, column: column.saturating_add(1), length: 1 };
            let (controls, reason) = words.split_once(REASON).unwrap_or((words, ""));
            for control in controls.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if alone {
                    waiting.push(found.len());
                }
                found.push(Waiver {
                    at,
                    line: number,
                    last: number,
                    control: control.trim_end_matches(" --").to_owned(),
                    reason: reason.trim().to_owned(),
                    whole_file: false,
                    used: false,
                });
            }
        }
        let is_comment = line.trim_start().starts_with('#');
        if !alone && !is_comment {
            for index in waiting.drain(..) {
                if let Some(waiver) = found.get_mut(index) {
                    waiver.line = number;
                }
            }
        }
    }
    let lines: Vec<&str> = text.lines().collect();
    for waiver in &mut found {
        waiver.last = last(&lines, waiver.line);
        waiver.whole_file =
            top.is_some_and(|top| top.source == waiver.at.source && top.line == waiver.line);
    }
    found
}

/// The last line of what begins at `first`: all that stands further in, and the items of a list that
/// stand as far in as its key.
fn last(lines: &[&str], first: u32) -> u32 {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let item = |line: &str| line.trim_start().starts_with("- ");
    let begin = usize::try_from(first).unwrap_or_default();
    let Some(head) = begin.checked_sub(1).and_then(|at| lines.get(at)) else { return first };
    let mut last = first;
    for (number, line) in (first.saturating_add(1)..).zip(lines.iter().skip(begin)) {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let listed = indent(line) == indent(head) && item(line) && !item(head);
        if indent(line) <= indent(head) && !listed {
            break;
        }
        last = number;
    }
    last
}

/// A line's text before its waiver, and what the waiver says.
fn comment(line: &str) -> Option<(&str, &str)> {
    let start = line.find(WORDS)?;
    let (before, words) = line.split_at_checked(start)?;
    let before = before.trim_end().strip_suffix('#')?;
    let opens = before.is_empty() || before.ends_with([' ', '\t']);
    opens.then(|| (before, words.get(WORDS.len()..).unwrap_or_default().trim()))
}
