//! What becomes of one service, and why: the judgement that Compose makes when it brings a service
//! up (`mustRecreate` in its `pkg/compose/convergence.go`, 2.x and 5.x): the hash of the
//! definition, the image, the networks; and those that it does not make.

use std::collections::BTreeSet;

use super::drawn::{Drawn, DrawnService};
use super::networks::diverged;
use super::plan::How;
use super::running::{Running, started};
use super::{Changed, GATEWAY};
use crate::engine::{Container, FOLDER_LABEL, IMAGE_LABEL, Network};

/// What becomes of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is as it should be.
    Stays,
    /// Compose brings it up.
    Up(How, String),
    /// It is restarted.
    Restarts(String),
}

pub(super) fn fate(name: &str, service: &DrawnService, drawn: &Drawn, running: &Running) -> Fate {
    let containers: Vec<&Container> = running.of(name).collect();
    if containers.is_empty() {
        return Fate::Up(How::Create, "does not run yet".to_owned());
    }
    let stale = containers.iter().find(|one| !is_of_definition(name, service, drawn, one));
    if let Some(container) = stale {
        return Fate::Up(How::Recreate, differences(service, drawn, running, container).join(", "));
    }
    let found = service.image_id.as_str();
    if !found.is_empty() && containers.iter().any(|one| image_of(one) != found) {
        let why = format!("{} is another image now", service.image);
        return Fate::Up(How::Recreate, why);
    }
    if let Some(why) = unattached(service, drawn, running, &containers) {
        return Fate::Up(How::Remake, why);
    }
    if found.is_empty() || needs_build(service).is_some() {
        let why = "if the image is another one than it has".to_owned();
        return Fate::Up(How::RecreateIfImageDiffers, why);
    }
    if containers.len() != usize::from(service.replicas) {
        let why = format!("has {} of {} containers", containers.len(), service.replicas);
        return Fate::Up(How::Create, why);
    }
    if let Some(container) = containers.iter().find(|one| is_down(service, one)) {
        return Fate::Up(How::Start, stopped(container));
    }
    if let Some(folder) = running.replaced.get(name) {
        return Fate::Restarts(format!("{folder} is another folder than the one that it mounted"));
    }
    let unread = unread(service, &containers);
    if unread.is_empty() {
        return Fate::Stays;
    }
    let names: Vec<&str> = unread.iter().map(|changed| changed.file.as_str()).collect();
    let noun = if names.len() == 1 { "secret" } else { "secrets" };
    Fate::Restarts(format!("{noun} {} unsealed since it started", names.join(", ")))
}

/// The container was made from the present definition. The label over the gateway's files may
/// differ: those it can read again while it runs.
fn is_of_definition(
    name: &str,
    service: &DrawnService,
    drawn: &Drawn,
    container: &Container,
) -> bool {
    let hash = container.config_hash();
    let but_for_files = &drawn.gateway.hash_but_for_files;
    hash == service.hash || (name == GATEWAY && container.state.running && hash == but_for_files)
}

/// What can be seen of a changed definition from outside.
fn differences(
    service: &DrawnService,
    drawn: &Drawn,
    running: &Running,
    container: &Container,
) -> Vec<String> {
    let mut found = Vec::new();
    let folder = container.label(FOLDER_LABEL);
    if running.elsewhere.contains(folder) {
        found.push(format!("was started from {folder}"));
    }
    if container.config.image != service.image {
        found.push(format!("image {} instead of {}", service.image, container.config.image));
    }
    let wanted: BTreeSet<String> =
        service.networks.iter().map(|key| format!("{}_{key}", drawn.project)).collect();
    let present: BTreeSet<String> = container.network_settings.networks.keys().cloned().collect();
    let list = |names: Vec<&String>| {
        let short = names.iter().map(|name| {
            name.strip_prefix(&format!("{}_", drawn.project)).unwrap_or(name).to_owned()
        });
        short.collect::<Vec<_>>().join(", ")
    };
    let (joins, leaves) = (
        list(wanted.difference(&present).collect()),
        list(present.difference(&wanted).filter(|name| *name != "none").collect()),
    );
    if !joins.is_empty() {
        found.push(format!("joins {joins}"));
    }
    if !leaves.is_empty() {
        found.push(format!("leaves {leaves}"));
    }
    if found.is_empty() {
        found.push("its definition in compose.yaml changed".to_owned());
    }
    found
}

/// The image that Compose made the container from; the engine's own note where another program
/// made it.
fn image_of(container: &Container) -> &str {
    match container.label(IMAGE_LABEL) {
        "" => &container.image,
        label => label,
    }
}

/// Why a container that should run is not on the networks that it should be on, although its
/// definition is the present one.
fn unattached(
    service: &DrawnService,
    drawn: &Drawn,
    running: &Running,
    containers: &[&Container],
) -> Option<String> {
    let moved = diverged(drawn, running);
    for container in containers.iter().filter(|one| !is_done(service, one)) {
        let attached = &container.network_settings.networks;
        if let Some(network) = attached.keys().find(|name| moved.contains(*name)) {
            return Some(format!("network {network} is made anew"));
        }
        for key in service.networks.iter().filter(|_| container.state.running) {
            let network = running.inspection.networks.iter().find(|one| one.key() == key);
            let on = |network: &Network| {
                attached.get(&network.name).map(|end| &end.network_id) == Some(&network.id)
            };
            if !network.is_some_and(on) {
                return Some(format!("is not on network {key}"));
            }
        }
    }
    None
}

fn is_down(service: &DrawnService, container: &Container) -> bool {
    !is_done(service, container) && !container.state.running && !container.state.restarting
}

/// A job that ran to its end.
fn is_done(service: &DrawnService, container: &Container) -> bool {
    service.job && container.state.status == "exited" && container.state.exit_code == 0
}

fn stopped(container: &Container) -> String {
    match container.state.status.as_str() {
        "exited" => format!("ended with code {}", container.state.exit_code),
        status => format!("is {status}"),
    }
}

/// Secrets that were unsealed after a running container had mounted the ones before.
fn unread<'a>(service: &'a DrawnService, containers: &[&Container]) -> Vec<&'a Changed> {
    let running = containers.iter().filter(|one| one.state.running);
    let Some(since) = running.filter_map(|one| started(one)).min() else { return Vec::new() };
    service.secrets.iter().filter(|changed| changed.at > since).collect()
}

/// Why an image has to be built; nothing where it need not.
pub(super) fn needs_build(service: &DrawnService) -> Option<String> {
    let sources = service.sources.as_ref()?;
    if service.image_id.is_empty() {
        return Some("was not built on this machine yet".to_owned());
    }
    let newest = &sources.newest;
    (newest.at >= sources.built)
        .then(|| format!("{} changed since the image was built", newest.file))
}
