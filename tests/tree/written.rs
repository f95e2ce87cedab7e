//! A write that nothing disturbs.

use super::*;
use portcullis::tree::{Diff, DiskError, FailingDisk, Fault, State, compare, create_new};

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
fn a_umask_neither_closes_nor_opens_a_file() {
    let this = std::env::current_exe().unwrap();
    for umask in ["077", "000"] {
        let script = format!("umask {umask} && exec \"$0\" --exact \"$1\"");
        let test = "written::a_tree_is_written_with_its_permissions";
        let run =
            std::process::Command::new("sh").arg("-c").arg(script).arg(&this).arg(test).output();
        let run = run.unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "umask {umask}: {said}");
    }
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
        "change: compose.yaml\n",
        "-services: {}\n",
        "remove: gateway/hosts/a.conf\n",
        "edited by hand: gateway/hosts/b.conf\n",
        "-\\u{1b}[2Jmine\n",
        "create: gateway/hosts/c.conf\n",
        "change: sealed\nchange: services/api/entrypoint.sh\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in {shown}");
    }
    assert!(!shown.contains("hunter") && !shown.contains("nginx.conf"), "{shown}");
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
fn two_writers_take_turns() {
    let project = Project::new();
    let root = Utf8Path::from_path(project.folder.path()).unwrap();
    let first = RealDisk::open_alone(root).unwrap();
    assert!(matches!(RealDisk::open_alone(root), Err(DiskError::Busy { .. })));
    drop(first);
    RealDisk::open_alone(root).unwrap();
}
