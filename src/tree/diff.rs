//! What writing a tree would change, for people to read.

use super::compare::{Comparison, Standing, State};
use super::disk::Disk;
use super::error::{Contention, Contested};
use super::{Sensitivity, Tree, TreePath};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fmt;

/// Longer texts (in bytes, both sides together) are said to differ, not shown: nobody reads that,
/// and the time to compare them grows with the square of their differences.
const SHOWN_AT_MOST: usize = 1 << 20;
/// Unchanged lines around a change, as `diff -u` shows (POSIX diff).
const CONTEXT: usize = 3;

/// The files that differ, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub files: Vec<FileDiff>,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Inside the output directory.
    pub path: TreePath,
    /// Never [`State::Unchanged`].
    pub state: State,
    /// From what stands to what is drawn; empty for a file that comes or goes, for a secret one and
    /// where no text can be shown.
    pub text: String,
}

impl Diff {
    /// What `comparison`, made with this very `tree`, found.
    pub fn of(comparison: &Comparison, tree: &Tree) -> Self {
        let differing = comparison.files.iter().filter(|(_, file)| file.state != State::Unchanged);
        let files = differing.map(|(path, standing)| FileDiff {
            path: path.clone(),
            state: standing.state,
            text: difference(standing, tree, path),
        });
        Self { files: files.collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl fmt::Display for Diff {
    /// One line a file, each followed by its difference.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.iter().try_for_each(|FileDiff { path, state, text }| {
            writeln!(f, "{state}: {path}")?;
            f.write_str(text)
        })
    }
}

impl fmt::Display for State {
    /// What writing does, in one word or, where it would refuse, a few.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unchanged => "keep",
            Self::Missing => "create",
            Self::Outdated => "change",
            Self::WrongMode => "set permissions",
            Self::Dropped => "remove",
            Self::Edited => "edited by hand",
            Self::EditedAndDropped => "edited by hand, no longer generated",
            Self::Foreign => "not generated, in the way",
        })
    }
}

/// What must be named in `forced` and is not.
pub(super) fn contested(
    disk: &dyn Disk,
    out: &TreePath,
    comparison: &Comparison,
    tree: &Tree,
    forced: &BTreeSet<TreePath>,
) -> Vec<Contested> {
    let unnamed = comparison.files.iter().filter(|(path, _)| !forced.contains(*path));
    let contested = unnamed.filter_map(|(path, standing)| {
        let why = match standing.state {
            State::Edited => Contention::Edited,
            State::EditedAndDropped => Contention::EditedAndDropped,
            State::Foreign => Contention::Foreign,
            State::Unchanged
            | State::Missing
            | State::Outdated
            | State::WrongMode
            | State::Dropped => return None,
        };
        let shown = disk.shown(&out.join(path));
        Some(Contested {
            path: path.clone(),
            shown,
            why,
            difference: difference(standing, tree, path),
        })
    });
    contested.collect()
}

fn difference(standing: &Standing, tree: &Tree, path: &TreePath) -> String {
    let (Some(before), Some(file)) = (&standing.before, tree.get(path.as_str())) else {
        return String::new();
    };
    if file.sensitivity == Sensitivity::Secret || standing.state == State::WrongMode {
        return String::new();
    }
    unified(before, &file.bytes)
}

fn unified(before: &[u8], after: &[u8]) -> String {
    if before.len() + after.len() > SHOWN_AT_MOST {
        return String::from("(too long to show)\n");
    }
    let (Ok(before), Ok(after)) = (str::from_utf8(before), str::from_utf8(after)) else {
        return String::from("(not text)\n");
    };
    let diff = TextDiff::from_lines(before, after);
    let text =
        diff.unified_diff().context_radius(CONTEXT).header("as it stands", "as drawn").to_string();
    // What a person left in a file may hold commands for a terminal: show them, do not run them.
    let escape = |c: char| {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            c.escape_unicode().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(escape).collect()
}
