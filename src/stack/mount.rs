//! What a container sees of volumes, of the host's files and of memory.

use super::{Bytes, Origin, VolumeName};

/// A named volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// True where somebody else makes it.
    pub external: bool,
}

/// What is mounted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MountSource {
    /// A named volume of the stack.
    Volume(VolumeName),
    /// A file or folder of the project, relative to its root, without `..`.
    Project(String),
    /// A file or folder of the generated tree, relative to it.
    Generated(String),
    /// A folder of the unsealed secrets, relative to their directory.
    Secrets(String),
    /// A path of the host.
    Host(String),
    /// A volume without a name.
    Anonymous,
}

/// One mount of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub source: MountSource,
    /// Where, in the container.
    pub target: String,
    /// True where the container may not write.
    pub read_only: bool,
    /// False where an empty volume takes the image's files and their owner (Docker's default).
    pub nocopy: bool,
    /// The only folder of the volume that is seen; empty: all of it.
    pub subpath: String,
    /// Who put it here.
    pub origin: Origin,
}

/// A mount of memory. Docker's own `tmpfs: PATH` has noexec, nosuid, nodev and no size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tmpfs {
    /// Most bytes that it holds; 0: half of the host's memory.
    pub size: Bytes,
    /// Octal mode of the root, for example 0o1777; 0: the image's.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Programs on it may be run.
    pub exec: bool,
    /// Set-user-id programs on it take effect.
    pub suid: bool,
    /// Device nodes on it take effect.
    pub dev: bool,
}
