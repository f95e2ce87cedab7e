//! The full plan of one write, on the disk before its first rename.
//!
//! Whoever finds a journal can finish the write without knowing the description: the new contents
//! lie staged beside it. Each step also says what the plan expected to replace, so that finishing
//! later overwrites nothing that a person has changed since.

use super::{Digest, STAGED, TreePath};
use std::fmt::Write;

const HEAD: &str = "portcullis journal 1";
/// The last line: a journal without it is not one.
const END: &str = "end";
/// In place of a digest: nothing was there.
const ABSENT: &str = "-";

/// Steps in the order they are taken: removals, folders, then files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) removals: Vec<Removal>,
    /// Folders to remove if they are empty by then, the deepest first.
    pub(super) folders: Vec<TreePath>,
    /// The n-th one is staged under the name n, counted from 0.
    pub(super) puts: Vec<Put>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Removal {
    pub(super) path: TreePath,
    pub(super) was: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Put {
    pub(super) path: TreePath,
    pub(super) was: Option<Digest>,
    pub(super) new: Digest,
}

impl Journal {
    /// Where the contents of the n-th put wait, counted from 0.
    pub(super) fn staged(out: &TreePath, n: usize) -> TreePath {
        out.join(&TreePath::own(STAGED)).child(&n.to_string())
    }

    pub(super) fn render(&self) -> String {
        let mut text = format!("{HEAD}\n");
        // Writing to a String cannot fail.
        for Removal { path, was } in &self.removals {
            let _ = writeln!(text, "remove {was} {path}");
        }
        for path in &self.folders {
            let _ = writeln!(text, "folder {path}");
        }
        for Put { path, was, new } in &self.puts {
            let was = was.map_or_else(|| ABSENT.to_owned(), |was| was.to_string());
            let _ = writeln!(text, "put {was} {new} {path}");
        }
        text + END + "\n"
    }

    /// Reads what [`Self::render`] wrote; on a line that it cannot have written, that line's number
    /// from 1.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut lines = (1_usize..).zip(text.lines());
        if lines.next().map(|(_, line)| line) != Some(HEAD) {
            return Err(1);
        }
        let mut journal = Self::default();
        let mut last = 1;
        for (number, line) in lines {
            if line == END {
                return Ok(journal);
            }
            journal.read_step(line).ok_or(number)?;
            last = number;
        }
        Err(last + 1)
    }

    fn read_step(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "remove" => {
                let (was, path) = rest.split_once(' ')?;
                self.removals.push(Removal { path: read_path(path)?, was: Digest::parse(was)? });
            }
            "folder" => self.folders.push(read_path(rest)?),
            "put" => {
                let (was, rest) = rest.split_once(' ')?;
                let (new, path) = rest.split_once(' ')?;
                let was = if was == ABSENT { None } else { Some(Digest::parse(was)?) };
                self.puts.push(Put { path: read_path(path)?, was, new: Digest::parse(new)? });
            }
            _ => return None,
        }
        Some(())
    }
}

fn read_path(text: &str) -> Option<TreePath> {
    TreePath::new(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let path = |p| TreePath::new(p).unwrap();
        let put = |p, was| Put { path: path(p), was, new: Digest::of(b"new") };
        Journal {
            removals: vec![Removal { path: path("old/a b"), was: Digest::of(b"old") }],
            folders: vec![path("old")],
            puts: vec![put("a", None), put("b/c", Some(Digest::of(b"was")))],
        }
    }

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(Journal::parse(&journal().render()), Ok(journal()));
    }

    #[test]
    fn half_a_journal_is_none() {
        let text = journal().render();
        for (end, _) in text.char_indices() {
            // Without its last line feed it is still the whole plan.
            let half = Journal::parse(&text[..end]);
            assert_eq!(half.is_ok(), end == text.len() - 1, "{}", &text[..end]);
        }
    }

    #[test]
    fn a_path_that_leaves_is_no_step() {
        let sum = Digest::of(b"");
        for step in [format!("remove {sum} ../a"), "folder /etc".into(), "run a".into()] {
            assert_eq!(Journal::parse(&format!("{HEAD}\n{step}\n{END}\n")), Err(2), "{step}");
        }
    }
}
