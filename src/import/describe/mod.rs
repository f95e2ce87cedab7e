//! From the typed keys of a project to a draft, each key with its fate.
//!
//! One file per concern; [`service`] takes every key of a service apart, so that a new key of the
//! typed structs makes the compiler ask what becomes of it.

mod addresses;
mod aliases;
mod alone;
mod base;
mod builds;
mod dependencies;
mod doors;
mod encrypted;
mod end;
mod health;
mod host_network;
mod limits;
mod memory;
mod paths;
mod program;
mod proxies;
mod raw;
mod separation;
mod service;
mod settings;
mod sizes;
mod storage;
mod top;

use std::collections::BTreeMap;

use super::account::{Account, Fate};
use super::draft::{Draft, DraftService};
use super::names::{self, Names};
use super::{MANUAL, Original};
use crate::compose;
use crate::knowledge::Knowledge;
use crate::secrets::SecretValue;
use crate::stack::{SecretName, ServiceName};
use proxies::Proxies;

/// A draft and the fates of the keys that it was made from.
pub(super) struct Described {
    pub(super) draft: Draft,
    pub(super) account: Account,
    /// Values of secrets that stand in the original.
    pub(super) values: BTreeMap<SecretName, SecretValue>,
}

/// What every concern reads and writes.
struct Describing<'a> {
    original: &'a Original<'a>,
    knowledge: &'a Knowledge,
    names: Names,
    account: Account,
    draft: Draft,
    values: BTreeMap<SecretName, SecretValue>,
    proxies: Proxies,
    /// Services whose image another one builds, and which.
    built: BTreeMap<String, String>,
}

/// Describe a project.
pub(super) fn describe(original: &Original<'_>, knowledge: &Knowledge) -> Described {
    let whole = original.project;
    let proxies = Proxies::of(original);
    let mut project = proxies.without(whole);
    let built = builds::shared(&whole.file, &mut project.file);
    let original = Original { project: &project, ..*original };
    let file = &project.file;
    let mut describing = Describing {
        original: &original,
        knowledge,
        names: Names::of(file),
        account: Account::default(),
        draft: Draft::default(),
        values: BTreeMap::new(),
        proxies,
        built,
    };
    describing.draft.name = names::project(original.name);
    describing.proxies(whole);
    describing.one_address(&whole.file);
    describing.top(file);
    for name in describing.order() {
        if let Some(keys) = file.services.get(&name) {
            let service = describing.service(&name, keys);
            describing.draft.services.push(service);
        }
    }
    let shared = describing.dependencies(file);
    describing.doors(file);
    describing.encrypted(file);
    describing.alone(&shared);
    describing.empty();
    describing.settings();
    describing.addresses(file);
    describing.aliases(file);
    describing.room(file);
    describing.renamed();
    let Describing { draft, account, values, .. } = describing;
    Described { draft, account, values }
}

impl Describing<'_> {
    /// The services in the order of the original.
    fn order(&self) -> Vec<String> {
        let services = self.original.project.node.get("services").and_then(|node| node.mapping());
        services.into_iter().flatten().map(|(key, _)| key.text.clone()).collect()
    }

    /// Keys without a value say nothing.
    fn empty(&mut self) {
        let project = self.original.project;
        let services = project.node.get("services").and_then(|node| node.mapping());
        for (name, service) in services.into_iter().flatten() {
            for (key, value) in service.mapping().into_iter().flatten() {
                let items = value.sequence().is_some_and(<[_]>::is_empty);
                if value.is_null() || items || value.mapping().is_some_and(Vec::is_empty) {
                    self.dropped(&name.text, &[&key.text], "it says nothing");
                }
            }
        }
    }

    /// Say what became of a key of a service, or of one below it.
    fn say(&mut self, service: &str, path: &[&str], fate: Fate) {
        let path: Vec<&str> = ["services", service].iter().chain(path).copied().collect();
        self.account.say(&path, fate);
    }

    fn kept(&mut self, service: &str, path: &[&str]) {
        self.say(service, path, Fate::Kept(String::new()));
    }

    fn dropped(&mut self, service: &str, path: &[&str], words: impl Into<String>) {
        self.say(service, path, Fate::Dropped(words.into()));
    }

    fn hardened(&mut self, service: &str, path: &[&str], words: impl Into<String>) {
        self.say(service, path, Fate::Hardened(words.into()));
    }

    /// A service of the draft by its name in the original.
    fn drafted(&mut self, service: &str) -> Option<&mut DraftService> {
        let name = self.names.of_service(service);
        self.draft.services.iter_mut().find(|one| one.name == name)
    }

    /// Services whose names had to change say so, where no alias does.
    fn renamed(&mut self) {
        let renamed: Vec<(String, String)> =
            self.names.renamed().map(|(old, new)| (old.to_owned(), new.to_owned())).collect();
        for (old, new) in renamed {
            let line = match ServiceName::new(old.as_str()).is_ok_and(|name| name.is_reserved()) {
                true => manual(format!(
                    "`{old}`, as the original calls it, is the gateway's name: change what names it to {new}"
                )),
                false => format!("`{old}` in the original"),
            };
            let mut services = self.draft.services.iter_mut();
            let found = services.find(|one| one.name == new && !one.aliases.contains(&old));
            if let Some(service) = found {
                service.above.insert(0, line);
            }
        }
    }
}

/// Text as Compose reads it: `$$` is a `$`.
fn plain(text: &str) -> String {
    compose::undoubled(text).unwrap_or_else(|| text.to_owned())
}

/// A comment that asks a person for something.
fn manual(words: impl std::fmt::Display) -> String {
    format!("{MANUAL}{words}")
}
