//! Who needs whom, and who needs the internet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Describing;
use crate::compose::{Attachments, Choice, ComposeFile, Logging};
use crate::description::LabelName;
use crate::import::account::Fate;
use crate::import::draft::DraftService;

impl Describing<'_> {
    /// Links and ways out of all services.
    pub(super) fn dependencies(&mut self, file: &ComposeFile) {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, keys) in &file.services {
            for (needed, dependency) in &keys.depends_on.0 {
                self.kept(name, &["depends_on"]);
                let _ = dependency;
                if file.services.contains_key(needed) {
                    self.need(&mut needs, name, needed);
                }
            }
        }
        for (name, keys) in &file.services {
            let links = keys.carried.get("links").and_then(Value::as_array).into_iter().flatten();
            let links =
                links.filter_map(Value::as_str).map(|link| link.split(':').next().unwrap_or(link));
            let values = keys.environment.values().flatten();
            let named: Vec<String> = values.flat_map(|value| hosts(value)).collect();
            for host in links.map(str::to_owned).chain(named) {
                let Some(needed) = self.names.answering(&host).map(str::to_owned) else { continue };
                let original =
                    file.services.keys().find(|one| self.names.of_service(one) == needed);
                if let Some(original) = original.cloned() {
                    self.need(&mut needs, name, &original);
                }
            }
        }
        for (name, keys) in &file.services {
            let wanted = needs.get(name).cloned().unwrap_or_default();
            let wanted: Vec<String> = wanted.iter().map(|one| self.names.of_service(one)).collect();
            let out = self.ways_out(name, keys, file);
            if let Some(service) = self.drafted(name) {
                service.needs = wanted;
                service.egress = out;
            }
        }
    }

    /// Add a link unless there is one in either direction, or a circle of them.
    fn need(&self, needs: &mut BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) {
        let services = &self.original.project.file.services;
        let profiles =
            |name: &str| services.get(name).map(|keys| keys.profiles.clone()).unwrap_or_default();
        let (own, theirs) = (profiles(from), profiles(to));
        // A service cannot wait for one that may not start; the link is there either way.
        let (from, to) = if !theirs.is_empty() && own.first() != theirs.first() {
            (to, from)
        } else {
            (from, to)
        };
        let there = |from: &str, to: &str| needs.get(from).is_some_and(|all| all.contains(to));
        if from == to || there(to, from) || reaches(needs, to, from) {
            return;
        }
        needs.entry(from.to_owned()).or_default().insert(to.to_owned());
    }

    /// Whether a service may open connections to the internet.
    fn ways_out(&self, name: &str, keys: &crate::compose::Service, file: &ComposeFile) -> bool {
        let internal = |network: &String| {
            file.networks.get(network).is_some_and(|network| network.internal == Some(true))
        };
        let Attachments(networks) = &keys.networks;
        let closed = !networks.is_empty() && networks.keys().all(internal);
        let none =
            keys.network_mode.as_deref().is_some_and(|mode| mode != "bridge" && mode != "default");
        let base = self.draft.services.iter().find(|one| one.name == self.names.of_service(name));
        let database = base
            .and_then(|service| self.used(&service.base))
            .is_some_and(|(known, _)| known.dialect != crate::knowledge::Dialect::None);
        !closed && !none && !database
    }

    pub(super) fn belonging(
        &mut self,
        name: &str,
        networks: &Attachments,
        container_name: Option<&Value>,
        env_file: Option<&Value>,
    ) {
        let Attachments(networks) = networks;
        for (network, keys) in networks {
            let words =
                "a network for each link, which nobody else is on; names of it are services' names";
            let _ = keys;
            self.hardened(name, &["networks", network], words);
        }
        if container_name.is_some() {
            self.dropped(
                name,
                &["container_name"],
                "containers are named after project and service",
            );
        }
        if env_file.is_some() {
            self.kept(name, &["env_file"]);
        }
    }

    pub(super) fn labels(
        &mut self,
        name: &str,
        labels: &Choice<BTreeMap<String, Option<String>>>,
        logging: Option<&Logging>,
        out: &mut DraftService,
    ) {
        for (label, value) in labels.iter() {
            let path = ["labels", label.as_str()];
            let proxy = ["traefik.", "caddy", "virtual.", "nginx.", "swag", "dockge."];
            if proxy.iter().any(|start| label.starts_with(start)) {
                let words = "it spoke to another proxy; what it asked for is in the routes";
                self.say(name, &path, Fate::Gateway(words.to_owned()));
            } else if LabelName::new(label).is_ok() {
                self.kept(name, &path);
                let value = value.as_deref().map(super::plain).unwrap_or_default();
                out.labels.push((label.clone(), value));
            } else {
                self.dropped(name, &path, "its name is reserved, or no name of a label");
            }
        }
        if let Some(Logging { driver, options: _, carried: _, places: _ }) = logging {
            match driver.as_deref() {
                None | Some("json-file" | "local") => {
                    self.hardened(name, &["logging"], "files of a bounded size");
                }
                Some(other) => {
                    let words =
                        format!("files of a bounded size; the driver `{other}` is not used");
                    self.dropped(name, &["logging"], words);
                }
            }
        }
    }
}

fn reaches(needs: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name.clone()) {
            open.extend(needs.get(&name).into_iter().flatten().cloned());
        }
    }
    false
}

/// Words of a value that may be host names: after `//` or `@`, before `:PORT`, or the whole value.
fn hosts(value: &str) -> Vec<String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let mut found = Vec::new();
    let mut rest = value;
    let mut before = "";
    while let Some(start) = rest.find(inner) {
        let (gap, from) = rest.split_at(start);
        let end = from.find(|c| !inner(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let led =
            gap.ends_with("//") || gap.ends_with('@') || (gap.ends_with(',') && before == "host");
        let port = after.strip_prefix(':');
        let port = port.is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
        if led || port || word.len() == value.len() {
            found.push(word.to_owned());
            before = "host";
        }
        rest = after;
    }
    found
}
