//! Writing a tree, on the real disk: as asked, stopped at every change, edited by hand, attacked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod edited;
mod law;
mod medium;
mod obstructed;
mod power;
mod stopped;
mod written;

use camino::Utf8Path;
use portcullis::tree::{
    Contention, Disk, File, Mode, RealDisk, SingleFile, Tree, TreePath, WriteError, Writing,
    Written, write,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

const OUT: &str = "deploy/production";

/// An empty project on the real disk.
struct Project {
    folder: tempfile::TempDir,
    disk: RealDisk,
}

impl Project {
    fn new() -> Self {
        // In memory where there is such a place: syncing is not what these tests wait for.
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.unwrap();
        let disk = RealDisk::open(Utf8Path::from_path(folder.path()).unwrap()).unwrap();
        Self { folder, disk }
    }

    /// A project that holds `tree`.
    fn with(tree: &Tree) -> Self {
        let project = Self::new();
        project.write(tree).unwrap();
        project
    }

    fn write(&self, tree: &Tree) -> Result<Written, WriteError> {
        write_on(&self.disk, tree, &[])
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path)
    }

    fn out(&self, path: &str) -> std::path::PathBuf {
        self.at(OUT).join(path)
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.out(path)).unwrap()
    }

    fn bits(&self, path: &str) -> u32 {
        fs::metadata(self.at(path)).unwrap().permissions().mode() & 0o7777
    }

    /// Everything there is: content by path, folders too, with permissions.
    fn everything(&self) -> BTreeMap<String, (u32, Option<Vec<u8>>)> {
        let mut all = BTreeMap::new();
        collect(self.folder.path(), self.folder.path(), &mut all);
        all
    }

    /// [`Self::everything`] but what the writer keeps for itself and what is half written.
    fn visible(&self) -> BTreeMap<String, (u32, Option<Vec<u8>>)> {
        let mut all = self.everything();
        all.retain(|path, (_, bytes)| {
            bytes.is_some() && !path.contains(".portcullis/") && !path.ends_with(".portcullis-new")
        });
        all
    }
}

fn collect(root: &Path, at: &Path, all: &mut BTreeMap<String, (u32, Option<Vec<u8>>)>) {
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if meta.is_dir() {
            collect(root, &path, all);
        }
        let bytes = meta.is_file().then(|| fs::read(&path).unwrap());
        all.insert(name, (meta.mode() & 0o7777, bytes));
    }
}

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        tree.add(path, File::plain(*text)).unwrap();
    }
    tree
}

fn write_on(disk: &dyn Disk, tree: &Tree, forced: &[&str]) -> Result<Written, WriteError> {
    let forced: BTreeSet<_> = forced.iter().map(|f| path(f)).collect();
    write(disk, &Writing { before: &before(tree), out: &path(OUT), tree, forced: &forced })
}

/// A bundle and a lock that change whenever the tree does.
fn before(tree: &Tree) -> Vec<SingleFile> {
    let speaks = |what: &str| format!("{what} of {} files\n", tree.len()).into_bytes();
    let file = |at, what, mode| SingleFile { path: path(at), bytes: speaks(what), mode };
    vec![
        file("secrets/production.yaml", "bundle", Mode::Private),
        file("portcullis.lock", "lock", Mode::Plain),
    ]
}

fn old_tree() -> Tree {
    let mut tree = tree(&[
        ("compose.yaml", "services: {}\n"),
        ("gateway/nginx.conf", "worker_processes auto;\n"),
        ("gateway/hosts/a.conf", "server a;\n"),
        ("gateway/hosts/b.conf", "server b;\n"),
        ("services/gone/Dockerfile", "FROM gone\n"),
        ("was-a-file", "file\n"),
        ("was-a-folder/file", "file\n"),
    ]);
    tree.add("services/api/entrypoint.sh", File::executable("#!/bin/sh\n")).unwrap();
    tree
}

fn new_tree() -> Tree {
    let mut tree = tree(&[
        ("compose.yaml", "services:\n  api: {}\n"),
        ("gateway/nginx.conf", "worker_processes auto;\n"),
        ("gateway/hosts/b.conf", "server b; # changed\n"),
        ("gateway/hosts/c.conf", "server c;\n"),
        ("services/new/Dockerfile", "FROM new\n"),
        ("services/new/deep/er/file", "deep\n"),
        ("was-a-file/file", "file\n"),
        ("was-a-folder", "file\n"),
    ]);
    tree.add("services/api/entrypoint.sh", File::executable("#!/bin/sh\nexec\n")).unwrap();
    tree
}

fn contested(result: Result<Written, WriteError>) -> Vec<(String, Contention)> {
    match result.unwrap_err() {
        WriteError::Contested(files) => {
            files.into_iter().map(|file| (file.path.to_string(), file.why)).collect()
        }
        other => unreachable!("{other}"),
    }
}
