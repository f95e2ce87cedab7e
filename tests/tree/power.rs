//! A power cut: what no sync has put on the medium may be lost, folder by folder.

use super::medium::Medium;
use super::*;
use portcullis::tree::{FailingDisk, Fault};

/// A medium that holds `tree` and has had time to write everything down.
fn medium_with(tree: &Tree) -> Medium {
    let medium = Medium::default();
    write_on(&medium, tree, &[]).unwrap();
    medium.cut(|_| false);
    medium
}

/// Cuts the power at each change of writing `tree` and, for each folder, once so that only that
/// folder forgets what was not synced, once so that all do; then writes `next`.
fn cut_everywhere(start: &Medium, tree: &Tree, next: &Tree) {
    let old = start.contents();
    let new = medium_with(tree).contents();
    let wanted = medium_with(next).contents();
    for number in 0..200 {
        let stopped = start.clone();
        let done = write_on(&FailingDisk::new(&stopped, Fault::From(number)), tree, &[]).is_ok();
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
    cut_everywhere(&Medium::default(), &old_tree(), &old_tree());
    cut_everywhere(&medium_with(&old_tree()), &new_tree(), &new_tree());
}

#[test]
fn after_a_power_cut_another_description_can_be_written() {
    cut_everywhere(&medium_with(&old_tree()), &new_tree(), &old_tree());
}
