//! Where something may be mounted in a container. Stands alone because a mount at the wrong place
//! takes from the container what the kernel, Docker or the stack itself puts there.

use std::fmt;

use super::leaf::leaves;
use super::path::ContainerPath;

/// A path for a volume, a file or a folder: none that hides the system, and none where the secrets
/// are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MountPoint(ContainerPath);

/// A path for a file system in memory: as [`MountPoint`], and `/run` and `/var/run` besides, which
/// are empty at every start (Filesystem Hierarchy Standard 3.0, section 3.15).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WritablePath(ContainerPath);

/// File systems of the kernel; a mount there hides devices, or what is masked below.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
/// Shared memory is the one place in them that programs fill.
const SHARED_MEMORY: &str = "/dev/shm";
/// Where secrets are mounted; `/var/run` is a link to `/run` in most images.
const SECRETS: [&str; 2] = ["/run/secrets", "/var/run/secrets"];
/// What Docker itself writes and mounts into every container.
const DOCKERS: [&str; 3] = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];
/// The programs of the image, their settings and data.
const IMAGES: [&str; 8] = ["/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/boot", "/var"];
/// Sockets and process ids: gone with the container.
const RUNTIME: [&str; 2] = ["/run", "/var/run"];

impl MountPoint {
    /// Check and take a path.
    ///
    /// # Errors
    /// What to write instead.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let path = free(text)?;
        if RUNTIME.contains(&path.as_str()) {
            return Err("it would outlive the container, and hide the secrets below it: write a \
                        folder below it, such as /run/app, or name it in `writable:`");
        }
        Ok(Self(path))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl WritablePath {
    /// Check and take a path.
    ///
    /// # Errors
    /// What to write instead.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        free(text).map(Self)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

fn free(text: &str) -> Result<ContainerPath, &'static str> {
    let path = ContainerPath::new(text)?;
    let is_within = |folder: &str| {
        let below = path.as_str().strip_prefix(folder);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if KERNEL.into_iter().any(is_within) && !is_within(SHARED_MEMORY) {
        return Err("/proc, /sys and /dev are the kernel's: write a folder of the program's own, \
                    such as /var/lib/app; a device belongs into `compose: {devices: [..]}`");
    }
    if SECRETS.into_iter().any(is_within) {
        return Err("the secrets are mounted there: write another folder, such as /run/app");
    }
    if DOCKERS.contains(&path.as_str()) {
        return Err("Docker writes this file for every container: leave it out");
    }
    if IMAGES.contains(&path.as_str()) {
        return Err("it would hide the image's own files: write the folder below it that the \
                    program needs, such as /etc/app or /var/lib/app");
    }
    Ok(path)
}

impl fmt::Display for MountPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

leaves! {
    MountPoint, "a place to mount", Self::new,
        {"type": "string", "pattern": "^/[A-Za-z0-9._@+/-]{1,249}$"};
    WritablePath, "a path that can be writable", Self::new,
        {"type": "string", "pattern": "^/[A-Za-z0-9._@+/-]{1,249}$"};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_folders_of_their_own() {
        for path in [
            "/data",
            "/etc/app",
            "/etc/passwd",
            "/run/app",
            "/var/run/docker.sock",
            "/var/lib/app",
            "/usr/share/nginx/html",
            "/dev/shm",
            "/tmp",
            "/processes",
            "/run/secrets-of-mine",
        ] {
            assert_eq!(MountPoint::new(path).map(|p| p.to_string()).as_deref(), Ok(path));
            assert_eq!(WritablePath::new(path).map(|p| p.as_str().len()), Ok(path.len()));
        }
    }

    #[test]
    fn the_system_and_the_secrets_are_not_covered() {
        for path in [
            "/proc",
            "/proc/sys/net",
            "/sys/",
            "/dev",
            "/dev/null",
            "/run/secrets",
            "/var/run/secrets/a",
            "/etc",
            "/usr/",
            "/lib64",
            "/var",
            "/etc/resolv.conf",
            "/",
        ] {
            assert!(MountPoint::new(path).is_err() && WritablePath::new(path).is_err(), "{path}");
        }
    }

    #[test]
    fn only_memory_lies_over_what_is_empty_at_every_start() {
        for path in RUNTIME {
            assert!(MountPoint::new(path).is_err() && WritablePath::new(path).is_ok(), "{path}");
        }
    }
}
