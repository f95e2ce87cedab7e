//! Writing a tree, on the real disk: stopped at every change, edited by hand, attacked with links.

use camino::Utf8Path;
use portcullis::tree::{
    Contention, Diff, DiskError, FailingDisk, Fault, File, Mode, RealDisk, SingleFile, State, Tree,
    TreePath, WriteError, Writing, Written, compare, create_new, recover, write, write_atomically,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

const OUT: &str = "deploy/production";

/// An empty project on the real disk.
struct Project {
    folder: tempfile::TempDir,
    disk: RealDisk,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
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

fn write_on(
    disk: &dyn portcullis::tree::Disk,
    tree: &Tree,
    forced: &[&str],
) -> Result<Written, WriteError> {
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

#[test]
fn a_tree_is_written_with_its_permissions() {
    let project = Project::with(&old_tree());
    assert_eq!(project.text("gateway/hosts/a.conf"), "server a;\n");
    assert_eq!(project.bits("deploy/production/compose.yaml"), 0o644);
    assert_eq!(project.bits("deploy/production/services/api/entrypoint.sh"), 0o755);
    assert_eq!(project.bits("deploy/production/services/api"), 0o755);
    assert_eq!(project.bits("secrets/production.yaml"), 0o600);
    assert_eq!(project.bits("secrets"), 0o700);
    assert!(project.everything().values().all(|(bits, _)| bits & 0o022 == 0));
}

#[test]
fn a_second_write_changes_nothing() {
    let project = Project::with(&new_tree());
    let counting = FailingDisk::new(&project.disk, Fault::Never);
    assert!(write_on(&counting, &new_tree(), &[]).unwrap().is_empty());
    assert_eq!(counting.changes(), 0);
}

#[test]
fn what_is_no_longer_drawn_goes_with_its_folders() {
    let project = Project::with(&old_tree());
    let written = project.write(&new_tree()).unwrap();
    let removed: Vec<_> = written.removed.iter().map(TreePath::as_str).collect();
    assert_eq!(
        removed,
        ["gateway/hosts/a.conf", "services/gone/Dockerfile", "was-a-file", "was-a-folder/file"]
    );
    assert!(!project.out("services/gone").exists());
    assert_eq!(project.everything(), Project::with(&new_tree()).everything());
}

/// Stops `write(after)` on a project that holds `start` at each of its changes in turn.
fn stop_everywhere(start: &Tree, after: &Tree, fault: fn(usize) -> Fault) -> usize {
    let undisturbed = Project::with(start);
    let old = undisturbed.visible();
    undisturbed.write(after).unwrap();
    let new = undisturbed.visible();
    let mut stops = 0;
    for number in 0.. {
        let project = Project::with(start);
        let failing = FailingDisk::new(&project.disk, fault(number));
        if write_on(&failing, after, &[]).is_ok() {
            break;
        }
        stops += 1;
        for (path, file) in project.visible() {
            let whole = old.get(&path) == Some(&file) || new.get(&path) == Some(&file);
            assert!(whole, "stopped at change {number}: {path} is neither old nor new");
        }
        project.write(after).unwrap();
        assert_eq!(project.everything(), undisturbed.everything(), "stopped at change {number}");
    }
    stops
}

#[test]
fn a_first_write_can_be_stopped_anywhere() {
    assert!(stop_everywhere(&Tree::new(), &old_tree(), Fault::From) > 30);
    assert!(stop_everywhere(&Tree::new(), &old_tree(), Fault::Once) > 30);
}

#[test]
fn a_change_can_be_stopped_anywhere() {
    assert!(stop_everywhere(&old_tree(), &new_tree(), Fault::From) > 40);
    assert!(stop_everywhere(&old_tree(), &new_tree(), Fault::Once) > 40);
}

#[test]
fn a_stopped_write_can_be_followed_by_another_description() {
    for number in 0.. {
        let project = Project::with(&old_tree());
        let failing = FailingDisk::new(&project.disk, Fault::From(number));
        if write_on(&failing, &new_tree(), &[]).is_ok() {
            break;
        }
        project.write(&old_tree()).unwrap();
        let undisturbed = Project::with(&old_tree()).everything();
        assert_eq!(project.everything(), undisturbed, "stopped at change {number}");
    }
}

#[test]
fn finishing_can_be_stopped_too() {
    let undisturbed = Project::with(&old_tree());
    undisturbed.write(&new_tree()).unwrap();
    let (project, number) = stopped_after_its_journal();
    assert!(compare(&project.disk, &path(OUT), &new_tree()).unwrap().unfinished, "at {number}");
    for number in 0.. {
        let failing = FailingDisk::new(&project.disk, Fault::Once(number));
        if recover(&failing, &path(OUT)).is_ok() {
            break;
        }
    }
    assert_eq!(project.everything(), undisturbed.everything());
}

#[test]
fn finishing_spares_what_was_edited_since() {
    let (project, _) = stopped_after_its_journal();
    fs::write(project.out("compose.yaml"), "edited\n").unwrap();
    assert!(recover(&project.disk, &path(OUT)).unwrap());
    assert_eq!(project.text("compose.yaml"), "edited\n");
    assert_eq!(project.text("gateway/hosts/c.conf"), "server c;\n");
    let refused = contested(project.write(&new_tree()));
    assert_eq!(refused, [("compose.yaml".to_owned(), Contention::Edited)]);
}

/// A write from the old to the new tree that stopped as soon as it had a journal.
fn stopped_after_its_journal() -> (Project, usize) {
    for number in 0.. {
        let project = Project::with(&old_tree());
        let failing = FailingDisk::new(&project.disk, Fault::From(number));
        write_on(&failing, &new_tree(), &[]).unwrap_err();
        if project.out(".portcullis/journal").exists() {
            return (project, number);
        }
    }
    unreachable!("a write without a journal")
}

fn contested(result: Result<Written, WriteError>) -> Vec<(String, Contention)> {
    match result.unwrap_err() {
        WriteError::Contested(files) => {
            files.into_iter().map(|file| (file.path.to_string(), file.why)).collect()
        }
        other => unreachable!("{other}"),
    }
}

#[test]
fn an_edit_by_hand_is_kept_until_it_is_named() {
    let project = Project::with(&old_tree());
    fs::write(project.out("gateway/hosts/a.conf"), "mine\n").unwrap();
    fs::write(project.out("gateway/hosts/b.conf"), "mine\n").unwrap();
    let before = project.everything();
    let result = project.write(&new_tree());
    assert!(result.as_ref().unwrap_err().is_refusal());
    let told = result.as_ref().unwrap_err().to_string();
    assert!(told.contains("-mine\n+server b; # changed"), "{told}");
    assert!(told.contains("deploy/production/gateway/hosts/b.conf: edited by hand"), "{told}");
    let [a, b] = ["gateway/hosts/a.conf", "gateway/hosts/b.conf"];
    let both = [(a.to_owned(), Contention::EditedAndDropped), (b.to_owned(), Contention::Edited)];
    assert_eq!(contested(result), both);
    assert_eq!(project.everything(), before, "bundle and lock included");

    assert_eq!(contested(write_on(&project.disk, &new_tree(), &[a])), both[1..]);
    write_on(&project.disk, &new_tree(), &[a, b]).unwrap();
    assert_eq!(project.everything(), Project::with(&new_tree()).everything());
}

#[test]
fn an_edit_that_is_drawn_since_is_no_edit() {
    let project = Project::with(&old_tree());
    fs::write(project.out("gateway/hosts/b.conf"), "server b; # changed\n").unwrap();
    project.write(&new_tree()).unwrap();
    assert_eq!(project.everything(), Project::with(&new_tree()).everything());
}

#[test]
fn foreign_files_are_left_alone() {
    let project = Project::with(&old_tree());
    fs::write(project.out("services/gone/notes.txt"), "mine\n").unwrap();
    fs::write(project.out("gateway/hosts/b.conf.bak"), "mine\n").unwrap();
    project.write(&new_tree()).unwrap();
    assert_eq!(project.text("services/gone/notes.txt"), "mine\n");
    assert_eq!(project.text("gateway/hosts/b.conf.bak"), "mine\n");
    assert!(!project.out("services/gone/Dockerfile").exists());
}

#[test]
fn a_foreign_file_in_the_way_is_refused_unless_equal_or_named() {
    let project = Project::new();
    fs::create_dir_all(project.at(OUT)).unwrap();
    fs::write(project.out("compose.yaml"), "services: {}\n").unwrap();
    fs::write(project.out("was-a-file"), "mine\n").unwrap();
    let refused = contested(project.write(&old_tree()));
    assert_eq!(refused, [("was-a-file".to_owned(), Contention::Foreign)]);
    write_on(&project.disk, &old_tree(), &["was-a-file"]).unwrap();
    assert_eq!(project.visible(), Project::with(&old_tree()).visible());
}

#[test]
fn a_deleted_tree_is_drawn_again() {
    let project = Project::with(&old_tree());
    fs::remove_file(project.out("compose.yaml")).unwrap();
    fs::remove_dir_all(project.out("gateway")).unwrap();
    project.write(&old_tree()).unwrap();
    assert_eq!(project.everything(), Project::with(&old_tree()).everything());
    fs::remove_dir_all(project.at("deploy")).unwrap();
    project.write(&old_tree()).unwrap();
    assert_eq!(project.everything(), Project::with(&old_tree()).everything());
}

#[test]
fn a_folder_that_a_container_mounts_is_never_replaced() {
    let project = Project::with(&tree(&[("gateway/hosts/a.conf", "a")]));
    let inode = |path: &str| fs::metadata(project.out(path)).unwrap().ino();
    let before = [inode("."), inode("gateway"), inode("gateway/hosts")];
    // Every file of the folder goes, another one comes.
    project.write(&tree(&[("gateway/hosts/b.conf", "b")])).unwrap();
    assert_eq!([inode("."), inode("gateway"), inode("gateway/hosts")], before);
}

#[test]
fn links_lead_nowhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("nginx.conf"), "not ours\n").unwrap();
    for link in ["deploy", "deploy/production", "deploy/production/gateway"] {
        let project = Project::new();
        let place = project.at(link);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(elsewhere.path(), &place).unwrap();
        refused_for_link(&project, link);
    }
    for link in [
        "deploy/production/gateway/nginx.conf",
        "deploy/production/.portcullis/manifest",
        "deploy/production/.portcullis/journal",
        "deploy/production/.portcullis/staged",
        "secrets/production.yaml",
        "portcullis.lock",
    ] {
        let project = Project::new();
        let place = project.at(link);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(elsewhere.path().join("nginx.conf"), &place).unwrap();
        refused_for_link(&project, link);
    }
    let left: Vec<_> = fs::read_dir(elsewhere.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing was written through a link");
    assert_eq!(fs::read_to_string(elsewhere.path().join("nginx.conf")).unwrap(), "not ours\n");
}

fn refused_for_link(project: &Project, link: &str) {
    let error = project.write(&old_tree()).unwrap_err();
    assert!(error.is_refusal(), "{error}");
    match error {
        WriteError::Disk(DiskError::Symlink { path }) => assert!(path.ends_with(link), "{path}"),
        other => unreachable!("{link}: {other}"),
    }
    assert!(fs::symlink_metadata(project.at(link)).unwrap().is_symlink(), "{link}");
}

#[test]
fn a_stand_in_that_is_a_link_is_not_written_through() {
    let project = Project::new();
    let victim = project.at("victim");
    fs::write(&victim, "not ours\n").unwrap();
    symlink(&victim, project.at(".portcullis.lock.portcullis-new")).unwrap();
    project.write(&old_tree()).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "not ours\n");
    assert_eq!(fs::read_to_string(project.at("portcullis.lock")).unwrap(), "lock of 8 files\n");
}

#[test]
fn what_is_not_a_folder_or_a_file_is_refused() {
    let folder_for_file = Project::new();
    fs::create_dir_all(folder_for_file.out("compose.yaml/mine")).unwrap();
    let file_for_folder = Project::new();
    fs::create_dir_all(file_for_folder.at(OUT)).unwrap();
    fs::write(file_for_folder.out("gateway"), "mine\n").unwrap();
    let file_for_out = Project::new();
    fs::create_dir_all(file_for_out.at("deploy")).unwrap();
    fs::write(file_for_out.at(OUT), "mine\n").unwrap();
    for project in [&folder_for_file, &file_for_folder, &file_for_out] {
        let before = project.everything();
        let error = project.write(&old_tree()).unwrap_err();
        assert!(
            matches!(
                error,
                WriteError::Disk(DiskError::NotAFile { .. } | DiskError::NotAFolder { .. })
            ),
            "{error}"
        );
        assert_eq!(project.everything(), before, "{error}");
    }
}

#[test]
fn permissions_that_matter_are_set_again() {
    let project = Project::with(&old_tree());
    let set = |path: &str, bits| {
        fs::set_permissions(project.out(path), fs::Permissions::from_mode(bits)).unwrap();
    };
    set("gateway/nginx.conf", 0o664);
    assert!(project.write(&old_tree()).unwrap().is_empty(), "a umask is no drift");
    set("gateway/nginx.conf", 0o646);
    set("services/api/entrypoint.sh", 0o644);
    let comparison = compare(&project.disk, &path(OUT), &old_tree()).unwrap();
    let wrong = comparison.files.values().filter(|file| file.state == State::WrongMode).count();
    assert_eq!(wrong, 2);
    project.write(&old_tree()).unwrap();
    assert_eq!(project.everything(), Project::with(&old_tree()).everything());
}

#[test]
fn a_difference_names_every_file_and_hides_what_is_sealed() {
    let mut old = old_tree();
    let mut new = new_tree();
    old.add("sealed", File::secret("hunter2\n")).unwrap();
    new.add("sealed", File::secret("hunter3\n")).unwrap();
    let project = Project::with(&old);
    fs::write(project.out("gateway/hosts/b.conf"), "\u{1b}[2Jmine\n").unwrap();
    let comparison = compare(&project.disk, &path(OUT), &new).unwrap();
    assert!(!comparison.is_clean());
    let shown = Diff::of(&comparison, &new).to_string();
    for line in [
        "change compose.yaml\n",
        "-services: {}\n",
        "remove gateway/hosts/a.conf\n",
        "edited by hand: gateway/hosts/b.conf\n",
        "-\\u{1b}[2Jmine\n",
        "create gateway/hosts/c.conf\n",
        "change sealed\nchange services/api/entrypoint.sh\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in {shown}");
    }
    assert!(!shown.contains("hunter") && !shown.contains("nginx.conf"), "{shown}");
}

#[test]
fn a_damaged_manifest_or_journal_is_refused_with_its_line() {
    let project = Project::with(&old_tree());
    fs::write(project.out(".portcullis/manifest"), "# head\nnonsense\n").unwrap();
    let error = project.write(&old_tree()).unwrap_err();
    assert!(matches!(error, WriteError::Manifest { line: 2, .. }), "{error}");
    fs::write(project.out(".portcullis/journal"), "portcullis journal 1\n").unwrap();
    let error = project.write(&old_tree()).unwrap_err();
    assert!(matches!(error, WriteError::Journal { line: 2, .. }), "{error}");
}

#[test]
fn an_identity_is_private_and_never_replaced() {
    let project = Project::new();
    let identity = path("portcullis/identity.txt");
    create_new(&project.disk, &identity, b"first", Mode::Private).unwrap();
    assert_eq!(project.bits("portcullis/identity.txt"), 0o600);
    assert_eq!(project.bits("portcullis"), 0o700);
    let again = create_new(&project.disk, &identity, b"second", Mode::Private);
    assert!(matches!(again, Err(DiskError::Exists { .. })), "{again:?}");
    assert_eq!(fs::read(project.at("portcullis/identity.txt")).unwrap(), b"first");
    assert_eq!(project.everything().len(), 2, "no second copy of a secret");
}

#[test]
fn one_file_can_be_stopped_anywhere() {
    for number in 0.. {
        let project = Project::new();
        write_atomically(&project.disk, &path("a/b"), b"old content", Mode::Plain).unwrap();
        let failing = FailingDisk::new(&project.disk, Fault::From(number));
        let done = write_atomically(&failing, &path("a/b"), b"new content", Mode::Plain).is_ok();
        let stands = fs::read(project.at("a/b")).unwrap();
        assert!(stands == b"old content" || stands == b"new content", "stopped at {number}");
        write_atomically(&project.disk, &path("a/b"), b"new content", Mode::Plain).unwrap();
        assert_eq!(project.everything().len(), 2, "stopped at {number}: something was left behind");
        if done {
            assert_eq!(number, failing.changes());
            break;
        }
    }
}

#[test]
fn two_writers_take_turns() {
    let project = Project::new();
    let root = Utf8Path::from_path(project.folder.path()).unwrap();
    let first = RealDisk::open_alone(root).unwrap();
    assert!(matches!(RealDisk::open_alone(root), Err(DiskError::Busy { .. })));
    drop(first);
    RealDisk::open_alone(root).unwrap();
}
