//! Links, folders and damage where files belong.

use super::*;
use portcullis::tree::DiskError;
use std::os::unix::fs::symlink;

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
fn a_damaged_manifest_or_journal_is_refused_with_its_line() {
    let project = Project::with(&old_tree());
    fs::write(project.out(".portcullis/manifest"), "# head\nnonsense\n").unwrap();
    let error = project.write(&old_tree()).unwrap_err();
    assert!(matches!(error, WriteError::Manifest { line: 2, .. }), "{error}");
    fs::write(project.out(".portcullis/journal"), "portcullis journal 1\n").unwrap();
    let error = project.write(&old_tree()).unwrap_err();
    assert!(matches!(error, WriteError::Journal { line: 2, .. }), "{error}");
}
