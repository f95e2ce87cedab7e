//! Volumes: the top-level entry, and the mount of a service.

use super::keys::keys;

keys! {
    /// One entry of the top-level `volumes:`.
    pub struct NamedVolume
    ordered {
        /// The engine's driver.
        "driver" driver: Option<String>,
        /// True where somebody else makes it.
        "external" external: Option<bool>,
    }
}

keys! {
    /// A mount, written in the long form.
    pub struct VolumeMount
    short short;
    ordered {
        /// `volume`, `bind` or `tmpfs`.
        "type" kind: Option<String>,
        /// A volume's name, or a path of the host.
        "source" source: Option<String>,
        /// Path in the container.
        "target" target: Option<String>,
        /// True where the container may not write.
        "read_only" read_only: Option<bool>,
        /// Options of a bind mount.
        "bind" bind: Option<BindOptions>,
        /// Options of a volume.
        "volume" volume: Option<VolumeOptions>,
    }
}

keys! {
    /// Options of a bind mount.
    pub struct BindOptions
    ordered {
        /// False: a missing path is an error, not a new folder of root's. Docker's short form: true.
        "create_host_path" create_host_path: Option<bool>,
        /// Whether mounts below it are seen on the other side.
        "propagation" propagation: Option<String>,
    }
}

keys! {
    /// Options of a volume.
    pub struct VolumeOptions
    ordered {
        /// True: an empty volume does not take the image's files.
        "nocopy" nocopy: Option<bool>,
        /// The folder of the volume that is mounted, where it is not all of it.
        "subpath" subpath: Option<String>,
    }
}

/// `[SOURCE:]TARGET[:OPTIONS]`; a source that begins like a path is a bind mount.
fn short(text: &str) -> Result<VolumeMount, String> {
    let mut parts = text.split(':');
    let (source, target, options) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(target), None, None, None) => (None, target, ""),
        (Some(source), Some(target), options, None) => {
            (Some(source), target, options.unwrap_or_default())
        }
        _ => return Err(format!("`{text}` is not SOURCE:TARGET[:OPTIONS]")),
    };
    let is_path = source.is_some_and(|s| s.starts_with(['.', '/', '~']));
    let mut mount = VolumeMount {
        kind: Some(if is_path { "bind" } else { "volume" }.to_owned()),
        source: source.map(str::to_owned),
        target: Some(target.to_owned()),
        ..VolumeMount::default()
    };
    for option in options.split(',').filter(|o| !o.is_empty()) {
        match option {
            "ro" => mount.read_only = Some(true),
            "rw" | "z" | "Z" | "cached" | "delegated" | "consistent" => {}
            "nocopy" => {
                let nocopy = VolumeOptions { nocopy: Some(true), ..VolumeOptions::default() };
                mount.volume = Some(nocopy);
            }
            "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
                let propagation = Some(option.to_owned());
                mount.bind = Some(BindOptions { propagation, ..BindOptions::default() });
            }
            _ => return Err(format!("`{option}` is no option of a mount")),
        }
    }
    Ok(mount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_mounts_say_the_same_as_long_ones() {
        let read = |text: &str| short(text).unwrap();
        let bind = read("./conf:/etc/app:ro");
        assert_eq!(bind.kind.as_deref(), Some("bind"));
        assert_eq!(bind.read_only, Some(true));
        let volume = read("data:/data:nocopy");
        assert_eq!(volume.kind.as_deref(), Some("volume"));
        assert_eq!(volume.volume.and_then(|v| v.nocopy), Some(true));
        assert_eq!(read("/cache").source, None);
        assert!(short("a:b:c:d").is_err());
        assert!(short("a:/b:what").is_err());
    }
}
