//! What a container sees of volumes, of the project's files, and of memory.

use std::collections::BTreeMap;

use super::{Drawing, secrets};
use crate::compose::{BindOptions, VolumeMount, VolumeOptions, doubled};
use crate::stack::{Mount, MountSource, Service, Sourced, Tmpfs};

pub(super) fn volumes(drawing: &Drawing<'_>, service: &Service) -> Vec<VolumeMount> {
    service.mounts.iter().map(|mount| one(drawing, mount)).collect()
}

fn one(drawing: &Drawing<'_>, mount: &Mount) -> VolumeMount {
    let source = match &mount.source {
        MountSource::Volume(name) => Some(name.to_string()),
        MountSource::Anonymous => None,
        MountSource::Project(path) => {
            return bind(doubled(&drawing.of_project(path)), &mount.target, mount.read_only);
        }
        MountSource::Host(path) => return bind(doubled(path), &mount.target, mount.read_only),
        MountSource::Generated(path) => {
            return bind(doubled(&format!("./{path}")), &mount.target, mount.read_only);
        }
        MountSource::Secrets(path) => {
            let directory = secrets::directory(&drawing.stack.environment);
            let source = format!("{directory}/{}", doubled(path));
            return bind(source, &mount.target, mount.read_only);
        }
    };
    let options = VolumeOptions {
        nocopy: mount.nocopy.then_some(true),
        subpath: (!mount.subpath.is_empty()).then(|| doubled(&mount.subpath)),
        ..VolumeOptions::default()
    };
    VolumeMount {
        kind: Some("volume".to_owned()),
        source,
        target: Some(doubled(&mount.target)),
        read_only: mount.read_only.then_some(true),
        volume: (options != VolumeOptions::default()).then_some(options),
        ..VolumeMount::default()
    }
}

/// A path of the host. A missing one is an error: Docker would make a folder that root owns.
pub(super) fn bind(source: String, target: &str, read_only: bool) -> VolumeMount {
    let strict = BindOptions { create_host_path: Some(false), ..BindOptions::default() };
    VolumeMount {
        kind: Some("bind".to_owned()),
        source: Some(source),
        target: Some(doubled(target)),
        read_only: read_only.then_some(true),
        bind: Some(strict),
        ..VolumeMount::default()
    }
}

/// The short form, since the long one has no owner.
pub(super) fn tmpfs(mounts: &BTreeMap<String, Sourced<Tmpfs>>) -> Vec<String> {
    mounts.iter().map(|(path, options)| doubled(&format!("{path}:{}", spelled(options)))).collect()
}

fn spelled(tmpfs: &Tmpfs) -> String {
    let flag = |given: bool, name: &str| if given { name.to_owned() } else { format!("no{name}") };
    let mut options = vec![
        "rw".to_owned(),
        flag(tmpfs.exec, "exec"),
        flag(tmpfs.suid, "suid"),
        flag(tmpfs.dev, "dev"),
    ];
    if tmpfs.size.0 > 0 {
        options.push(format!("size={}", tmpfs.size));
    }
    if tmpfs.mode > 0 {
        options.push(format!("mode={:04o}", tmpfs.mode));
    }
    for (name, id) in [("uid", tmpfs.uid), ("gid", tmpfs.gid)] {
        if id > 0 {
            options.push(format!("{name}={id}"));
        }
    }
    options.join(",")
}
