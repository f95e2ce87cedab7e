//! A project that other people wrote, as Docker would run it: every fact that decides how safe it is
//! has a place in the stack, and no name that Compose admits is refused.
//!
//! It stands beside `lift`, which reads what we drew ourselves and takes nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::{Lifted, lift, plain};
use crate::compose::load::Project;
use crate::compose::{ComposeFile, FileSource, Reference, VolumeMount};
use crate::diagnostic::{Position, Problems};
use crate::stack::{
    EnvironmentName, Gateway, ImageReference, Origin, ProjectName, Publish, Secret, SecretKind,
    Service, ServiceName, Sourced, Stack, Tls, TlsIssuer, TlsVersion,
};
use crate::yaml::{Node, Value};

/// The stack that Compose would run. Its gateway is an nginx as it comes that serves nothing, since
/// a Compose file has none; names that secrets may not have here are written with `_` instead.
///
/// What cannot be judged is reported, and the rest is lifted all the same.
pub fn lift_project(project: &Project, problems: &mut Problems) -> Option<Stack> {
    let file = adapted(project, problems);
    let Lifted { mut services, networks, volumes, secrets } = lift(&file, ".", problems);
    for (name, service) in &mut services {
        let node = project.node.get("services").and_then(|all| all.get(name.as_str()));
        if let Some(node) = node {
            locate(service, node, place(project, name));
        }
    }
    Some(Stack {
        name: project_name(&project.name)?,
        environment: EnvironmentName::new("production").ok()?,
        local: false,
        services,
        networks,
        volumes,
        secrets: secrets.into_iter().map(|name| (name, provided())).collect(),
        gateway: no_gateway(),
        exceptions: Vec::new(),
    })
}

/// The file in names and forms that the lifting takes.
fn adapted(project: &Project, problems: &mut Problems) -> ComposeFile {
    let mut file = project.file.clone();
    let renamed = secret_names(file.secrets.keys());
    let sources = std::mem::take(&mut file.secrets);
    let kept = |(name, source): (String, FileSource)| Some((renamed.get(&name)?.clone(), source));
    file.secrets = sources.into_iter().filter_map(kept).collect();
    let bound = bound_volumes(&file);
    for (name, service) in &mut file.services {
        for Reference(secret) in &mut service.secrets {
            if let Some(new) = secret.source.as_ref().and_then(|name| renamed.get(name)) {
                secret.source = Some(new.clone());
            }
        }
        let at = service.places.of("image");
        let named = service.image.as_ref().map(|text| ImageReference::parse(&plain(text)));
        if matches!(named, Some(Err(_))) {
            let message = format!("the image of `{name}` cannot be read: its name is not judged");
            problems.report(at, "wrong-value", message, "write `REPOSITORY:TAG`");
        }
        if !matches!(named, Some(Ok(_))) {
            service.image = Some(built(&project.name, name));
        }
        for mount in &mut service.volumes {
            if let Some(folder) = mount.source.as_ref().and_then(|name| bound.get(name)) {
                *mount = VolumeMount {
                    kind: Some("bind".to_owned()),
                    source: Some(folder.clone()),
                    ..mount.clone()
                };
            }
        }
    }
    file
}

/// Compose's own name for what it builds; where that is no name of an image, as without a name of the
/// project, a plain one.
fn built(project: &str, service: &str) -> String {
    let own = format!("{project}-{service}").to_lowercase();
    if ImageReference::parse(&own).is_ok() { own } else { "built".to_owned() }
}

/// Names that secrets may have here, by their own: lower case, `_` for everything else, numbered
/// where two would become one.
fn secret_names<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
    let mut taken = BTreeSet::new();
    let mut renamed = BTreeMap::new();
    for name in names {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let mut new: String = name.chars().map(plain).collect();
        if !new.starts_with(|c: char| c.is_ascii_lowercase()) {
            new.insert_str(0, "secret_");
        }
        new.truncate(70);
        let base = new.clone();
        for number in 2.. {
            if taken.insert(new.clone()) {
                break;
            }
            new = format!("{base}_{number}");
        }
        renamed.insert(name.clone(), new);
    }
    renamed
}

/// Named volumes that are a folder of the host under another name (options of the `local` driver).
fn bound_volumes(file: &ComposeFile) -> BTreeMap<String, String> {
    let folder = |volume: &crate::compose::NamedVolume| {
        let options = volume.carried.get("driver_opts")?;
        let option = |name: &str| options.get(name).and_then(serde_json::Value::as_str);
        let bind = option("o")?.split(',').any(|word| matches!(word, "bind" | "rbind"));
        option("device").filter(|_| bind).map(str::to_owned)
    };
    let each = file.volumes.iter();
    each.filter_map(|(name, volume)| Some((name.clone(), folder(volume)?))).collect()
}

/// A project's name in the letters that ours may have.
fn project_name(name: &str) -> Option<ProjectName> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let mut name = name.trim_matches('-').to_owned();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "project-");
    }
    name.truncate(40);
    ProjectName::new(name).ok()
}

/// Where a service's name stands.
fn place(project: &Project, name: &ServiceName) -> Position {
    let services = project.node.get("services").and_then(Node::mapping).into_iter().flatten();
    let mut named = services.filter(|(key, _)| key.text == name.as_str());
    named.next().map(|(key, _)| key.at).unwrap_or_default()
}

/// Points at the item of a list instead of the list.
fn locate(service: &mut Service, node: &Node, name: Position) {
    service.origin = Origin::Written(name);
    let items = |key: &str| match node.get(key).map(|node| &node.value) {
        Some(Value::Sequence(items)) => items.iter().map(|item| item.at).collect(),
        _ => Vec::new(),
    };
    let ports = items("ports");
    if ports.len() == service.published.len() {
        for (port, at) in service.published.iter_mut().zip(ports) {
            *port = Sourced::written(port.clone().into_value(), at);
        }
    }
    let volumes = items("volumes");
    if volumes.len() == service.mounts.len() {
        for (mount, at) in service.mounts.iter_mut().zip(volumes) {
            mount.origin = Origin::Written(at);
        }
    }
    let settings = node.get("environment").and_then(Node::mapping).into_iter().flatten();
    for (key, value) in settings {
        if let Some(setting) = service.settings.get_mut(key.text.as_str()) {
            *setting = Sourced::written(setting.clone().into_value(), value.at);
        }
    }
}

fn provided() -> Secret {
    Secret {
        kind: SecretKind::Provided,
        minimum: Sourced::default(),
        rotate_after: Sourced::default(),
        for_people: false,
        shared_group: 0,
        origin: Origin::Default,
    }
}

fn no_gateway() -> Gateway {
    let publish = Publish {
        address: Sourced::plain(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        http: Sourced::plain(80),
        https: Sourced::plain(443),
    };
    let tls = Tls {
        issuer: Sourced::plain(TlsIssuer::Internal),
        minimum: Sourced::plain(TlsVersion::V1_2),
        ciphers: Sourced::default(),
        hsts: Sourced::default(),
    };
    Gateway::new(publish, tls)
}
