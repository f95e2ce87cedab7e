//! Files that are written one by one: the bundle, the lock, an identity.
//!
//! They are people's, or hold what cannot be drawn again, so no manifest judges them; all they need
//! is to be whole at any moment.

use super::disk::{Disk, DiskError, Found, create_folders_above};
use super::{Mode, TreePath};

/// A file outside the generated tree that a write brings up to date first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleFile {
    pub path: TreePath,
    pub bytes: Vec<u8>,
    pub mode: Mode,
}

impl SingleFile {
    /// Whether the disk holds exactly this.
    pub fn stands(&self, disk: &dyn Disk) -> Result<bool, DiskError> {
        match disk.look(&self.path)? {
            Found::File { bytes, bits } => Ok(bytes == self.bytes && self.mode.agrees_with(bits)),
            Found::Nothing => Ok(false),
            Found::Folder | Found::Other => {
                Err(DiskError::NotAFile { path: disk.shown(&self.path) })
            }
        }
    }

    /// Writes the file unless it stands already; says whether it did.
    pub fn write(&self, disk: &dyn Disk) -> Result<bool, DiskError> {
        if self.stands(disk)? {
            remove_leftover(disk, &self.path)?;
            return Ok(false);
        }
        write_atomically(disk, &self.path, &self.bytes, self.mode)?;
        Ok(true)
    }
}

/// Replaces or creates a file: whoever reads it, at any moment and after a power cut, gets the old
/// content or the new one. Missing folders are made, 0700 for a private file.
pub fn write_atomically(
    disk: &dyn Disk,
    path: &TreePath,
    bytes: &[u8],
    mode: Mode,
) -> Result<(), DiskError> {
    // A link or a folder there is refused before anything is written.
    if matches!(disk.look(path)?, Found::Folder | Found::Other) {
        return Err(DiskError::NotAFile { path: disk.shown(path) });
    }
    publish(disk, path, bytes, mode, |disk, from, to| disk.rename(from, to))
}

/// Creates a file as [`write_atomically`] does, or [`DiskError::Exists`]: never replaces one, even
/// one that appears meanwhile.
pub fn create_new(
    disk: &dyn Disk,
    path: &TreePath,
    bytes: &[u8],
    mode: Mode,
) -> Result<(), DiskError> {
    if disk.look(path)? != Found::Nothing {
        return Err(DiskError::Exists { path: disk.shown(path) });
    }
    publish(disk, path, bytes, mode, |disk, from, to| disk.rename_new(from, to))
}

/// Removes what a stopped write of `path` left beside it, where there is such a thing.
pub(super) fn remove_leftover(disk: &dyn Disk, path: &TreePath) -> Result<(), DiskError> {
    let leftover = stand_in(path);
    if disk.look(&leftover)? == Found::Nothing { Ok(()) } else { disk.remove_file(&leftover) }
}

type Rename = fn(&dyn Disk, &TreePath, &TreePath) -> Result<(), DiskError>;

fn publish(
    disk: &dyn Disk,
    path: &TreePath,
    bytes: &[u8],
    mode: Mode,
    rename: Rename,
) -> Result<(), DiskError> {
    let mut named = create_folders_above(disk, path, mode == Mode::Private)?;
    let new = stand_in(path);
    disk.remove_file(&new)?;
    disk.create_file(&new, bytes, mode)?;
    disk.sync_files(std::slice::from_ref(&new))?;
    rename(disk, &new, path)?;
    named.push(path.clone());
    disk.sync_names(&named)
}

/// Where a file's new content waits. The name is always the same, so that nothing accumulates.
fn stand_in(path: &TreePath) -> TreePath {
    path.beside(&format!(".{}.portcullis-new", path.name()))
}
