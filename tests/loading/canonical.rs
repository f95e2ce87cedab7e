//! A project in the one form in which both readers' answers are compared: every scalar a text, and
//! what says nothing left out, since Compose leaves it out as well.

use std::collections::{BTreeMap, BTreeSet};

use portcullis::compose::ComposeFile;
use portcullis::yaml::{Node, Value};

/// With values for variables, or as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Interpolated,
    Written,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Nothing,
    Text(String),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
}

/// Keys whose values are maps with names of the file's own: an empty value says something there.
const NAMED: &[&str] = &[
    "services",
    "networks",
    "volumes",
    "secrets",
    "configs",
    "models",
    "environment",
    "labels",
    "args",
    "depends_on",
    "driver_opts",
    "options",
    "ulimits",
    "sysctls",
    "annotations",
    "additional_contexts",
    "ssh",
    "storage_opt",
    "aux_addresses",
];

/// Keys that may be a list of `NAME=VALUE`.
const PAIRS: &[&str] = &["environment", "labels", "args", "annotations", "sysctls"];

/// Keys that may be one text instead of a list of them.
const LISTS: &[&str] = &["tmpfs", "dns_search", "no_cache_filter"];

pub(crate) fn of_node(node: &Node) -> Tree {
    Tree::of(node).tidy("")
}

/// From the types: written as a Compose file, whose short forms are made long.
pub(crate) fn of_types(file: &ComposeFile) -> Tree {
    let json = serde_json::to_value(file).unwrap();
    Tree::of_json(&json).long().tidy("")
}

/// What differs, path by path; theirs first.
pub(crate) fn differences(theirs: &Tree, ours: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    differ("", theirs, ours, &mut found);
    found
}

fn differ(path: &str, theirs: &Tree, ours: &Tree, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Tree::Map(a), Tree::Map(b)) => {
            for key in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
                let (a, b) = (a.get(key), b.get(key));
                match (a, b) {
                    (Some(a), Some(b)) => differ(&format!("{path}.{key}"), a, b, found),
                    _ => found.push(format!("{path}.{key}: {a:?} | {b:?}")),
                }
            }
        }
        (Tree::List(a), Tree::List(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{path}[{index}]"), a, b, found);
            }
        }
        (a, b) if a == b => {}
        // Compose writes a text that begins with a line break without the number of its spaces.
        (Tree::Text(a), Tree::Text(b)) if a.starts_with('\n') && unindented(a) == unindented(b) => {
        }
        (a, b) => found.push(format!("{path}: {a:?} | {b:?}")),
    }
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| line.trim_start().to_owned() + "\n").collect()
}

impl Tree {
    fn of(node: &Node) -> Self {
        match &node.value {
            Value::Null => Self::Nothing,
            Value::Scalar(scalar) => Self::Text(scalar.text.clone()),
            Value::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Mapping(entries) => Self::Map(
                entries.iter().map(|(key, node)| (key.text.clone(), Self::of(node))).collect(),
            ),
        }
    }

    fn of_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Nothing,
            Json::Bool(value) => Self::Text(value.to_string()),
            Json::Number(number) => Self::Text(number.to_string()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of_json).collect()),
            Json::Object(entries) => Self::Map(
                entries.iter().map(|(key, json)| (key.clone(), Self::of_json(json))).collect(),
            ),
        }
    }

    fn empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => ["", "false", "0"].contains(&text.as_str()),
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
        }
    }

    /// Without what says nothing, under `key`.
    fn tidy(self, key: &str) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Text(text) => Self::Text(match text.parse::<f64>() {
                // One spelling of numbers: 0.50 is 0.5.
                Ok(number) if text.contains('.') && key != "environment" => number.to_string(),
                _ => text,
            }),
            Self::List(items) if PAIRS.contains(&key) => {
                let pairs = items.into_iter().map(|item| match item {
                    Self::Text(text) => match text.split_once('=') {
                        Some((name, value)) => (name.to_owned(), Self::Text(value.to_owned())),
                        None => (text, Self::Nothing),
                    },
                    other => (String::new(), other),
                });
                Self::Map(pairs.collect()).tidy(key)
            }
            Self::List(items) => {
                Self::List(items.into_iter().map(|item| item.tidy("[]")).collect())
            }
            Self::Map(entries) => {
                let named = NAMED.contains(&key);
                let says = |name: &String, value: &Self| match (name.as_str(), value) {
                    // Compose does not say what it takes anyway.
                    ("create_host_path" | "required", Self::Text(text)) => named || text != "true",
                    (_, value) => named || !value.empty(),
                };
                let entries = entries.into_iter().map(|(name, value)| {
                    let below = if PAIRS.contains(&key) { "environment" } else { &name };
                    let value = match value {
                        Self::Text(text) if LISTS.contains(&name.as_str()) && !named => {
                            Self::List(vec![Self::Text(text)])
                        }
                        Self::Text(limit) if key == "ulimits" => {
                            let limit = Self::Text(limit);
                            Self::Map(
                                [("soft", limit.clone()), ("hard", limit)]
                                    .map(|(k, v)| (k.into(), v))
                                    .into(),
                            )
                        }
                        value => value,
                    };
                    let value = value.tidy(below);
                    let value = if named && !PAIRS.contains(&key) && value.empty() {
                        Self::Nothing
                    } else {
                        value
                    };
                    (name, value)
                });
                Self::Map(entries.filter(|(name, value)| says(name, value)).collect())
            }
        }
    }

    /// Without services that do not run, and without what only they use; Compose leaves both out
    /// once it knows values.
    pub(crate) fn without(mut self, inactive: &BTreeSet<String>, form: Form) -> Self {
        if let (Self::Map(top), Form::Interpolated) = (&mut self, form) {
            if let Some(Self::Map(services)) = top.get_mut("services") {
                services.retain(|name, _| !inactive.contains(name));
            }
            let services = top.get("services").cloned().unwrap_or(Self::Nothing);
            for kind in ["networks", "volumes", "secrets", "configs", "models"] {
                let used = services.used(kind);
                if let Some(Self::Map(entries)) = top.get_mut(kind) {
                    entries.retain(|name, _| used.contains(name));
                }
            }
            top.retain(|key, value| key == "name" || !value.empty());
        }
        self
    }

    /// The names of one kind that services use.
    fn used(&self, kind: &str) -> BTreeSet<String> {
        let Self::Map(services) = self else { return BTreeSet::new() };
        let mut names = BTreeSet::new();
        for service in services.values() {
            let Self::Map(keys) = service else { continue };
            let build = match keys.get("build") {
                Some(Self::Map(build)) => build.get(kind),
                _ => None,
            };
            for part in [keys.get(kind), build].into_iter().flatten() {
                match part {
                    Self::Map(entries) => names.extend(entries.keys().cloned()),
                    Self::List(items) => names.extend(items.iter().filter_map(|item| match item {
                        Self::Map(keys) => keys.get("source").and_then(Self::text),
                        other => other.text(),
                    })),
                    Self::Nothing | Self::Text(_) => {}
                }
            }
        }
        names
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Nothing | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Short forms that the types write, in their long ones.
    pub(crate) fn long(mut self) -> Self {
        if let Self::Map(top) = &mut self
            && let Some(Self::Map(services)) = top.get_mut("services")
        {
            for service in services.values_mut() {
                let Self::Map(keys) = service else { continue };
                if let Some(Self::List(items)) = keys.get("networks") {
                    let names =
                        items.iter().filter_map(Self::text).map(|name| (name, Self::Nothing));
                    let names = Self::Map(names.collect());
                    keys.insert("networks".to_owned(), names);
                }
                if let Some(Self::List(ports)) = keys.get_mut("ports") {
                    ports.iter_mut().for_each(Self::long_port);
                }
                for key in ["secrets", "configs"] {
                    for item in keys.get_mut(key).and_then(Self::items).into_iter().flatten() {
                        if let Some(source) = item.text() {
                            *item = Self::Map([("source".to_owned(), Self::Text(source))].into());
                        }
                    }
                }
            }
        }
        self
    }

    fn items(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::List(items) => Some(items),
            Self::Nothing | Self::Text(_) | Self::Map(_) => None,
        }
    }

    fn long_port(&mut self) {
        match self {
            Self::Text(short) if !short.contains('$') => {
                let (rest, protocol) = short.split_once('/').unwrap_or((short, "tcp"));
                let (rest, target) = rest.rsplit_once(':').unwrap_or(("", rest));
                let (address, published) = rest.rsplit_once(':').unwrap_or(("", rest));
                let address = address.trim_matches(['[', ']']);
                let keys = [
                    ("mode", "ingress"),
                    ("host_ip", address),
                    ("published", published),
                    ("target", target),
                    ("protocol", protocol),
                ];
                *self = Self::Map(
                    keys.iter()
                        .filter(|(_, value)| !value.is_empty())
                        .map(|(key, value)| ((*key).to_owned(), Self::Text((*value).to_owned())))
                        .collect(),
                );
            }
            Self::Map(keys) => {
                keys.entry("mode".to_owned()).or_insert(Self::Text("ingress".to_owned()));
            }
            Self::Nothing | Self::Text(_) | Self::List(_) => {}
        }
    }
}
