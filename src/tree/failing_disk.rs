//! A disk that stops at a chosen change, so that a test can stop a program at each of them.

use super::disk::{Disk, DiskError, Found};
use super::{Mode, TreePath};
use std::cell::Cell;

/// Counts the calls that change `disk` and fails at one of them.
pub struct FailingDisk<'a> {
    disk: &'a dyn Disk,
    fault: Fault,
    changes: Cell<usize>,
}

/// When a [`FailingDisk`] fails. Changes are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Never,
    /// At this change and at every later one, as if the program had been killed there; a file that
    /// was being created is left half written.
    From(usize),
    /// At this change only, as when a disk is full for a moment.
    Once(usize),
}

impl<'a> FailingDisk<'a> {
    pub fn new(disk: &'a dyn Disk, fault: Fault) -> Self {
        Self { disk, fault, changes: Cell::new(0) }
    }

    /// How many changes were asked for so far.
    pub fn changes(&self) -> usize {
        self.changes.get()
    }

    fn change(&self, path: Option<&TreePath>) -> Result<(), DiskError> {
        let number = self.changes.replace(self.changes.get() + 1);
        let fails = match self.fault {
            Fault::Never => false,
            Fault::From(first) => number >= first,
            Fault::Once(only) => number == only,
        };
        if !fails {
            return Ok(());
        }
        let path = path.map_or_else(String::new, |path| self.shown(path));
        let source = std::io::Error::other("injected");
        Err(DiskError::Io { action: "change", path, source })
    }
}

impl Disk for FailingDisk<'_> {
    fn look(&self, path: &TreePath) -> Result<Found, DiskError> {
        self.disk.look(path)
    }

    fn list(&self, folder: &TreePath) -> Result<Vec<String>, DiskError> {
        self.disk.list(folder)
    }

    fn shown(&self, path: &TreePath) -> String {
        self.disk.shown(path)
    }

    fn create_folder(&self, path: &TreePath, private: bool) -> Result<(), DiskError> {
        self.change(Some(path))?;
        self.disk.create_folder(path, private)
    }

    fn create_file(&self, path: &TreePath, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let number = self.changes();
        self.change(Some(path)).inspect_err(|_| {
            // Only the call at which the program stops gets this far, none of those after it.
            if matches!(self.fault, Fault::From(first) | Fault::Once(first) if first == number) {
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
                let _ = self.disk.create_file(path, half, mode);
            }
        })?;
        self.disk.create_file(path, bytes, mode)
    }

    fn sync_files(&self, files: &[TreePath]) -> Result<(), DiskError> {
        self.change(files.first())?;
        self.disk.sync_files(files)
    }

    fn sync_names(&self, paths: &[TreePath]) -> Result<(), DiskError> {
        self.change(paths.first())?;
        self.disk.sync_names(paths)
    }

    fn rename(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        self.change(Some(to))?;
        self.disk.rename(from, to)
    }

    fn rename_new(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        self.change(Some(to))?;
        self.disk.rename_new(from, to)
    }

    fn remove_file(&self, path: &TreePath) -> Result<(), DiskError> {
        self.change(Some(path))?;
        self.disk.remove_file(path)
    }

    fn remove_folder(&self, path: &TreePath) -> Result<(), DiskError> {
        self.change(Some(path))?;
        self.disk.remove_folder(path)
    }
}
