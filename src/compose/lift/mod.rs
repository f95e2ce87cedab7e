//! From a Compose file to the model: services, networks, volumes and secrets, as Docker would run
//! them. What the model has no word for is carried; what cannot be read is reported.

mod limits;
mod networks;
mod process;
mod project;
mod recipe;
mod service;
mod storage;
mod view;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use process::{seconds, words};
pub use project::lift_project;
pub use view::drawn_part;

use super::ComposeFile;
use super::read::Read;
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::stack::{
    Network, NetworkName, SecretName, Service, ServiceName, Sourced, Volume, VolumeName,
};
use crate::yaml::Node;

/// What a Compose file says of a stack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lifted {
    /// Everything that runs.
    pub services: BTreeMap<ServiceName, Service>,
    /// Who can talk to whom.
    pub networks: BTreeMap<NetworkName, Network>,
    /// Named volumes.
    pub volumes: BTreeMap<VolumeName, Volume>,
    /// Secrets; who reads them is the services'.
    pub secrets: BTreeSet<SecretName>,
}

/// Lift a file. `root` is the path from its folder to the project's root, for example `../..`;
/// `.` where it stands there itself.
pub fn lift(file: &ComposeFile, root: &str, problems: &mut Problems) -> Lifted {
    let mut lifted = Lifted::default();
    for (name, network) in &file.networks {
        let at = file.places.of("networks");
        if let Some(name) = named(name, NetworkName::new, at, problems) {
            lifted.networks.insert(name, networks::lift(network, problems));
        }
    }
    for (name, volume) in &file.volumes {
        if let Some(name) = named(name, VolumeName::new, file.places.of("volumes"), problems) {
            lifted.volumes.insert(name, Volume { external: volume.external == Some(true) });
        }
    }
    for name in file.secrets.keys() {
        let name = named(name, SecretName::new, file.places.of("secrets"), problems);
        lifted.secrets.extend(name);
    }
    for (name, service) in &file.services {
        let at = file.places.of("services");
        let Some(name) = named(name, ServiceName::new, at, problems) else { continue };
        networks::join(&name, service, &mut lifted.networks, problems);
        if let Some(service) = service::lift(service, file, root, problems) {
            lifted.services.insert(name, service);
        }
    }
    networks::name_purposes(&mut lifted.networks);
    lifted
}

/// Lay raw Compose keys of one service over what is known of it; what they name is judged like
/// everything else. Paths are relative to the project.
pub fn lay_over(keys: &Node, service: &mut Service, problems: &mut Problems) {
    let keys = <super::Service as Read>::read(keys, problems);
    for (key, instead) in ELSEWHERE.iter().chain(ESCAPES) {
        if keys.places.0.contains_key(*key) {
            let message = format!("`{key}` cannot stand among raw keys");
            problems.report(keys.places.of(key), "unknown-key", message, *instead);
        }
    }
    service::fill(&keys, &ComposeFile::default(), ".", service, problems);
}

/// Keys that the description has words of its own for, since more follows from them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("build", "write `build:` beside `compose:`"),
    ("image", "write `image:` beside `compose:`"),
    ("networks", "write `needs:` and `egress:`; networks follow from them"),
    ("secrets", "write `secrets:` beside `compose:`"),
];

/// Keys that bring in what no control could judge: other files, other containers, the engine, or
/// the host's own namespaces and devices.
const ESCAPES: &[(&str, &str)] = &[
    ("<<", "write the keys themselves"),
    ("cgroup", "remove it: the control groups of the host are not the container's to see"),
    ("cgroup_parent", "remove it: limits hold in the engine's own group"),
    ("configs", "mount a file of the project: `volumes: {./FILE: /PATH}`"),
    ("device_cgroup_rules", "write `devices`, which is judged, for each device"),
    ("env_file", "write `settings:`, and `env_secrets:` for what is secret"),
    ("extends", "write the keys themselves"),
    ("label_file", "write `labels:`"),
    ("post_start", "make it part of the image, or a job with `once: true`"),
    ("pre_stop", "make it part of the image"),
    ("provider", "declare a service with an image: a program of the host is no service"),
    ("scale", "write `replicas:`"),
    ("use_api_socket", "remove it: it hands over the engine's control socket"),
    ("userns_mode", "remove it: the users of the host are not the container's"),
    ("uts", "remove it: the name of the host is not the container's"),
    ("volumes_from", "write `volumes:` with the volumes that both use"),
];

/// A checked name, or a complaint.
fn named<T, E: std::fmt::Display>(
    text: &str,
    check: fn(String) -> Result<T, E>,
    at: Position,
    problems: &mut Problems,
) -> Option<T> {
    check(text.to_owned())
        .map_err(|why| problems.add(Diagnostic::at(at, "wrong-name", why.to_string())))
        .ok()
}

/// Puts a value that stands in the file where Docker's own was.
fn set<T>(place: &mut Sourced<T>, value: Option<T>, at: Position) {
    if let Some(value) = value {
        *place = Sourced::written(value, at);
    }
}

/// Text as Compose reads it. A text with variables has no value before somebody runs Compose; it
/// is kept as it stands.
fn plain(text: &str) -> String {
    super::undoubled(text).unwrap_or_else(|| text.to_owned())
}
