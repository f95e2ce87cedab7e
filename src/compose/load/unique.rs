//! Lists in which a later item takes the place of an earlier one that means the same: variables by
//! name, volumes by their path in the container, ports by both ends.

use std::collections::HashMap;

use super::canonical::mount_target;
use super::path::{ITEM, Path};
use super::tree::spelled;
use crate::yaml::{Node, Value};

/// Make every such list of the tree unique.
pub(super) fn unique(node: &mut Node, path: &Path<'_>) {
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Mapping(entries) => {
            for (key, value) in entries {
                unique(value, &path.next(&key.text));
            }
        }
        Value::Sequence(items) => match KEYED.iter().find(|(pattern, _)| path.matches(pattern)) {
            Some((_, key)) => keep_last(items, *key),
            None => {
                let item = path.next(ITEM);
                items.iter_mut().for_each(|node| unique(node, &item));
            }
        },
    }
}

type Key = fn(&Node) -> Option<String>;

/// compose-go `override/uncity.go`.
const KEYED: &[(&str, Key)] = &[
    ("networks.*.labels", name),
    ("networks.*.ipam.options", name),
    ("services.*.annotations", name),
    ("services.*.build.args", name),
    ("services.*.build.additional_contexts", name),
    ("services.*.build.tags", name),
    ("services.*.build.labels", name),
    ("services.*.cap_add", name),
    ("services.*.cap_drop", name),
    ("services.*.configs", config),
    ("services.*.deploy.labels", name),
    ("services.*.devices", device),
    ("services.*.dns", name),
    ("services.*.dns_opt", name),
    ("services.*.dns_search", name),
    ("services.*.environment", name),
    ("services.*.env_file", env_file),
    ("services.*.expose", whole),
    ("services.*.labels", name),
    ("services.*.links", name),
    ("services.*.networks.*.aliases", name),
    ("services.*.networks.*.link_local_ips", name),
    ("services.*.ports", port),
    ("services.*.profiles", name),
    ("services.*.secrets", secret),
    ("services.*.sysctls", name),
    ("services.*.tmpfs", name),
    ("services.*.volumes", mount_target),
];

/// The last of equal items stands where the first one stood; what has no key stays.
fn keep_last(items: &mut Vec<Node>, key: Key) {
    let mut places = HashMap::new();
    let mut kept: Vec<Node> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let Some(key) = key(&item) else {
            kept.push(item);
            continue;
        };
        match places.get(&key).and_then(|at: &usize| kept.get_mut(*at)) {
            Some(place) => *place = item,
            None => {
                places.insert(key, kept.len());
                kept.push(item);
            }
        }
    }
    *items = kept;
}

fn whole(item: &Node) -> Option<String> {
    spelled(item).map(str::to_owned)
}

fn name(item: &Node) -> Option<String> {
    spelled(item)?.split('=').next().map(str::to_owned)
}

fn part(item: &Node, key: &str) -> Option<String> {
    item.get(key).and_then(spelled).map(str::to_owned)
}

fn env_file(item: &Node) -> Option<String> {
    whole(item).or_else(|| part(item, "path"))
}

fn secret(item: &Node) -> Option<String> {
    mounted("/run/secrets", item)
}

fn config(item: &Node) -> Option<String> {
    mounted("", item)
}

fn mounted(folder: &str, item: &Node) -> Option<String> {
    let source = || whole(item).or_else(|| part(item, "source"));
    part(item, "target").or_else(|| Some(format!("{folder}/{}", source()?)))
}

fn device(item: &Node) -> Option<String> {
    match spelled(item) {
        Some(text) => text.split(':').nth(1).or_else(|| text.split(':').next()).map(str::to_owned),
        None => part(item, "target"),
    }
}

fn port(item: &Node) -> Option<String> {
    if let Some(text) = whole(item) {
        return Some(text);
    }
    let part = |key: &str, default: &str| part(item, key).unwrap_or_else(|| default.to_owned());
    Some(format!(
        "{}:{}:{}/{}",
        part("host_ip", "0.0.0.0"),
        part("published", ""),
        part("target", ""),
        part("protocol", "tcp"),
    ))
}
