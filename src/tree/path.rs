//! A path that cannot leave the folder it is read in.
//!
//! It stands alone so that every file name, whether drawn, read from a manifest or typed behind
//! `--force`, passes the same check once and needs no other afterwards.

use std::borrow::Borrow;
use std::fmt;

/// The longest name that Linux file systems take, in bytes (`NAME_MAX`, limits.h).
const LONGEST_PART: usize = 255;
/// Far above any generated path and well below `PATH_MAX` (4096 bytes, limits.h), which also has
/// to hold the project's own place.
const LONGEST_PATH: usize = 1024;

/// A relative, `/`-separated path without `.`, `..`, empty parts, backslashes or control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

/// Why a text is not a [`TreePath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} is not a path of the project: {reason}")]
pub struct TreePathError {
    pub path: String,
    pub reason: &'static str,
}

impl TreePath {
    /// Checks `path`; on an error the reason is a phrase that completes "it is refused because".
    pub fn new(path: &str) -> Result<Self, TreePathError> {
        match refusal(path) {
            Some(reason) => Err(TreePathError { path: path.to_owned(), reason }),
            None => Ok(Self(path.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `below`, read inside this directory.
    pub fn join(&self, below: &Self) -> Self {
        Self(format!("{}/{}", self.0, below.0))
    }

    /// The directory that holds this path; nothing for a name at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.as_str(), |(_, name)| name)
    }

    /// Every directory above this path, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// The parts from the top to the name.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether this is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this lies in the folder that the writer keeps for itself.
    pub(super) fn is_own(&self) -> bool {
        self.parts().next() == Some(super::OWN_FOLDER)
    }

    /// A path in that folder, as seen from the output directory.
    pub(super) fn own(name: &str) -> Self {
        Self(super::OWN_FOLDER.to_owned()).child(name)
    }

    /// The same directory, another name: a file that stands in for this one while it is written.
    pub(super) fn beside(&self, name: &str) -> Self {
        self.parent().map_or_else(|| Self(name.to_owned()), |parent| parent.child(name))
    }

    /// A name of this module's own (never one from outside) in this directory.
    pub(super) fn child(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0))
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for TreePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for TreePath {
    type Error = TreePathError;

    fn try_from(path: &str) -> Result<Self, TreePathError> {
        Self::new(path)
    }
}

fn refusal(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.len() > LONGEST_PATH {
        return Some("it is longer than 1024 bytes");
    }
    if path.starts_with('/') {
        return Some("it is absolute");
    }
    if path.chars().any(|c| c.is_control() || c == '\\') {
        return Some("it holds a backslash or a control character");
    }
    path.split('/').find_map(|part| match part {
        "" => Some("it has an empty part"),
        "." | ".." => Some("it has a part `.` or `..`"),
        _ if part.len() > LONGEST_PART => Some("one of its names is longer than 255 bytes"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_paths() {
        for path in ["compose.yaml", "gateway/conf.d/a.conf", ".env", "a..b/c", "…/é"] {
            assert_eq!(TreePath::new(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn refuses_what_could_leave_or_confuse() {
        let long = "x".repeat(256);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "../a",
            "a/..",
            ".",
            "./a",
            "a//b",
            "a/",
            "a\nb",
            "a\0b",
            "a\\b",
            "a\u{85}b",
            long.as_str(),
            "x/".repeat(600).as_str(),
        ] {
            assert!(TreePath::new(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn climbs_to_the_top() {
        let path = TreePath::new("a/b/c").unwrap();
        let above: Vec<_> = path.ancestors().map(|p| p.to_string()).collect();
        assert_eq!(above, ["a/b", "a"]);
        assert_eq!(path.name(), "c");
    }

    #[test]
    fn within_counts_whole_parts() {
        let path = |p| TreePath::new(p).unwrap();
        assert!(path("a/b").is_within(&path("a")) && path("a").is_within(&path("a")));
        assert!(!path("ab").is_within(&path("a")));
    }
}
