//! The file layer: the few calls through which this program changes a disk.
//!
//! It stands alone so that one place decides about symbolic links, permissions and durability, and
//! so that a test can stop the program at any of these calls.

use super::{Mode, TreePath};

/// A folder of a real or imagined disk; every path is read inside it and cannot leave it.
///
/// No call follows a symbolic link below the folder: an existing one is [`DiskError::Symlink`].
pub trait Disk {
    /// What stands at `path`, with its content if it is a file.
    fn look(&self, path: &TreePath) -> Result<Found, DiskError>;
    /// The names in a folder, sorted; none when there is no such folder.
    fn list(&self, folder: &TreePath) -> Result<Vec<String>, DiskError>;
    /// How to name `path` to the person at the terminal.
    fn shown(&self, path: &TreePath) -> String;

    /// Makes one folder, 0755 or 0700, below an existing one.
    fn create_folder(&self, path: &TreePath, private: bool) -> Result<(), DiskError>;
    /// Writes a new file whose permissions are `mode` from the first moment. Its content is safe
    /// from a power cut only after [`Disk::sync_files`].
    fn create_file(&self, path: &TreePath, bytes: &[u8], mode: Mode) -> Result<(), DiskError>;
    /// Returns when the contents of all of `files` are on the medium.
    fn sync_files(&self, files: &[TreePath]) -> Result<(), DiskError>;
    /// Returns when what was made, renamed or removed under these names is on the medium.
    fn sync_names(&self, paths: &[TreePath]) -> Result<(), DiskError>;
    /// Moves a file, replacing a file that has the new name.
    fn rename(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError>;
    /// Moves a file; [`DiskError::Exists`] when something has the new name.
    fn rename_new(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError>;
    /// Removes a file or a symbolic link itself; a missing one is no error.
    fn remove_file(&self, path: &TreePath) -> Result<(), DiskError>;
    /// Removes a folder if it is empty; one that is not, or is missing, is no error.
    fn remove_folder(&self, path: &TreePath) -> Result<(), DiskError>;
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// `bits`: the permission bits.
    File {
        bytes: Vec<u8>,
        bits: u32,
    },
    Folder,
    /// A socket, a pipe, a device.
    Other,
}

/// Why the disk did not do it.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error("cannot {action} {path}: {source}")]
    Io { action: &'static str, path: String, source: std::io::Error },
    #[error("{path} is a symbolic link; put a real file or folder there, or remove it")]
    Symlink { path: String },
    #[error("{path} is not a folder, but files belong below it; move it away")]
    NotAFolder { path: String },
    #[error("{path} is not a regular file, but a file belongs there; move it away")]
    NotAFile { path: String },
    #[error("{path} is larger than {limit} bytes, which no file of a project is")]
    TooLarge { path: String, limit: u64 },
    #[error("{path} exists already and is not replaced")]
    Exists { path: String },
    #[error("another portcullis is writing in {path}; try again when it has ended")]
    Busy { path: String },
}

impl DiskError {
    /// Whether this protects what stands there, rather than reports a failure of the machine.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Io { .. } | Self::TooLarge { .. } | Self::Busy { .. } => false,
            Self::Symlink { .. }
            | Self::NotAFolder { .. }
            | Self::NotAFile { .. }
            | Self::Exists { .. } => true,
        }
    }
}

/// Makes every missing folder above `path`, the topmost first, and returns those it made.
pub(super) fn create_folders_above(
    disk: &dyn Disk,
    path: &TreePath,
    private: bool,
) -> Result<Vec<TreePath>, DiskError> {
    let mut missing = Vec::new();
    for folder in path.ancestors() {
        match disk.look(&folder)? {
            Found::Nothing => missing.push(folder),
            Found::Folder => break,
            Found::File { .. } | Found::Other => {
                return Err(DiskError::NotAFolder { path: disk.shown(&folder) });
            }
        }
    }
    missing.reverse();
    for folder in &missing {
        disk.create_folder(folder, private)?;
    }
    Ok(missing)
}
