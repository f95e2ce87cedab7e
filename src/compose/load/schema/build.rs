//! `build` and `develop` of a service.

use super::Shape::{self, *};
use super::Unset;
use super::shared::{HOOK, MOUNTED_FILE, ULIMIT};

/// How an image is built.
pub(super) static BUILD: Shape = Keys(&[
    ("context", Text),
    ("dockerfile", Text),
    ("dockerfile_inline", Text),
    ("entitlements", List(&Text)),
    ("args", Pairs(Unset::Null)),
    ("ssh", Agents),
    ("labels", Pairs(Unset::Empty)),
    ("cache_from", List(&Text)),
    ("cache_to", List(&Text)),
    ("no_cache", Flag),
    ("no_cache_filter", OneOrMany),
    ("additional_contexts", Pairs(Unset::Empty)),
    ("network", Text),
    ("provenance", Loose),
    ("sbom", Loose),
    ("pull", Flag),
    ("target", Text),
    ("shm_size", Size),
    ("extra_hosts", Hosts),
    ("isolation", Text),
    ("privileged", Flag),
    ("secrets", List(&Short(&MOUNTED_FILE))),
    ("tags", List(&Text)),
    ("ulimits", Map(&ShortNumber(&ULIMIT))),
    ("platforms", List(&Text)),
]);

/// What is watched while somebody works on it.
pub(super) static DEVELOP: Shape = Keys(&[("watch", List(&WATCH))]);

static WATCH: Shape = Led(&[
    ("path", Text),
    ("action", Word(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
    ("ignore", OneOrMany),
    ("include", OneOrMany),
    ("target", Text),
    ("exec", Led(HOOK)),
    ("initial_sync", Flag),
]);
