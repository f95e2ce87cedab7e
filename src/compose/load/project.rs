//! What a Compose project says, in one tree and in types.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use crate::compose::ComposeFile;
use crate::yaml::Node;

/// A Compose project, read from all its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Everything that it says, in long forms; every value stands where it was written. A `$` that
    /// is no variable is `$$`.
    pub node: Node,
    /// The same in types, as one Compose file.
    pub file: ComposeFile,
    /// Services that no chosen profile starts.
    pub inactive: BTreeSet<String>,
    /// Names of the variables that the files use.
    pub variables: BTreeSet<String>,
    /// Values that those names have.
    pub environment: BTreeMap<String, String>,
    /// Every file that was read, in that order.
    pub files: Vec<Utf8PathBuf>,
}
