//! Finishes the write that a journal describes, whoever began it.
//!
//! The write itself ends with these same steps, so finishing later is no special case. A step that
//! was taken already is passed over.

use super::disk::{Disk, DiskError, Found, create_folders_above};
use super::journal::{Journal, Put, Removal};
use super::{Digest, JOURNAL, STAGED, TreePath, WriteError};
use std::collections::BTreeSet;

/// Finishes a write to `out` that was stopped; says whether there was one. Every command that writes
/// calls this before it reads the folder.
pub fn recover(disk: &dyn Disk, out: &TreePath) -> Result<bool, WriteError> {
    let path = out.join(&TreePath::own(JOURNAL));
    let bytes = match disk.look(&path)? {
        Found::File { bytes, bits: _ } => bytes,
        Found::Nothing => return Ok(false),
        Found::Folder | Found::Other => {
            return Err(DiskError::NotAFile { path: disk.shown(&path) }.into());
        }
    };
    match Journal::parse(&String::from_utf8_lossy(&bytes)) {
        // What it leaves alone, the next comparison finds.
        Ok(journal) => finish(disk, out, &journal).map(|_| true).map_err(WriteError::Disk),
        Err(line) => Err(WriteError::Journal { path: disk.shown(&path), line }),
    }
}

/// Takes every step of `journal` that is not taken yet, then removes it. A file that is neither what
/// the plan found nor what it wants was changed since and is left as it is; returns those.
pub(super) fn finish(
    disk: &dyn Disk,
    out: &TreePath,
    journal: &Journal,
) -> Result<Vec<TreePath>, DiskError> {
    let mut named = Vec::new();
    let mut left = remove_all(disk, out, journal, &mut named)?;
    left.extend(put_all(disk, out, journal, &mut named)?);
    disk.sync_names(&named)?;
    let folder = out.join(&TreePath::own(STAGED));
    if disk.look(&folder)? == Found::Folder {
        disk.remove_folder(&folder)?;
    }
    let path = out.join(&TreePath::own(JOURNAL));
    disk.remove_file(&path)?;
    disk.sync_names(&[path])?;
    Ok(left)
}

/// Removes files and the folders that they leave empty, and adds their names to `named`.
fn remove_all(
    disk: &dyn Disk,
    out: &TreePath,
    journal: &Journal,
    named: &mut Vec<TreePath>,
) -> Result<Vec<TreePath>, DiskError> {
    let mut left = Vec::new();
    for Removal { path, was } in &journal.removals {
        let place = out.join(path);
        match disk.look(&place)? {
            Found::File { bytes, bits: _ } if Digest::of(&bytes) == *was => {
                disk.remove_file(&place)?;
            }
            // A put of this very write may have made a folder of it.
            Found::Nothing | Found::Folder => {}
            Found::File { .. } | Found::Other => left.push(path.clone()),
        }
        named.push(place);
    }
    for folder in &journal.folders {
        let place = out.join(folder);
        if disk.look(&place)? == Found::Folder {
            disk.remove_folder(&place)?;
        }
        named.push(place);
    }
    Ok(left)
}

/// Renames what is staged and adds the names that changed, those of the folders above among them,
/// to `named`.
fn put_all(
    disk: &dyn Disk,
    out: &TreePath,
    journal: &Journal,
    named: &mut Vec<TreePath>,
) -> Result<Vec<TreePath>, DiskError> {
    let mut left = Vec::new();
    let waiting: BTreeSet<String> =
        disk.list(&out.join(&TreePath::own(STAGED)))?.into_iter().collect();
    for (n, put) in journal.puts.iter().enumerate() {
        let place = out.join(&put.path);
        if waiting.contains(&n.to_string()) {
            if is_expected(disk, &place, put)? {
                create_folders_above(disk, &place, false)?;
                disk.rename(&Journal::staged(out, n), &place)?;
            } else {
                left.push(put.path.clone());
                disk.remove_file(&Journal::staged(out, n))?;
            }
        }
        // A stopped write may have made the folders without syncing their names.
        named.extend(put.path.ancestors().map(|folder| out.join(&folder)));
        named.push(place);
    }
    Ok(left)
}

/// Whether `place` holds what the plan found there or, where only permissions change, wants there.
fn is_expected(disk: &dyn Disk, place: &TreePath, put: &Put) -> Result<bool, DiskError> {
    Ok(match disk.look(place)? {
        Found::Nothing => true,
        Found::File { bytes, bits: _ } => {
            let stands = Digest::of(&bytes);
            stands == put.new || Some(stands) == put.was
        }
        Found::Folder | Found::Other => false,
    })
}
