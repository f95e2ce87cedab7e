//! Paths in the project, on the host and in a container.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::leaf::leaves;
use super::read::{Located, Map, Read, wrong_type};
use crate::diagnostic::Problems;
use crate::stack::VolumeName;
use crate::yaml::{Node, Value};

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
    VolumeSource, "something to mount", Self::new,
        {"type": "string", "pattern": "^[A-Za-z0-9./][A-Za-z0-9._@+/-]{0,249}$"};
    VolumeTarget, "a place to mount", Self::new,
        {"type": "string", "pattern": "^/[A-Za-z0-9._@+/-]{1,249}(:ro|:rw)?$"};
}

/// What a service mounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeSource {
    /// A named volume of the stack.
    Named(VolumeName),
    /// `./x`: a file or folder of the project.
    Project(ProjectPath),
    /// `/x`: a path of the host, which a control refuses unless an exception allows it.
    Host(ContainerPath),
}

/// Where it is mounted, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeTarget {
    /// The path in the container.
    pub path: ContainerPath,
    /// `Some` where `:ro` or `:rw` says so; by default named volumes are writable, files and
    /// folders of the project and of the host are not.
    pub read_only: Option<bool>,
}

impl VolumeSource {
    fn new(text: &str) -> Result<Self, String> {
        if text.starts_with('/') {
            return ContainerPath::new(text).map(Self::Host).map_err(str::to_owned);
        }
        if text.starts_with('.') || text.starts_with('~') {
            return ProjectPath::new(text).map(Self::Project).map_err(str::to_owned);
        }
        if text.contains('/') {
            return Err(format!(
                "a path of the project starts with `./`, as in ./{}",
                text.trim_start_matches('/')
            ));
        }
        VolumeName::new(text).map(Self::Named).map_err(|error| format!("it must {}", error.rule))
    }
}

impl VolumeTarget {
    fn new(text: &str) -> Result<Self, &'static str> {
        let (path, read_only) = match text.rsplit_once(':') {
            Some((path, "ro")) => (path, Some(true)),
            Some((path, "rw")) => (path, Some(false)),
            Some(_) => return Err("only `:ro` and `:rw` may follow the path"),
            None => (text, None),
        };
        Ok(Self { path: ContainerPath::new(path)?, read_only })
    }
}

/// What a service mounts and where: `{clips: /data, ./presets: "/etc/clipper:ro"}`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Volumes(pub Map<VolumeSource, Located<VolumeTarget>>);

impl Read for Volumes {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if let Value::Sequence(items) = &node.value {
            let entries = items.iter().filter_map(|item| item.scalar()?.text.split_once(':'));
            let entries: Vec<String> = entries
                .filter(|(source, target)| {
                    VolumeSource::new(source).is_ok() && VolumeTarget::new(target).is_ok()
                })
                .map(|(source, target)| {
                    if target.contains(':') {
                        format!("{source}: \"{target}\"")
                    } else {
                        format!("{source}: {target}")
                    }
                })
                .collect();
            let example =
                if entries.is_empty() { "NAME: /path".to_owned() } else { entries.join(", ") };
            wrong_type(node, "a map", problems, format!("write a map: {{{example}}}"));
            return None;
        }
        Map::read(node, problems).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// A path that stands as text in `validator: SERVICE/PATH` and the like.
pub(super) fn split_service(text: &str) -> Option<(&str, &str)> {
    text.find('/').map(|slash| text.split_at(slash))
}

impl JsonSchema for Volumes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Volumes".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Map::<VolumeSource, Located<VolumeTarget>>::json_schema(generator)
    }
}
