//! The gateway as a service: its image, its mounts, its networks and published ports.

use std::collections::BTreeSet;

use super::{Resolution, health, images};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Facts, ImageKnowledge};
use crate::stack::{
    Access, Command, Delivery, ImageReference, Mount, MountSource, Network, NetworkName, Origin,
    PolicyKind, Published, Purpose, Role, SecretUse, Service, ServiceName, Sourced, Target,
    Transport,
};

/// Where the container listens: above 1024, so that no capability is needed anywhere.
const LISTEN: (u16, u16) = (8080, 8443);
/// nginx without the privileges of its usual image.
const IMAGE: &str = "nginxinc/nginx-unprivileged";
/// Where the drawn configuration is mounted.
const CONFIGURATION: &str = "/etc/portcullis";

/// Add the gateway's service.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let name = ServiceName::gateway();
    let Some((mut service, facts)) = brought(resolution, &name, Role::Gateway, IMAGE) else {
        return;
    };
    let words = ["-e", "stderr", "-c", "/etc/portcullis/nginx.conf", "-g", "daemon off;"];
    let words = words.map(str::to_owned).to_vec();
    service.entrypoint = Sourced::derived(Command::Exec(vec!["nginx".to_owned()]));
    service.command = Sourced::derived(Command::Exec(words));
    if let Some(probe) = health::fact_probe(&facts) {
        service.health = Sourced::preset(health::with(probe), "images/nginx-unprivileged");
    }
    service.mounts.push(mount(MountSource::Generated("gateway".to_owned()), CONFIGURATION));
    for volume in static_volumes(resolution) {
        service.mounts.push(mount(volume.0, &volume.1));
    }
    service.published = published(resolution);
    service.secrets = key_tables(resolution);
    resolution.stack.services.insert(name.clone(), service);
    let ingress = Network::new(Purpose::Ingress, [name]);
    resolution.stack.networks.insert(NetworkName::ingress(), ingress);
}

/// A service that we bring, with what is known of its image.
pub(super) fn brought(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    role: Role,
    repository: &str,
) -> Option<(Service, Facts)> {
    let image = ImageReference::parse(repository).ok()?;
    let known = match resolution.knowledge.image(&image) {
        Ok(known) => known,
        Err(problem) => {
            resolution.problems.add(problem);
            return None;
        }
    };
    let Some(known) = known else {
        let message = format!("nothing is known of {repository}");
        resolution.problems.add(Diagnostic::nowhere("knowledge", message));
        return None;
    };
    let facts = known.facts_for(&known.pin);
    let image = pinned(&known, repository)?;
    let mut service = Service::new(role, Origin::Derived, image);
    images::apply(resolution, name, &known, &facts, &mut service);
    service.command = Sourced::default();
    Some((service, facts))
}

/// The tag that we write for an image that we bring.
pub(super) fn pinned(known: &ImageKnowledge, repository: &str) -> Option<Sourced<ImageReference>> {
    let image = ImageReference::parse(&format!("{repository}:{}", known.pin)).ok()?;
    Some(Sourced::preset(image, format!("images/{}", known.name)))
}

/// A read-only mount that we bring.
pub(super) fn mount(source: MountSource, target: &str) -> Mount {
    let nocopy = matches!(source, MountSource::Volume(_));
    Mount {
        source,
        target: target.to_owned(),
        read_only: true,
        nocopy,
        subpath: String::new(),
        origin: Origin::Derived,
    }
}

/// Volumes whose files the gateway serves, each below `/data`.
fn static_volumes(resolution: &Resolution<'_>) -> BTreeSet<(MountSource, String)> {
    resolution
        .stack
        .gateway
        .routes()
        .filter_map(|(_, _, route)| match &route.target {
            Target::Static { volume } => {
                Some((MountSource::Volume(volume.clone()), format!("/data/{volume}")))
            }
            Target::Service { .. } => None,
        })
        .collect()
}

fn published(resolution: &Resolution<'_>) -> Vec<Sourced<Published>> {
    let gateway = &resolution.stack.gateway;
    let publish = &gateway.publish;
    let port = |host: &Sourced<u16>, container_port: u16| {
        let published =
            Published { address: *publish.address, host_port: **host, container_port, udp: false };
        Sourced::from(published, host.origin().clone())
    };
    let mut ports = vec![port(&publish.http, LISTEN.0), port(&publish.https, LISTEN.1)];
    for stream in &gateway.streams {
        let published = Published {
            address: *publish.address,
            host_port: stream.port,
            container_port: stream.port,
            udp: stream.transport == Transport::Udp,
        };
        ports.push(Sourced::from(published, stream.origin.clone()));
    }
    ports
}

/// The lookup tables of the `api_key` policies that some route uses.
fn key_tables(resolution: &mut Resolution<'_>) -> Vec<SecretUse> {
    let gateway = &resolution.stack.gateway;
    let used: BTreeSet<_> = gateway
        .routes()
        .filter_map(|(_, _, route)| match &*route.access {
            Access::Policy(name) => gateway.policies.get(name),
            Access::Unstated | Access::Open | Access::Webhook(_) => None,
        })
        .filter_map(|policy| match &policy.kind {
            PolicyKind::ApiKey(keys) => Some(keys.table.clone()),
            PolicyKind::Validator(_) | PolicyKind::Oidc(_) => None,
        })
        .collect();
    used.into_iter().map(|secret| SecretUse { secret, delivery: Delivery::File }).collect()
}
