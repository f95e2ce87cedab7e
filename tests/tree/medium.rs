//! A disk in memory whose power can fail and on which somebody else may be writing.

use super::*;
use portcullis::tree::{DiskError, Found};
use std::cell::{RefCell, RefMut};

/// A disk that knows which of its contents and names are on the medium.
#[derive(Clone)]
pub(crate) struct Medium {
    /// The root is the first.
    nodes: RefCell<Vec<Node>>,
    /// A file that somebody edits in the moment in which a write gets its journal.
    pub(crate) edited: Option<String>,
}

#[derive(Clone)]
enum Node {
    /// `synced`: the content is on the medium.
    File { bytes: Vec<u8>, mode: Mode, synced: bool },
    /// What programs see in it, and what is on the medium.
    Folder { seen: Names, kept: Names },
}

/// Nodes by name.
type Names = BTreeMap<String, usize>;

impl Default for Medium {
    fn default() -> Self {
        Self { nodes: RefCell::new(vec![Node::empty_folder()]), edited: None }
    }
}

impl Medium {
    /// The power fails: contents that were not synced are lost. Names are as last seen, but in the
    /// folders of `forgetful` as last synced.
    pub(crate) fn cut(&self, forgetful: impl Fn(&str) -> bool) {
        let before = self.all();
        for (path, node) in &before {
            if let (Node::Folder { seen, kept }, true) = (&mut *self.node(*node), forgetful(path)) {
                seen.clone_from(kept);
            }
        }
        self.keep_one_name(&before.into_values().collect());
        for node in self.nodes.borrow_mut().iter_mut() {
            match node {
                Node::File { bytes, synced, .. } if !*synced => {
                    bytes.clear();
                    *synced = true;
                }
                Node::Folder { seen, kept } => kept.clone_from(seen),
                Node::File { .. } => {}
            }
        }
    }

    /// Every journaling file system keeps the old or the new name of a file that was renamed.
    fn keep_one_name(&self, before: &BTreeSet<usize>) {
        let after: BTreeSet<usize> = self.all().into_values().collect();
        for folder in &after {
            let Node::Folder { seen, kept } = &mut *self.node(*folder) else { continue };
            let lost =
                kept.iter().filter(|(_, node)| before.contains(node) && !after.contains(node));
            seen.extend(lost.map(|(name, node)| (name.clone(), *node)));
        }
    }

    pub(crate) fn contents(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let content = |node: usize| match &*self.node(node) {
            Node::File { bytes, .. } => Some(bytes.clone()),
            Node::Folder { .. } => None,
        };
        self.all().into_iter().map(|(path, node)| (path, content(node))).collect()
    }

    pub(crate) fn folders(&self) -> BTreeSet<String> {
        let mut all = self.contents();
        all.retain(|_, content| content.is_none());
        all.into_keys().collect()
    }

    /// Everything that programs see, by full path; the root is "".
    fn all(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        let mut next = vec![(String::new(), 0)];
        while let Some((path, node)) = next.pop() {
            if let Node::Folder { seen, .. } = &*self.node(node) {
                let below = |name| if path.is_empty() { name } else { format!("{path}/{name}") };
                next.extend(seen.iter().map(|(name, node)| (below(name.clone()), *node)));
            }
            all.insert(path, node);
        }
        all
    }

    fn node(&self, number: usize) -> RefMut<'_, Node> {
        RefMut::map(self.nodes.borrow_mut(), |nodes| &mut nodes[number])
    }

    fn find(&self, path: &str) -> Option<usize> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        parts.try_fold(0, |folder, part| match &*self.node(folder) {
            Node::Folder { seen, .. } => seen.get(part).copied(),
            Node::File { .. } => None,
        })
    }

    /// Lets `act` change the names in the folder of `path`, which must exist.
    fn with_holder<T>(&self, path: &TreePath, act: impl FnOnce(&mut Names) -> T) -> T {
        let holder = path.parent().map_or(Some(0), |parent| self.find(parent.as_str()));
        match &mut *self.node(holder.unwrap()) {
            Node::Folder { seen, .. } => act(seen),
            Node::File { .. } => unreachable!("{path} in a file"),
        }
    }

    fn create(&self, path: &TreePath, node: Node) {
        let number = self.nodes.borrow().len();
        self.nodes.borrow_mut().push(node);
        let before = self.with_holder(path, |names| names.insert(path.name().to_owned(), number));
        assert_eq!(before, None, "{path} existed");
    }
}

impl Node {
    fn empty_folder() -> Self {
        Self::Folder { seen: Names::new(), kept: Names::new() }
    }
}

impl Disk for Medium {
    fn look(&self, path: &TreePath) -> Result<Found, DiskError> {
        let Some(node) = self.find(path.as_str()) else { return Ok(Found::Nothing) };
        Ok(match &*self.node(node) {
            Node::File { bytes, mode, .. } => {
                Found::File { bytes: bytes.clone(), bits: mode.bits() }
            }
            Node::Folder { .. } => Found::Folder,
        })
    }

    fn list(&self, folder: &TreePath) -> Result<Vec<String>, DiskError> {
        let Some(node) = self.find(folder.as_str()) else { return Ok(Vec::new()) };
        Ok(match &*self.node(node) {
            Node::Folder { seen, .. } => seen.keys().cloned().collect(),
            Node::File { .. } => unreachable!("{folder} is a file"),
        })
    }

    fn shown(&self, path: &TreePath) -> String {
        path.to_string()
    }

    fn create_folder(&self, path: &TreePath, _private: bool) -> Result<(), DiskError> {
        self.create(path, Node::empty_folder());
        Ok(())
    }

    fn create_file(&self, path: &TreePath, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        self.create(path, Node::File { bytes: bytes.to_vec(), mode, synced: false });
        Ok(())
    }

    fn sync_files(&self, files: &[TreePath]) -> Result<(), DiskError> {
        for path in files {
            if let Node::File { synced, .. } = &mut *self.node(self.find(path.as_str()).unwrap()) {
                *synced = true;
            }
        }
        Ok(())
    }

    fn sync_names(&self, paths: &[TreePath]) -> Result<(), DiskError> {
        let holders: BTreeSet<Option<TreePath>> = paths.iter().map(TreePath::parent).collect();
        for holder in holders {
            let holder = holder.map_or(Some(0), |holder| self.find(holder.as_str()));
            if let Some(Node::Folder { seen, kept }) =
                holder.map(|node| self.node(node)).as_deref_mut()
            {
                kept.clone_from(seen);
            }
        }
        Ok(())
    }

    fn rename(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        let source = self.find(from.as_str()).unwrap();
        // POSIX rename(): two names of one file both stay.
        if self.find(to.as_str()) != Some(source) {
            self.with_holder(from, |names| names.remove(from.name()));
            self.with_holder(to, |names| names.insert(to.name().to_owned(), source));
        }
        if let Some(edited) = self.edited.as_deref().filter(|_| to.name() == "journal")
            && let Node::File { bytes, .. } = &mut *self.node(self.find(edited).unwrap())
        {
            *bytes = b"edited\n".to_vec();
        }
        Ok(())
    }

    fn rename_new(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        self.rename(from, to)
    }

    fn remove_file(&self, path: &TreePath) -> Result<(), DiskError> {
        self.with_holder(path, |names| names.remove(path.name()));
        Ok(())
    }

    fn remove_folder(&self, path: &TreePath) -> Result<(), DiskError> {
        if self.list(path)?.is_empty() {
            self.with_holder(path, |names| names.remove(path.name()));
        }
        Ok(())
    }
}
