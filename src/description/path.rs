//! Paths in the project, on the host and in a container.

use std::fmt;

use super::leaf::leaves;

const CHARACTERS: &str =
    "it must hold only letters, digits and . _ - @ + /, at most 250 characters";

/// A file or folder of the project, relative to its root and without `..`; `.` is the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectPath(String);

/// A path in a container: absolute and without `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPath(String);

impl ProjectPath {
    /// Check and take a path; `./a/` is `a`.
    ///
    /// # Errors
    /// What to write instead, where it leaves the project or holds unsafe characters.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        if text.starts_with('~') {
            return Err(
                "`~` differs from person to person: write a path inside the project, such as ./config",
            );
        }
        if text.starts_with('/') {
            return Err("write a path inside the project, such as ./config");
        }
        check(text)?;
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if parts.contains(&"..") {
            return Err(
                "it leaves the project: write a path below the folder of this file, without `..`",
            );
        }
        Ok(Self(if parts.is_empty() { ".".to_owned() } else { parts.join("/") }))
    }

    /// The path without `./`; `.` for the project itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContainerPath {
    /// Check and take a path; a slash at the end is dropped.
    ///
    /// # Errors
    /// What to write instead.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with('/') {
            return Err("write an absolute path of the container, such as /data");
        }
        check(text)?;
        if text.split('/').any(|part| matches!(part, ".." | ".")) || text.contains("//") {
            return Err("write the path without `.`, `..` and doubled slashes");
        }
        let trimmed = text.trim_end_matches('/');
        if trimmed.is_empty() {
            return Err("the root itself cannot be mounted over: write a path below it");
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@+/".contains(c);
    if !text.is_empty() && text.len() <= 250 && text.chars().all(plain) {
        Ok(())
    } else {
        Err(CHARACTERS)
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ContainerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

leaves! {
    ProjectPath, "a path of the project", Self::new,
        {"type": "string", "pattern": "^[A-Za-z0-9._@+][A-Za-z0-9._@+/-]{0,249}$"};
    ContainerPath, "a path of the container", Self::new,
        {"type": "string", "pattern": "^/[A-Za-z0-9._@+/-]{1,249}$"};
}

/// A path that stands as text in `validator: SERVICE/PATH` and the like.
pub(super) fn split_service(text: &str) -> Option<(&str, &str)> {
    text.find('/').map(|slash| text.split_at(slash))
}
