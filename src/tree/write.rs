//! Writes a tree as one transaction: compare, refuse, stage, journal, then rename.
//!
//! Until the journal is on the medium nothing that a container or a person sees has changed; from
//! then on the write can be finished by whoever comes next.

use super::compare::{Comparison, Standing, State, compare};
use super::diff::contested;
use super::disk::{Disk, DiskError, Found, create_folders_above};
use super::journal::{Journal, Put, Removal};
use super::manifest::Manifest;
use super::recover::{finish, recover};
use super::single_file::{SingleFile, remove_leftover, write_atomically};
use super::{
    Contention, Contested, Digest, JOURNAL, MANIFEST, Mode, STAGED, Tree, TreePath, WriteError,
};
use std::collections::BTreeSet;

/// What is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// Written one by one, in this order, before the tree: the bundle, then the lock. A tree never
    /// speaks of a secret or a number that is not on the disk yet.
    pub before: &'a [SingleFile],
    /// The folder of the tree.
    pub out: &'a TreePath,
    pub tree: &'a Tree,
    /// Paths inside `out` that are overwritten or removed although a person made or edited them.
    pub forced: &'a BTreeSet<TreePath>,
}

/// What was written; all paths but those of `before` are inside the output directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub before: Vec<TreePath>,
    pub created: Vec<TreePath>,
    pub changed: Vec<TreePath>,
    pub removed: Vec<TreePath>,
    /// An earlier write was finished first.
    pub recovered: bool,
}

impl Written {
    /// Whether everything stood already.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Notes what `comparison` means for each file.
    fn take(&mut self, comparison: &Comparison) {
        for (path, Standing { state, .. }) in &comparison.files {
            match state {
                State::Unchanged => continue,
                State::Missing => self.created.push(path.clone()),
                State::Outdated | State::WrongMode | State::Edited | State::Foreign => {
                    self.changed.push(path.clone());
                }
                State::Dropped | State::EditedAndDropped => self.removed.push(path.clone()),
            }
        }
    }
}

/// Brings the disk to `writing`; what stands already is not touched. On [`WriteError::Contested`]
/// those files are as they were; on [`WriteError::Disk`] every file is whole, and a further call finishes.
pub fn write(disk: &dyn Disk, writing: &Writing<'_>) -> Result<Written, WriteError> {
    let Writing { before, out, tree, forced } = *writing;
    let mut written = Written { recovered: recover(disk, out)?, ..Written::default() };
    let comparison = compare(disk, out, tree)?;
    let unnamed = contested(disk, out, &comparison, tree, forced);
    if !unnamed.is_empty() {
        return Err(WriteError::Contested(unnamed));
    }
    for file in before {
        if file.write(disk)? {
            written.before.push(file.path.clone());
        }
    }
    sweep(disk, out)?;
    if comparison.is_clean() {
        return Ok(written);
    }
    written.take(&comparison);
    let journal = plan(&comparison, tree);
    stage(disk, out, tree, &journal)?;
    let left = finish(disk, out, &journal)?;
    if left.is_empty() { Ok(written) } else { Err(edited_meanwhile(disk, writing, left)) }
}

/// Someone edited these files between the comparison and their turn; they are as they were left.
fn edited_meanwhile(disk: &dyn Disk, writing: &Writing<'_>, left: Vec<TreePath>) -> WriteError {
    let contested = left.into_iter().map(|path| Contested {
        shown: disk.shown(&writing.out.join(&path)),
        why: match writing.tree.get(path.as_str()) {
            Some(_) => Contention::Edited,
            None => Contention::EditedAndDropped,
        },
        difference: String::new(),
        path,
    });
    WriteError::Contested(contested.collect())
}

/// The steps that lead from `comparison` to `tree`. The manifest is the last file.
fn plan(comparison: &Comparison, tree: &Tree) -> Journal {
    let mut journal = Journal::default();
    for (path, Standing { state, before, bits: _ }) in &comparison.files {
        let was = before.as_deref().map(Digest::of);
        match (state, was, tree.get(path.as_str())) {
            (State::Unchanged, ..) => {}
            (_, was, Some(file)) => {
                journal.puts.push(Put { path: path.clone(), was, new: Digest::of(&file.bytes) });
            }
            (_, Some(was), None) => journal.removals.push(Removal { path: path.clone(), was }),
            (_, None, None) => {}
        }
    }
    journal.folders = folders_left(&journal.removals, tree);
    journal.puts.push(Put {
        path: TreePath::own(MANIFEST),
        was: comparison.manifest.as_deref().map(Digest::of),
        new: Digest::of(Manifest::of(tree).render().as_bytes()),
    });
    journal
}

/// The folders of removed files that no drawn file needs, the deepest first. A folder that stays in
/// use is never removed and made again: a container that mounts it would keep the old one.
fn folders_left(removals: &[Removal], tree: &Tree) -> Vec<TreePath> {
    let needed: BTreeSet<TreePath> = tree.iter().flat_map(|(path, _)| path.ancestors()).collect();
    let left: BTreeSet<TreePath> = removals.iter().flat_map(|gone| gone.path.ancestors()).collect();
    // Sorted, a folder stands before what lies in it.
    left.into_iter().rev().filter(|folder| !needed.contains(folder)).collect()
}

/// Puts the new contents and then the journal on the medium.
fn stage(disk: &dyn Disk, out: &TreePath, tree: &Tree, journal: &Journal) -> Result<(), DiskError> {
    let staged: Vec<TreePath> = (0..journal.puts.len()).map(|n| Journal::staged(out, n)).collect();
    let mut named = match staged.first() {
        Some(first) => create_folders_above(disk, first, false)?,
        None => Vec::new(),
    };
    for (Put { path, .. }, staged) in journal.puts.iter().zip(&staged) {
        match tree.get(path.as_str()) {
            Some(file) => disk.create_file(staged, &file.bytes, file.mode)?,
            None => {
                disk.create_file(staged, Manifest::of(tree).render().as_bytes(), Mode::Plain)?
            }
        }
    }
    disk.sync_files(&staged)?;
    named.extend(staged);
    disk.sync_names(&named)?;
    write_atomically(
        disk,
        &out.join(&TreePath::own(JOURNAL)),
        journal.render().as_bytes(),
        Mode::Plain,
    )
}

/// Removes what a write that was stopped before its journal left behind.
fn sweep(disk: &dyn Disk, out: &TreePath) -> Result<(), DiskError> {
    let folder = out.join(&TreePath::own(STAGED));
    remove_leftover(disk, &out.join(&TreePath::own(JOURNAL)))?;
    if disk.look(&folder)? != Found::Folder {
        return Ok(());
    }
    for name in disk.list(&folder)? {
        disk.remove_file(&folder.child(&name))?;
    }
    disk.remove_folder(&folder)
}
