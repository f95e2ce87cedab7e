//! What was generated here last time, so that a later edit by hand is noticed.
//!
//! The manifest lies beside the files and is committed with them. Its lines are those of
//! `sha256sum`, so `sha256sum -c .portcullis/manifest` lists the edits without this program.

use super::{Digest, Tree, TreePath};
use std::collections::BTreeMap;
use std::fmt::Write;

const HEAD: &str = "# What portcullis generated here: an edit by hand shows as another sum.\n";
/// How git marks the two sides of a merge conflict (git-merge(1), "How conflicts are presented").
const MERGE_MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Paths and the digests that they were generated with. After an unresolved merge a path has
/// several: a file is unedited if it has any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    known: BTreeMap<TreePath, Vec<Digest>>,
}

impl Manifest {
    pub(super) fn of(tree: &Tree) -> Self {
        let known = tree.iter().map(|(path, file)| (path.clone(), vec![Digest::of(&file.bytes)]));
        Self { known: known.collect() }
    }

    /// Reads what [`Self::render`] wrote; on a line that it cannot have written, that line's number
    /// from 1.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut manifest = Self::default();
        for (number, line) in (1_usize..).zip(text.lines()) {
            if line.is_empty() || line.starts_with('#') || is_merge_mark(line) {
                continue;
            }
            let (digest, path) = line.split_once("  ").ok_or(number)?;
            let digest = Digest::parse(digest).ok_or(number)?;
            let path = TreePath::new(path).ok().filter(|p| !p.is_own()).ok_or(number)?;
            manifest.known.entry(path).or_default().push(digest);
        }
        Ok(manifest)
    }

    pub(super) fn render(&self) -> String {
        let mut text = HEAD.to_owned();
        for (path, digests) in &self.known {
            for digest in digests {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{digest}  {path}");
            }
        }
        text
    }

    /// Whether this very content was generated at `path`.
    pub(super) fn holds(&self, path: &TreePath, digest: Digest) -> bool {
        self.known.get(path).is_some_and(|digests| digests.contains(&digest))
    }

    /// Whether anything was generated at `path`.
    pub(super) fn names(&self, path: &TreePath) -> bool {
        self.known.contains_key(path)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &TreePath> {
        self.known.keys()
    }
}

fn is_merge_mark(line: &str) -> bool {
    MERGE_MARKS.iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::*;

    fn manifest() -> Manifest {
        let mut tree = Tree::new();
        tree.add("gateway/a b.conf", File::plain("a")).unwrap();
        tree.add("compose.yaml", File::plain("c")).unwrap();
        Manifest::of(&tree)
    }

    #[test]
    fn reads_what_it_writes() {
        let text = manifest().render();
        assert_eq!(Manifest::parse(&text), Ok(manifest()));
        assert!(text.lines().nth(1).unwrap().ends_with("  compose.yaml"), "{text}");
    }

    #[test]
    fn a_merge_conflict_keeps_both_sides() {
        let [ours, theirs] = [Digest::of(b"ours"), Digest::of(b"theirs")];
        let text = format!("<<<<<<< HEAD\n{ours}  a\n=======\n{theirs}  a\n>>>>>>> topic\n");
        let manifest = Manifest::parse(&text).unwrap();
        let path = TreePath::new("a").unwrap();
        assert!(manifest.holds(&path, ours) && manifest.holds(&path, theirs));
        assert!(!manifest.holds(&path, Digest::of(b"edited")));
    }

    #[test]
    fn a_foreign_line_is_named() {
        let sum = Digest::of(b"");
        for line in ["a", "abc  a", &format!("{sum}  ../a"), &format!("{sum}  .portcullis/journal")]
        {
            assert_eq!(Manifest::parse(&format!("{HEAD}{line}\n")), Err(2), "{line}");
        }
    }
}
