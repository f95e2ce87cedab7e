//! Whatever was drawn before, and wherever those writes were stopped: a write that nobody's edit
//! stands against succeeds, and leads to the tree alone.

use super::medium::Medium;
use super::*;
use portcullis::tree::{FailingDisk, Fault};
use proptest::prelude::*;

/// Few names, so that files and folders of one name meet.
const PATHS: [&str; 9] = ["a", "a/a", "a/b", "a/b/a", "b", "b/a", "b/a/b", "c/c/c/c", "d"];

/// Trees in which some of [`PATHS`] have one of two contents. A path that an earlier one excludes is
/// left out.
fn trees() -> impl Strategy<Value = Tree> {
    let file = prop::option::of(prop::bool::ANY);
    prop::collection::vec((file, prop::bool::ANY), PATHS.len()).prop_map(|files| {
        let mut tree = Tree::new();
        for (path, (content, executable)) in PATHS.iter().zip(files) {
            let Some(content) = content else { continue };
            let text = if content { "one\n" } else { "two\n" };
            let file = if executable { File::executable(text) } else { File::plain(text) };
            let _ = tree.add(path, file);
        }
        tree
    })
}

/// A write that is stopped at a change, and whether the power fails then.
fn stops() -> impl Strategy<Value = (Tree, usize, bool)> {
    (trees(), 0..60_usize, prop::bool::ANY)
}

proptest! {
    #[test]
    fn only_the_last_tree_counts(past in prop::collection::vec(stops(), 0..5), last in trees()) {
        let medium = Medium::default();
        for (tree, stop, cut) in past {
            let result = write_on(&FailingDisk::new(&medium, Fault::From(stop)), &tree, &[]);
            prop_assert!(!matches!(result, Err(WriteError::Contested(_))), "{result:?}");
            if cut {
                medium.cut(|_| true);
            }
        }
        let result = write_on(&medium, &last, &[]);
        prop_assert!(result.is_ok(), "{result:?}");
        let fresh = Medium::default();
        write_on(&fresh, &last, &[]).unwrap();
        prop_assert_eq!(medium.contents(), fresh.contents());
        prop_assert!(write_on(&medium, &last, &[]).unwrap().is_empty());
    }
}
