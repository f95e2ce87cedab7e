//! What a service mounts, and where.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::leaf::leaves;
use super::mount_point::MountPoint;
use super::path::{ContainerPath, ProjectPath};
use super::read::{Located, Map, Read, wrong_type};
use crate::diagnostic::Problems;
use crate::stack::VolumeName;
use crate::yaml::{Node, Value};

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
    pub path: MountPoint,
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
        Ok(Self { path: MountPoint::new(path)?, read_only })
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

leaves! {
    VolumeSource, "something to mount", Self::new,
        {"type": "string", "pattern": "^[A-Za-z0-9./][A-Za-z0-9._@+/-]{0,249}$"};
    VolumeTarget, "a place to mount", Self::new,
        {"type": "string", "pattern": "^/[A-Za-z0-9._@+/-]{1,249}(:ro|:rw)?$"};
}
