//! What a container sees of volumes, of files, and of memory.

use super::plain;
use crate::compose::conventions::SECRETS_VARIABLE;
use crate::compose::{VolumeMount, VolumeOptions};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::stack::{Bytes, Mount, MountSource, Origin, Tmpfs, VolumeName};

/// A mount; none, with a complaint, where it cannot be one.
pub(super) fn mount(
    mount: &VolumeMount,
    root: &str,
    at: Position,
    problems: &mut Problems,
) -> Option<Mount> {
    let VolumeMount { kind, source, target, read_only, bind: _, volume, carried: _, places: _ } =
        mount;
    let is_bind = kind.as_deref() == Some("bind");
    let source = match source {
        None => MountSource::Anonymous,
        Some(path) if is_bind => bound(path, root),
        Some(name) => MountSource::Volume(super::named(name, VolumeName::new, at, problems)?),
    };
    let Some(target) = target else {
        problems.add(Diagnostic::at(at, "missing-key", "a mount needs a target"));
        return None;
    };
    let subpath = volume.as_ref().and_then(|VolumeOptions { subpath, .. }| subpath.as_deref());
    Some(Mount {
        subpath: subpath.map(plain).unwrap_or_default(),
        source,
        target: plain(target),
        read_only: *read_only == Some(true),
        nocopy: volume.as_ref().is_some_and(|VolumeOptions { nocopy, .. }| *nocopy == Some(true)),
        origin: Origin::Written(at),
    })
}

/// A mount of memory in the long form; none for every other mount.
pub(super) fn memory(mount: &VolumeMount, problems: &mut Problems) -> Option<(String, Tmpfs)> {
    if mount.kind.as_deref() != Some("tmpfs") {
        return None;
    }
    let options = mount.carried.get("tmpfs");
    let option = |name: &str| {
        let value = options?.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let size = option("size").map(|size| format!("size={size}"));
    // Compose takes the mode as a number, which YAML has made decimal.
    let mode = option("mode").and_then(|mode| mode.parse::<u32>().ok());
    let mode = mode.map(|mode| format!("mode={mode:o}"));
    let options = [size, mode].into_iter().flatten().collect::<Vec<_>>().join(",");
    let target = mount.target.as_deref().unwrap_or_default();
    Some(tmpfs(&format!("{target}:{options}"), mount.places.of("type"), problems))
}

/// What a path on the host is: of the unsealed secrets, of the project, drawn beside the file, or
/// the host's own.
fn bound(path: &str, root: &str) -> MountSource {
    if let Some((variable, rest)) = path.split_once('}')
        && variable.trim_start_matches("${").starts_with(SECRETS_VARIABLE)
    {
        return MountSource::Secrets(plain(rest.trim_start_matches('/')));
    }
    let path = plain(path);
    let below = |folder: &str| {
        let rest = path.strip_prefix(folder)?;
        if rest.is_empty() { Some(".") } else { rest.strip_prefix('/') }
    };
    match (below(root), below(".")) {
        (Some(rest), _) if !rest.split('/').any(|part| part == "..") => {
            MountSource::Project(rest.to_owned())
        }
        (_, Some(rest)) => MountSource::Generated(rest.to_owned()),
        _ => MountSource::Host(path),
    }
}

/// `PATH[:OPTIONS]`, with Docker's own noexec, nosuid and nodev where nothing else is said.
pub(super) fn tmpfs(text: &str, at: Position, problems: &mut Problems) -> (String, Tmpfs) {
    let text = plain(text);
    let (path, options) = text.split_once(':').unwrap_or((&text, ""));
    let mut out = Tmpfs::default();
    for option in options.split(',').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let known = match name {
            "rw" => true,
            "exec" | "noexec" => set(&mut out.exec, name == "exec"),
            "suid" | "nosuid" => set(&mut out.suid, name == "suid"),
            "dev" | "nodev" => set(&mut out.dev, name == "dev"),
            "size" => Bytes::parse(value).is_ok_and(|size| set(&mut out.size, size)),
            "mode" => u32::from_str_radix(value, 8).is_ok_and(|mode| set(&mut out.mode, mode)),
            "uid" => value.parse().is_ok_and(|uid| set(&mut out.uid, uid)),
            "gid" => value.parse().is_ok_and(|gid| set(&mut out.gid, gid)),
            _ => false,
        };
        if !known {
            problems.add(Diagnostic::at(at, "wrong-value", "this option of tmpfs cannot be read"));
        }
    }
    (path.to_owned(), out)
}

fn set<T>(place: &mut T, value: T) -> bool {
    *place = value;
    true
}
