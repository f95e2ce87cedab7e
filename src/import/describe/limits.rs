//! What a service may take from its host.

use std::collections::BTreeMap;

use super::{Describing, manual, program::number};
use crate::compose::{Deploy, Number, ResourceLimits, Resources, Ulimit};
use crate::description::UlimitName;
use crate::import::account::Fate;
use crate::import::draft::DraftService;
use crate::import::layout::{Entry, Item};
use crate::stack::{Bytes, CpuShare};

impl Describing<'_> {
    pub(super) fn amounts(
        &mut self,
        name: &str,
        [cpus, pids]: [Option<&Number>; 2],
        [memory, swap]: [&Option<String>; 2],
        out: &mut DraftService,
    ) {
        self.limit(name, &["mem_limit"], "memory", memory.as_deref(), out);
        self.limit(name, &["cpus"], "cpus", cpus.map(number), out);
        self.limit(name, &["pids_limit"], "pids", pids.map(number), out);
        if swap.is_some() {
            self.hardened(
                name,
                &["memswap_limit"],
                "memory has a limit, and there is no swap beyond it",
            );
        }
    }

    fn limit(
        &mut self,
        name: &str,
        path: &[&str],
        key: &str,
        value: Option<&str>,
        out: &mut DraftService,
    ) {
        let Some(text) = value else { return };
        let amount = match key {
            "memory" => Bytes::parse(text).ok().map(|bytes| Item::text(bytes.to_string())),
            "cpus" => CpuShare::parse(text).filter(|_| above_zero(text)).map(|_| Item::plain(text)),
            _ => text.parse::<u32>().ok().filter(|pids| *pids > 0).map(Item::plain),
        };
        match amount {
            Some(amount) => {
                self.kept(name, path);
                out.limits.retain(|entry| entry.key != key);
                out.limits.push(Entry::new(key, amount));
                out.limits.sort_by_key(|entry| {
                    ["memory", "cpus", "pids"].iter().position(|one| *one == entry.key)
                });
            }
            None => self.hardened(name, path, "it has a limit, if only a wide one"),
        }
    }

    pub(super) fn deploy(&mut self, name: &str, deploy: Option<&Deploy>, out: &mut DraftService) {
        let Some(deploy) = deploy else { return };
        let Deploy { replicas, resources, carried, places: _ } = deploy;
        if let Some(count) = replicas.as_ref().and_then(|count| count.0.parse::<u16>().ok()) {
            match count {
                0 => self.none_runs(name, &["deploy", "replicas"], out),
                1 => self.kept(name, &["deploy", "replicas"]),
                count => {
                    out.replicas = Some(count);
                    self.kept(name, &["deploy", "replicas"]);
                }
            }
        }
        if let Some(resources) = resources {
            self.resources(name, resources, out);
        }
        for key in carried.keys() {
            let words = match key.as_str() {
                "restart_policy" => "it starts again after a failure and a reboot",
                "labels" => "they are a swarm's, which the stack is not run in",
                _ => "only a swarm reads it",
            };
            self.dropped(name, &["deploy", key], words);
        }
    }

    /// A profile of its own keeps from starting what the original scales to nothing.
    pub(super) fn none_runs(&mut self, name: &str, path: &[&str], out: &mut DraftService) {
        out.replicas = None;
        let words = "the original runs none of it: only its profile starts it";
        self.say(name, path, Fate::Kept(words.to_owned()));
        out.note("profile", manual(words));
    }

    fn resources(&mut self, name: &str, resources: &Resources, out: &mut DraftService) {
        let Resources { limits, carried, places: _ } = resources;
        if let Some(ResourceLimits { cpus, memory, pids, carried, places: _ }) = limits {
            let path = |key| ["deploy", "resources", "limits", key];
            self.limit(name, &path("memory"), "memory", memory.as_deref(), out);
            self.limit(name, &path("cpus"), "cpus", cpus.as_deref(), out);
            self.limit(name, &path("pids"), "pids", pids.as_ref().map(number), out);
            for key in carried.keys() {
                self.dropped(name, &path(key), "there is no word for it");
            }
        }
        for (key, value) in carried {
            let path = ["deploy", "resources", key];
            let devices = value.get("devices").filter(|devices| !devices.is_null());
            if let Some(devices) = devices {
                // The same request in the words of a service.
                self.kept(name, &["deploy", "resources", key, "devices"]);
                out.compose.insert("gpus".to_owned(), Item::json(devices));
            }
            self.dropped(name, &path, "what is set aside is a swarm's; limits hold");
        }
    }

    pub(super) fn ulimits(
        &mut self,
        name: &str,
        ulimits: &BTreeMap<String, Ulimit>,
        out: &mut DraftService,
    ) {
        for (key, Ulimit { soft, hard, carried: _, places: _ }) in ulimits {
            let count = |limit: &Option<Number>| {
                limit.as_ref().and_then(|limit| limit.0.parse::<u32>().ok())
            };
            let item = match (count(soft), count(hard)) {
                (Some(soft), Some(hard)) if soft == hard => Some(Item::plain(soft)),
                (Some(soft), Some(hard)) if soft < hard => Some(Item::Map(vec![
                    Entry::new("soft", Item::plain(soft)),
                    Entry::new("hard", Item::plain(hard)),
                ])),
                _ => None,
            };
            match item.filter(|_| UlimitName::new(key).is_ok()) {
                Some(item) => {
                    self.kept(name, &["ulimits", key]);
                    out.ulimits.push(Entry::new(key, item));
                }
                None => {
                    let both = [("soft", soft), ("hard", hard)];
                    let both = both.into_iter().filter_map(|(key, limit)| {
                        Some(Entry::new(key, Item::plain(&limit.as_ref()?.0)))
                    });
                    let raw =
                        out.compose.entry("ulimits".to_owned()).or_insert(Item::Map(Vec::new()));
                    if let Item::Map(entries) = raw {
                        entries.push(Entry::new(key, Item::Map(both.collect())));
                    }
                    self.kept(name, &["ulimits", key]);
                }
            }
        }
    }
}

fn above_zero(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|number| number > 0.0)
}
