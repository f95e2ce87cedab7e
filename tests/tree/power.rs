//! A power cut: what no sync has put on the medium may be lost, folder by folder.

use super::*;
use portcullis::tree::{DiskError, FailingDisk, Fault, Found};
use std::cell::RefCell;

/// A disk in memory that knows which of its contents and names are on the medium.
#[derive(Clone, Default)]
struct Medium {
    state: RefCell<State>,
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
    fn cut(&self, forgetful: impl Fn(&str) -> bool) {
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

    fn contents(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let state = self.state.borrow();
        let content = |file: &usize| state.files[*file].0.clone();
        state.seen.iter().map(|(name, file)| (name.clone(), file.as_ref().map(content))).collect()
    }

    fn folders(&self) -> BTreeSet<String> {
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

/// A medium that holds `tree` and has had time to write everything down.
fn medium_with(tree: &Tree) -> Medium {
    let medium = Medium::default();
    write_on(&medium, tree, &[]).unwrap();
    medium.cut(|_| false);
    medium
}

/// Cuts the power at each change of `write(new_tree())` and, for each folder, once so that only that
/// folder forgets what was not synced, once so that all do; then writes `next`.
fn cut_everywhere(next: &Tree) {
    let start = medium_with(&old_tree());
    let old = start.contents();
    let new = medium_with(&new_tree()).contents();
    let wanted = medium_with(next).contents();
    for number in 0..200 {
        let stopped = start.clone();
        let done =
            write_on(&FailingDisk::new(&stopped, Fault::From(number)), &new_tree(), &[]).is_ok();
        let folders = stopped.folders();
        for forgetful in folders.iter().map(Some).chain([None]) {
            let at = format!("cut at change {number}, {forgetful:?} forgets");
            let medium = stopped.clone();
            medium.cut(|folder| forgetful.is_none_or(|forgets| folder == forgets));
            for (path, file) in medium.contents() {
                let hidden = path.contains(".portcullis/") || path.ends_with(".portcullis-new");
                let whole = [&old, &new].iter().any(|side| side.get(&path) == Some(&file));
                assert!(hidden || file.is_none() || whole, "{at}: {path} is torn");
            }
            assert!(!done || medium.contents() == new, "{at}: what was reported done is lost");
            if let Err(error) = write_on(&medium, next, &[]) {
                unreachable!("{at}: {error}");
            }
            let stands = medium.contents();
            assert_eq!(
                stands.keys().collect::<Vec<_>>(),
                wanted.keys().collect::<Vec<_>>(),
                "{at}"
            );
            assert!(stands == wanted, "{at}");
        }
        if done {
            return;
        }
    }
}

#[test]
fn after_a_power_cut_the_same_description_leads_to_the_same_tree() {
    cut_everywhere(&new_tree());
}

#[test]
fn after_a_power_cut_another_description_can_be_written() {
    cut_everywhere(&old_tree());
}
