//! Programs of an image that can ask a service's health, found without running any.

use crate::engine::Docker;

/// Where images of Debian, Alpine and the languages keep them.
const PLACES: [&str; 13] = [
    "/bin/sh",
    "/usr/bin/sh",
    "/bin/bash",
    "/usr/bin/curl",
    "/usr/local/bin/curl",
    "/bin/wget",
    "/usr/bin/wget",
    "/bin/nc",
    "/usr/bin/nc",
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "/usr/bin/node",
    "/usr/local/bin/node",
];

/// Paths of those that the container has.
pub(super) fn of(docker: &Docker, container: &str) -> Vec<String> {
    let has = |path: &str| docker.run(&["cp", &format!("{container}:{path}"), "-"], false).is_ok();
    PLACES.into_iter().filter(|path| has(path)).map(str::to_owned).collect()
}

/// True where a program of this name is among the paths.
pub(super) fn has(paths: &[String], name: &str) -> bool {
    paths.iter().any(|path| path.rsplit('/').next() == Some(name))
}
