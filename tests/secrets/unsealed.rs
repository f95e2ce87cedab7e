//! What `secrets unseal` says and leaves where values are in danger: on a disk, or in the hands of
//! whoever may read the identity.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::support::{Project, text};

#[test]
fn a_folder_on_a_disk_is_taken_with_a_warning_and_one_in_memory_without() {
    let project = Project::new("minimal");
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    fs::create_dir_all(target).unwrap();
    // Where the sources lie in memory, there is no disk to warn of.
    let on_disk = |path: &std::path::Path| {
        let found = rustix::fs::statfs(path).unwrap();
        ![0x0102_1994, 0x8584_58f6].contains(&found.f_type)
    };
    for (base, warned) in [(target, on_disk(target.as_ref())), ("/dev/shm", false)] {
        let folder = tempfile::tempdir_in(base).unwrap();
        let to = folder.path().join("unsealed");
        let done = project.run(&["-q", "secrets", "unseal", "--to", to.to_str().unwrap()]);
        let said = text(&done.stderr);
        assert!(done.status.success(), "{said}");
        assert_eq!(said.contains("unsealed is not in memory"), warned, "{base}: {said}");
    }
}

#[test]
fn a_value_that_is_missing_empties_the_folder() {
    let project = Project::new("web-api");
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let to = folder.path().join("unsealed");
    let unseal = ["secrets", "unseal", "--to", to.to_str().unwrap()];
    project.succeed(&unseal);
    let values = || fs::read_dir(&to).unwrap().filter(|e| e.as_ref().unwrap().path().is_file());
    assert!(values().count() > 1);
    project.edit("secrets:\n  database_url", "secrets:\n  given: {provided: true}\n  database_url");
    project.edit("redis_url, session_key]", "redis_url, session_key, given]");
    let refused = project.run(&unseal);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("of an earlier run are gone") && said.contains("  given: "), "{said}");
    let left: Vec<_> = values().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [".portcullis"]);
}

#[test]
fn an_identity_that_others_may_read_is_warned_of_once() {
    let project = Project::new("minimal");
    let identity = project.home().join(".config/portcullis/identity.txt");
    let said = || text(&project.run(&["-q", "secrets", "check"]).stderr);
    assert!(!said().contains("identity"));
    fs::set_permissions(&identity, Permissions::from_mode(0o644)).unwrap();
    let advice = format!("`chmod 600 {}`", identity.display());
    assert_eq!(said().matches(&advice).count(), 1, "{}", said());
}

/// A running stack reads a new value once its readers are restarted, by whichever program runs it.
#[test]
fn readers_are_restarted_by_the_targets_own_program() {
    for (target, program) in [("compose", "docker compose"), ("podman", "podman-compose")] {
        let project = Project::new("web-api");
        project.succeed(&["generate", "--target", target]);
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let to = folder.path().join("unsealed");
        let unseal = ["secrets", "unseal", "--target", target, "--to", to.to_str().unwrap()];
        let said = project.succeed(&unseal);
        assert!(said.contains(&format!("if the stack runs: {program} -f ")), "{said}");
        assert!(said.contains(&format!("`{program}` needs this line:")), "{said}");
    }
}
