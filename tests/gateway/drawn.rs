//! The trees under test, drawn by the program itself.

use std::path::PathBuf;

/// The stacks the suite is run on.
pub const STACKS: &[&str] = &["wavestack"];

/// The directory that a container would mount at /etc/portcullis.
pub fn tree(stack: &str) -> PathBuf {
    // For work on the suite itself: a tree that was made by other means.
    PathBuf::from(std::env::var_os(format!("PORTCULLIS_TREE_{}", stack.to_uppercase())).expect("a tree"))
}
