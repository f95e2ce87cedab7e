//! A write that ends too early: no file is torn, and the next one leads to the same tree.

use super::*;
use portcullis::tree::{FailingDisk, Fault, compare, recover, write_atomically};

/// No write of these tests makes more changes.
const ENOUGH: usize = 200;

/// Stops `write(after)` on a project that holds `start` at each of its changes in turn.
fn stop_everywhere(start: &Tree, after: &Tree, fault: fn(usize) -> Fault) -> usize {
    let undisturbed = Project::with(start);
    let old = undisturbed.visible();
    undisturbed.write(after).unwrap();
    let new = undisturbed.visible();
    for number in 0..ENOUGH {
        let project = Project::with(start);
        let failing = FailingDisk::new(&project.disk, fault(number));
        if write_on(&failing, after, &[]).is_ok() {
            return number;
        }
        for (path, file) in project.visible() {
            let whole = old.get(&path) == Some(&file) || new.get(&path) == Some(&file);
            assert!(whole, "stopped at change {number}: {path} is neither old nor new");
        }
        project.write(after).unwrap();
        assert_eq!(project.everything(), undisturbed.everything(), "stopped at change {number}");
    }
    unreachable!("a write of more than {ENOUGH} changes")
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
    for number in 0..ENOUGH {
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
    for number in 0..ENOUGH {
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
    fs::write(project.out("gateway/hosts/a.conf"), "edited\n").unwrap();
    assert!(recover(&project.disk, &path(OUT)).unwrap());
    assert_eq!(project.text("compose.yaml"), "edited\n");
    assert_eq!(project.text("gateway/hosts/a.conf"), "edited\n");
    assert_eq!(project.text("gateway/hosts/c.conf"), "server c;\n");
    let refused = contested(project.write(&new_tree()));
    assert_eq!(refused, [("compose.yaml".to_owned(), Contention::Edited)]);
}

/// A write from the old to the new tree that stopped as soon as it had a journal.
fn stopped_after_its_journal() -> (Project, usize) {
    for number in 0..ENOUGH {
        let project = Project::with(&old_tree());
        let failing = FailingDisk::new(&project.disk, Fault::From(number));
        write_on(&failing, &new_tree(), &[]).unwrap_err();
        if project.out(".portcullis/journal").exists() {
            return (project, number);
        }
    }
    unreachable!("a write without a journal")
}

#[test]
fn one_file_can_be_stopped_anywhere() {
    for number in 0..ENOUGH {
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
