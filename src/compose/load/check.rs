//! Whether the parts of a project fit together, as Compose asks before it does anything: names
//! that exist, keys that exclude each other, dependencies without a circle.

mod cycle;
mod service;

pub(super) use service::{Project, services};

use super::tree::spelled;
use crate::diagnostic::{Diagnostic, Problems, quoted};
use crate::yaml::Node;

/// What holds for every project, whatever runs of it (compose-go `validation/`).
pub(super) fn resources(tree: &Node, problems: &mut Problems) {
    for (name, volume) in entries(tree, "volumes") {
        external(name, volume, problems);
    }
    for (name, config) in entries(tree, "configs") {
        one_source(name, config, &["file", "environment", "content"], problems);
    }
    for (name, secret) in entries(tree, "secrets") {
        one_source(name, secret, &["file", "environment"], problems);
    }
    for (_, service) in entries(tree, "services") {
        let ports = service.get("ports").and_then(Node::sequence).unwrap_or_default();
        ports.iter().for_each(|port| address(port, problems));
        let devices = service.get("gpus").and_then(Node::sequence).unwrap_or_default();
        devices.iter().for_each(|device| device_request(device, problems));
        let reserved = ["deploy", "resources", "reservations", "devices"]
            .iter()
            .try_fold(service, |node, key| node.get(key))
            .and_then(Node::sequence);
        reserved.unwrap_or_default().iter().for_each(|device| device_request(device, problems));
    }
}

/// Names and values of a part of the tree.
pub(super) fn entries<'a>(
    tree: &'a Node,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
    let entries = tree.get(key).and_then(Node::mapping).into_iter().flatten();
    entries.map(|(key, value)| (key.text.as_str(), value))
}

fn is_external(node: &Node) -> bool {
    node.get("external").and_then(spelled) == Some("true")
}

fn external(name: &str, volume: &Node, problems: &mut Problems) {
    if !is_external(volume) {
        return;
    }
    for (key, value) in volume.mapping().into_iter().flatten() {
        if !["name", "external"].contains(&key.text.as_str()) && !key.text.starts_with("x-") {
            let message = format!("the volume {} is external and has `{}`", quoted(name), key.text);
            let help = "remove one of the two: what is external is made elsewhere";
            problems.add(Diagnostic::at(value.at, "conflict", message).help(help));
        }
    }
}

fn one_source(name: &str, file: &Node, keys: &[&str], problems: &mut Problems) {
    let found: Vec<_> = keys.iter().filter_map(|key| file.get(key)).collect();
    let elsewhere = file.get("driver").is_some() || file.get("external").is_some();
    match found.as_slice() {
        [] if elsewhere => {}
        [] => {
            let message = format!("{} has none of {}", quoted(name), keys.join(", "));
            let help = "say where its text comes from, or write `external: true`";
            problems.add(Diagnostic::at(file.at, "missing-key", message).help(help));
        }
        [_] => {}
        [_, second, ..] => {
            let message = format!("{} has more than one of {}", quoted(name), keys.join(", "));
            problems.add(Diagnostic::at(second.at, "conflict", message).help("keep one"));
        }
    }
}

fn address(port: &Node, problems: &mut Problems) {
    let Some(address) = port.get("host_ip") else { return };
    let text = spelled(address).unwrap_or_default();
    if text.parse::<std::net::IpAddr>().is_err() && !text.contains('$') {
        let message = format!("{} is no IP address", problems.quoted(text));
        problems.add(Diagnostic::at(address.at, "wrong-value", message));
    }
}

fn device_request(device: &Node, problems: &mut Problems) {
    if let (Some(_), Some(ids)) = (device.get("count"), device.get("device_ids")) {
        let message = "`count` and `device_ids` exclude each other";
        problems.add(Diagnostic::at(ids.at, "conflict", message).help("keep one"));
    }
}
