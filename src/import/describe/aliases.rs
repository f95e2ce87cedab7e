//! The names under which services of the original found each other, besides those that they have in
//! the description: settings, mounted files and images go on using them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Describing;
use crate::compose::ComposeFile;
use crate::import::links;
use crate::stack::{Alias, ServiceName};

impl Describing<'_> {
    /// Keep each such name as an alias of its service, where anything leads to that.
    pub(super) fn aliases(&mut self, file: &ComposeFile) {
        let mut taken: Vec<String> =
            file.services.keys().map(|name| self.names.of_service(name)).collect();
        let is_ours = |name: &str| ServiceName::new(name).is_ok_and(|name| name.is_reserved());
        for (service, names) in other_names(file) {
            let own = self.names.of_service(service);
            let needed = self.draft.services.iter().any(|other| other.needs.contains(&own));
            let Some(draft) = self.draft.services.iter_mut().find(|one| one.name == own) else {
                continue;
            };
            if !needed && draft.routes.is_empty() {
                continue;
            }
            for name in names {
                let is_free = taken.iter().all(|other| !other.eq_ignore_ascii_case(name));
                if is_free && !is_ours(name) && Alias::new(name).is_ok() {
                    taken.push(name.to_owned());
                    draft.aliases.push(name.to_owned());
                }
            }
        }
    }
}

/// By service: its name in the original, its container's, and those that networks and links give it.
/// Docker itself answers for `hostname`, which stays.
fn other_names(file: &ComposeFile) -> BTreeMap<&str, Vec<&str>> {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, keys) in &file.services {
        let aliases = keys.networks.0.values().filter_map(|keys| keys.get("aliases")?.as_array());
        let aliases = aliases.flatten().filter_map(Value::as_str);
        let container = keys.container_name.as_ref().and_then(Value::as_str);
        let own = names.entry(service).or_default();
        own.push(service);
        own.extend(aliases.chain(container));
    }
    for keys in file.services.values() {
        for (service, alias) in links::named_links(keys) {
            if let Some(names) = names.get_mut(service) {
                names.push(alias);
            }
        }
    }
    names
}
