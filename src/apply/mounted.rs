//! Whether a container still sees the folder that stands at its place: a mount holds the folder
//! itself, not its name.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::engine::{Container, Inspection};

/// Services with a replaced folder, and its place. What cannot be seen from here counts as whole.
pub(super) fn replaced(inspection: &Inspection) -> BTreeMap<String, String> {
    let running = inspection.containers.iter().filter(|container| container.state.running);
    running
        .filter_map(|container| Some((container.service().to_owned(), in_container(container)?)))
        .collect()
}

fn in_container(container: &Container) -> Option<String> {
    let root = format!("/proc/{}/root", container.state.pid);
    let folders = container.mounts.iter().filter(|mount| mount.kind == "bind");
    let another = |place: &str, seen: &str| {
        let (place, seen) = (identity(Path::new(place)), identity(Path::new(seen)));
        matches!((place, seen), (Some(place), Some(seen)) if place != seen)
    };
    folders
        .map(|mount| (&mount.source, format!("{root}{}", mount.destination)))
        .find(|(source, seen)| another(source, seen))
        .map(|(source, _)| source.clone())
}

/// Device and number of a folder.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs_err::metadata(path).ok().filter(std::fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Mounted;

    /// This process stands for a container: it sees the whole machine below its root.
    #[test]
    fn another_folder_at_the_place_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (home.path().join("one"), home.path().join("other"));
        for folder in [&one, &other] {
            std::fs::create_dir(folder).unwrap();
        }
        let mut container = Container::default();
        container.state.pid = i64::from(std::process::id());
        let mount = |source: &Path, destination: &Path| Mounted {
            kind: "bind".to_owned(),
            source: source.to_str().unwrap().to_owned(),
            destination: destination.to_str().unwrap().to_owned(),
            ..Mounted::default()
        };
        container.mounts = vec![mount(&one, &one)];
        assert_eq!(in_container(&container), None);
        container.mounts.push(mount(&other, &one));
        assert_eq!(in_container(&container), other.to_str().map(str::to_owned));
        container.mounts = vec![mount(&home.path().join("none"), &one)];
        assert_eq!(in_container(&container), None);
    }
}
