//! The drawn files as one value, and everything that touches the project's disk with them.
//!
//! A [`Tree`] is what a target draws: path, bytes, mode, sensitivity. It is compared with the disk,
//! shown as a difference or written, always as a whole. No other module writes generated files, so
//! "every file is whole at any moment" and "an edit by hand is never lost" are kept in one place.

mod compare;
mod diff;
mod digest;
mod disk;
mod error;
mod failing_disk;
mod journal;
mod manifest;
mod path;
mod real_disk;
mod recover;
mod single_file;
mod write;

pub use compare::{Comparison, Standing, State, compare};
pub use diff::{Diff, FileDiff};
pub use digest::Digest;
pub use disk::{Disk, DiskError, Found};
pub use error::{Contention, Contested, WriteError};
pub use failing_disk::{FailingDisk, Fault};
pub use path::{TreePath, TreePathError};
pub use real_disk::RealDisk;
pub use recover::recover;
pub use single_file::{SingleFile, create_new, write_atomically};
pub use write::{Writing, Written, write};

use std::collections::BTreeMap;

/// The folder inside an output directory that belongs to the writer: manifest, journal, staging.
const OWN_FOLDER: &str = ".portcullis";
const MANIFEST: &str = "manifest";
const JOURNAL: &str = "journal";
const STAGED: &str = "staged";

/// Generated files by path, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<TreePath, File>,
}

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub bytes: Vec<u8>,
    pub mode: Mode,
    pub sensitivity: Sensitivity,
}

/// The permissions a file is created with, whatever the umask. None is writable by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 0644: containers read generated files under users of their own.
    Plain,
    /// 0755
    Executable,
    /// 0600
    Private,
}

/// Whether a difference may show a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    Public,
    /// Differences say that it changed, never how.
    Secret,
}

/// Why a file cannot join a tree: two drawers want one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    #[error("{path} is drawn twice")]
    Twice { path: TreePath },
    #[error("{path} is drawn as a file and as the folder of {other}")]
    FileAndFolder { path: TreePath, other: TreePath },
    #[error("{path} lies in {OWN_FOLDER}/, which is the writer's own")]
    Reserved { path: TreePath },
    #[error(transparent)]
    Path(#[from] TreePathError),
}

impl Tree {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one file at `path`, which is checked as a [`TreePath`].
    pub fn add(&mut self, path: &str, file: File) -> Result<(), TreeError> {
        self.insert(TreePath::new(path)?, file)
    }

    /// Adds one file; no file may be drawn twice or stand where another needs a folder.
    pub fn insert(&mut self, path: TreePath, file: File) -> Result<(), TreeError> {
        if path.is_own() {
            return Err(TreeError::Reserved { path });
        }
        if self.files.contains_key(&path) {
            return Err(TreeError::Twice { path });
        }
        if let Some(folder) = path.ancestors().find(|above| self.files.contains_key(above)) {
            return Err(TreeError::FileAndFolder { path: folder, other: path });
        }
        // The range begins at the first name that could lie below `path`.
        let below = self.files.range(path.child("")..).next();
        if let Some((other, _)) = below.filter(|(other, _)| other.is_within(&path)) {
            return Err(TreeError::FileAndFolder { path, other: other.clone() });
        }
        self.files.insert(path, file);
        Ok(())
    }

    /// Takes every file of `other`.
    pub fn absorb(&mut self, other: Self) -> Result<(), TreeError> {
        other.files.into_iter().try_for_each(|(path, file)| self.insert(path, file))
    }

    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&TreePath, &File)> {
        self.files.iter()
    }

    pub fn len(&self) -> usize {
        self.files.len()
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl File {
    /// A public file of mode 0644.
    pub fn plain(text: impl Into<Vec<u8>>) -> Self {
        Self { bytes: text.into(), mode: Mode::Plain, sensitivity: Sensitivity::Public }
    }

    /// A public file of mode 0755: an entrypoint.
    pub fn executable(text: impl Into<Vec<u8>>) -> Self {
        Self { mode: Mode::Executable, ..Self::plain(text) }
    }

    /// A file of mode 0600 whose text no difference shows.
    pub fn secret(text: impl Into<Vec<u8>>) -> Self {
        Self { mode: Mode::Private, sensitivity: Sensitivity::Secret, ..Self::plain(text) }
    }
}

impl Mode {
    /// The permission bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
            Self::Private => 0o600,
        }
    }

    /// Whether a file with `bits` still does what this mode is for. Git and umasks alter the bits
    /// of group and others, so only two count: executable for the owner, writable for everyone.
    pub fn agrees_with(self, bits: u32) -> bool {
        (bits & 0o100 != 0) == (self == Self::Executable) && bits & 0o002 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_drawn_once() {
        let mut tree = Tree::new();
        tree.add("a/b", File::plain("1")).unwrap();
        tree.add("a-b", File::plain("1")).unwrap();
        assert!(matches!(tree.add("a/b", File::plain("2")), Err(TreeError::Twice { .. })));
        assert!(matches!(tree.add("a", File::plain("2")), Err(TreeError::FileAndFolder { .. })));
        assert!(matches!(tree.add("a/b/c", File::plain("")), Err(TreeError::FileAndFolder { .. })));
        assert!(matches!(
            tree.add(".portcullis/x", File::plain("")),
            Err(TreeError::Reserved { .. })
        ));
        assert!(matches!(tree.add("../x", File::plain("")), Err(TreeError::Path(_))));
        assert_eq!(tree.len(), 2);
    }

    #[test]
    fn only_execution_and_the_world_matter() {
        assert!(Mode::Plain.agrees_with(0o664) && Mode::Plain.agrees_with(0o600));
        assert!(Mode::Executable.agrees_with(0o700) && !Mode::Executable.agrees_with(0o644));
        assert!(!Mode::Plain.agrees_with(0o666) && !Mode::Plain.agrees_with(0o744));
    }
}
