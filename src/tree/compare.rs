//! What stands on the disk, judged file by file against what was drawn.
//!
//! Writing, `--check` and `diff` all start from this one judgement, so they cannot disagree.

use super::disk::{Disk, DiskError, Found};
use super::manifest::Manifest;
use super::{Digest, File, JOURNAL, MANIFEST, Tree, TreePath, WriteError};
use std::collections::{BTreeMap, BTreeSet};

/// A tree and the folder it belongs to, compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// An earlier write was stopped after its first rename could have happened.
    pub unfinished: bool,
    /// The manifest does not say what was drawn; alone, after a hand edit that was drawn since.
    pub manifest_outdated: bool,
    /// Every drawn path, and every path that was generated earlier and still exists.
    pub files: BTreeMap<TreePath, Standing>,
    pub(super) manifest: Option<Vec<u8>>,
}

/// One file of a [`Comparison`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    /// What is on the disk, kept unless it is [`State::Unchanged`].
    pub(super) before: Option<Vec<u8>>,
    /// The permission bits on the disk.
    pub(super) bits: u32,
}

/// What writing the tree means for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Unchanged,
    /// Nothing stands there.
    Missing,
    /// It is as it was generated, and is drawn differently now.
    Outdated,
    /// It has the drawn content and other permissions.
    WrongMode,
    /// It is as it was generated, and is no longer drawn.
    Dropped,
    /// It has neither the generated nor the drawn content.
    Edited,
    /// It was edited, and is no longer drawn.
    EditedAndDropped,
    /// It was never generated, and differs from what is drawn.
    Foreign,
}

impl Comparison {
    /// Whether the disk holds exactly what was drawn.
    pub fn is_clean(&self) -> bool {
        !self.unfinished
            && !self.manifest_outdated
            && self.files.values().all(|file| file.state == State::Unchanged)
    }
}

/// Compares `tree` with the folder `out`. Reads only.
pub fn compare(disk: &dyn Disk, out: &TreePath, tree: &Tree) -> Result<Comparison, WriteError> {
    let unfinished = disk.look(&out.join(&TreePath::own(JOURNAL)))? != Found::Nothing;
    let (bytes, manifest) = read_manifest(disk, out)?;
    let manifest_outdated = bytes.as_deref() != Some(Manifest::of(tree).render().as_bytes());
    let mut files = BTreeMap::new();
    for (path, file) in tree.iter() {
        files.insert(path.clone(), stand_drawn(disk, out, &manifest, path, file)?);
    }
    for path in manifest.paths().filter(|path| tree.get(path.as_str()).is_none()) {
        if let Found::File { bytes, bits } = disk.look(&out.join(path))? {
            let state = if manifest.holds(path, Digest::of(&bytes)) {
                State::Dropped
            } else {
                State::EditedAndDropped
            };
            files.insert(path.clone(), Standing { state, before: Some(bytes), bits });
        }
    }
    refuse_obstacles(disk, out, &files)?;
    Ok(Comparison { unfinished, manifest_outdated, files, manifest: bytes })
}

fn read_manifest(
    disk: &dyn Disk,
    out: &TreePath,
) -> Result<(Option<Vec<u8>>, Manifest), WriteError> {
    let path = out.join(&TreePath::own(MANIFEST));
    let bytes = match disk.look(&path)? {
        Found::File { bytes, bits: _ } => bytes,
        Found::Nothing => return Ok((None, Manifest::default())),
        Found::Folder | Found::Other => {
            return Err(DiskError::NotAFile { path: disk.shown(&path) }.into());
        }
    };
    match Manifest::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(manifest) => Ok((Some(bytes), manifest)),
        Err(line) => Err(WriteError::Manifest { path: disk.shown(&path), line }),
    }
}

fn stand_drawn(
    disk: &dyn Disk,
    out: &TreePath,
    manifest: &Manifest,
    path: &TreePath,
    file: &File,
) -> Result<Standing, DiskError> {
    let place = out.join(path);
    let (bytes, bits) = match disk.look(&place)? {
        Found::File { bytes, bits } => (bytes, bits),
        // Whether a folder may give way is decided when all files are known.
        Found::Nothing | Found::Folder => {
            return Ok(Standing { state: State::Missing, before: None, bits: 0 });
        }
        Found::Other => return Err(DiskError::NotAFile { path: disk.shown(&place) }),
    };
    let state = if bytes == file.bytes {
        if file.mode.agrees_with(bits) {
            return Ok(Standing { state: State::Unchanged, before: None, bits });
        }
        State::WrongMode
    } else if manifest.holds(path, Digest::of(&bytes)) {
        State::Outdated
    } else if manifest.names(path) {
        State::Edited
    } else {
        State::Foreign
    };
    Ok(Standing { state, before: Some(bytes), bits })
}

/// Refuses a file where a folder is needed and a folder where a file is needed, unless the write
/// itself takes it away.
fn refuse_obstacles(
    disk: &dyn Disk,
    out: &TreePath,
    files: &BTreeMap<TreePath, Standing>,
) -> Result<(), DiskError> {
    let missing = files.iter().filter(|(_, file)| file.state == State::Missing);
    let mut folders = BTreeSet::new();
    for (path, _) in missing {
        let place = out.join(path);
        if disk.look(&place)? == Found::Folder && !holds_dropped_only(disk, out, path, files)? {
            return Err(DiskError::NotAFile { path: disk.shown(&place) });
        }
        folders.extend(path.ancestors());
    }
    for folder in folders.iter().filter(|folder| !files.contains_key(*folder)) {
        refuse_file(disk, &out.join(folder))?;
    }
    std::iter::once(out.clone()).chain(out.ancestors()).try_for_each(|at| refuse_file(disk, &at))
}

fn refuse_file(disk: &dyn Disk, folder: &TreePath) -> Result<(), DiskError> {
    match disk.look(folder)? {
        Found::Nothing | Found::Folder => Ok(()),
        Found::File { .. } | Found::Other => {
            Err(DiskError::NotAFolder { path: disk.shown(folder) })
        }
    }
}

/// Whether a folder holds files that were generated and are no longer drawn, and nothing else.
fn holds_dropped_only(
    disk: &dyn Disk,
    out: &TreePath,
    folder: &TreePath,
    files: &BTreeMap<TreePath, Standing>,
) -> Result<bool, DiskError> {
    // An empty folder is somebody's.
    let mut gives_way = false;
    for name in disk.list(&out.join(folder))? {
        let path = folder.child(&name);
        let held = match disk.look(&out.join(&path))? {
            Found::Folder => !holds_dropped_only(disk, out, &path, files)?,
            Found::Nothing | Found::File { .. } | Found::Other => !files.contains_key(&path),
        };
        if held {
            return Ok(false);
        }
        gives_way = true;
    }
    Ok(gives_way)
}
