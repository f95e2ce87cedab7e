//! What both a service and a build may hold.

use super::Shape::{self, *};
use super::Unset;

/// A secret or config of a service or a build.
pub(super) static MOUNTED_FILE: Shape =
    Keys(&[("source", Text), ("target", Text), ("uid", Text), ("gid", Text), ("mode", Mode)]);

/// A limit of the kernel.
pub(super) static ULIMIT: Shape = Keys(&[("soft", Whole), ("hard", Whole)]);

/// A command that runs in the container when it starts or stops.
pub(super) const HOOK: &[(&str, Shape)] = &[
    ("command", Command),
    ("user", Text),
    ("privileged", Flag),
    ("working_dir", Text),
    ("environment", Pairs(Unset::Null)),
];
