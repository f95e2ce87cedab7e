//! What people made or changed is theirs.

use super::medium::Medium;
use super::*;

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
fn an_edit_while_writing_is_kept() {
    let [drawn, dropped] = ["compose.yaml", "gateway/hosts/a.conf"];
    for (edited, why) in [(drawn, Contention::Edited), (dropped, Contention::EditedAndDropped)] {
        let mut medium = Medium::default();
        write_on(&medium, &old_tree(), &[]).unwrap();
        let place = format!("{OUT}/{edited}");
        medium.edited = Some(place.clone());
        assert_eq!(contested(write_on(&medium, &new_tree(), &[])), [(edited.to_owned(), why)]);
        assert_eq!(medium.contents()[&place].as_deref(), Some(&b"edited\n"[..]));
    }
}
