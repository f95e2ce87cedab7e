//! A disk in memory whose power can fail and on which somebody else may be writing.

use super::*;
use portcullis::tree::{DiskError, Found};
use std::cell::RefCell;

/// A disk in memory that knows which of its contents and names are on the medium.
#[derive(Clone, Default)]
pub(crate) struct Medium {
    state: RefCell<State>,
    /// A file that somebody edits in the moment in which a write gets its journal.
    pub(crate) edited: Option<String>,
}

#[derive(Clone, Default)]
struct State {
    /// Files by number: content, permissions, and whether the content is on the medium.
    files: Vec<(Vec<u8>, Mode, bool)>,
    /// What programs see.
    seen: Names,
    /// What is on the medium, by folder; the root is "".
    kept: BTreeMap<String, Names>,
}

/// A file's number, or nothing for a folder, by full path.
type Names = BTreeMap<String, Option<usize>>;

impl Medium {
    /// The power fails: every content that was not synced is lost. Names are as last seen, but in
    /// the folders of `forgetful` as last synced.
    pub(crate) fn cut(&self, forgetful: impl Fn(&str) -> bool) {
        let mut state = self.state.borrow_mut();
        let State { files, seen, kept } = &mut *state;
        let folders: BTreeSet<_> =
            seen.keys().map(|name| holder(name)).chain(kept.keys().cloned()).collect();
        let mut after = Names::new();
        for folder in folders {
            let names = if forgetful(&folder) {
                kept.get(&folder).cloned().unwrap_or_default()
            } else {
                within(seen, &folder)
            };
            after.extend(names);
        }
        // What lies in a folder whose own name is lost is lost with it.
        let whole = after.clone();
        let reached = |name: &String| {
            TreePath::new(name).unwrap().ancestors().all(|at| whole.get(at.as_str()) == Some(&None))
        };
        after.retain(|name, _| reached(name));
        // Every journaling file system keeps one of a renamed file's names.
        let lost = |file: &usize| !after.values().any(|kept| *kept == Some(*file));
        let renamed: BTreeSet<_> = seen.values().flatten().filter(|file| lost(file)).collect();
        let old_names = kept
            .values()
            .flatten()
            .filter(|(_, file)| file.is_some_and(|file| renamed.contains(&file)));
        let old_names: Names = old_names.map(|(name, file)| (name.clone(), *file)).collect();
        after.extend(old_names);
        *seen = after;
        for (bytes, _, synced) in files.iter_mut().filter(|(_, _, synced)| !synced) {
            bytes.clear();
            *synced = true;
        }
        let seen = seen.clone();
        *kept = seen.keys().map(|name| (holder(name), within(&seen, &holder(name)))).collect();
    }

    pub(crate) fn contents(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let state = self.state.borrow();
        let content = |file: &usize| state.files[*file].0.clone();
        state.seen.iter().map(|(name, file)| (name.clone(), file.as_ref().map(content))).collect()
    }

    pub(crate) fn folders(&self) -> BTreeSet<String> {
        let state = self.state.borrow();
        state.seen.keys().chain(state.kept.keys()).map(|name| holder(name)).collect()
    }
}

fn holder(path: &str) -> String {
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}

fn within(names: &Names, folder: &str) -> Names {
    let mut names = names.clone();
    names.retain(|name, _| holder(name) == folder);
    names
}

impl Disk for Medium {
    fn look(&self, path: &TreePath) -> Result<Found, DiskError> {
        let state = self.state.borrow();
        Ok(match state.seen.get(path.as_str()) {
            None => Found::Nothing,
            Some(None) => Found::Folder,
            Some(Some(file)) => {
                let (bytes, mode, _) = &state.files[*file];
                Found::File { bytes: bytes.clone(), bits: mode.bits() }
            }
        })
    }

    fn list(&self, folder: &TreePath) -> Result<Vec<String>, DiskError> {
        let names = within(&self.state.borrow().seen, folder.as_str());
        Ok(names.keys().map(|name| path(name).name().to_owned()).collect())
    }

    fn shown(&self, path: &TreePath) -> String {
        path.to_string()
    }

    fn create_folder(&self, path: &TreePath, _private: bool) -> Result<(), DiskError> {
        let before = self.state.borrow_mut().seen.insert(path.to_string(), None);
        assert_eq!(before, None, "{path} existed");
        Ok(())
    }

    fn create_file(&self, path: &TreePath, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let mut state = self.state.borrow_mut();
        state.files.push((bytes.to_vec(), mode, false));
        let number = state.files.len() - 1;
        let before = state.seen.insert(path.to_string(), Some(number));
        assert_eq!(before, None, "{path} existed");
        Ok(())
    }

    fn sync_files(&self, files: &[TreePath]) -> Result<(), DiskError> {
        let mut state = self.state.borrow_mut();
        for path in files {
            let file = state.seen[path.as_str()].unwrap();
            state.files[file].2 = true;
        }
        Ok(())
    }

    fn sync_names(&self, paths: &[TreePath]) -> Result<(), DiskError> {
        let mut state = self.state.borrow_mut();
        for path in paths {
            let folder = holder(path.as_str());
            let names = within(&state.seen, &folder);
            state.kept.insert(folder, names);
        }
        Ok(())
    }

    fn rename(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        let mut state = self.state.borrow_mut();
        let [source, target] =
            [from, to].map(|path| state.seen.get(path.as_str()).copied().flatten());
        // POSIX rename(): two names of one file both stay.
        if source != target {
            state.seen.remove(from.as_str());
            state.seen.insert(to.to_string(), source);
        }
        if let Some(edited) = self.edited.as_deref().filter(|_| to.name() == "journal") {
            let file = state.seen[edited].unwrap();
            state.files[file].0 = b"edited\n".to_vec();
        }
        Ok(())
    }

    fn rename_new(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        self.rename(from, to)
    }

    fn remove_file(&self, path: &TreePath) -> Result<(), DiskError> {
        self.state.borrow_mut().seen.remove(path.as_str());
        Ok(())
    }

    fn remove_folder(&self, path: &TreePath) -> Result<(), DiskError> {
        let mut state = self.state.borrow_mut();
        if within(&state.seen, path.as_str()).is_empty() {
            state.seen.remove(path.as_str());
        }
        Ok(())
    }
}
