//! What says that a service opens connections to another.

use serde_json::Value;

use super::hosts::{self, Hosts};
use super::{Found, Source};
use crate::compose::{Service, Words};

/// Everything in a service that names another.
pub(super) fn all(hosts: &Hosts, name: &str, service: &Service) -> Vec<Found> {
    let mut clues = Clues { from: name, found: Vec::new() };
    for needed in service.depends_on.0.keys() {
        clues.add(needed, Source::DependsOn, "depends_on".to_owned());
    }
    for (linked, _) in hosts::links(service) {
        clues.add(linked, Source::Links, "links".to_owned());
    }
    namespaces(service, &mut clues);
    let others = service.volumes_from.as_ref().and_then(Value::as_array).into_iter().flatten();
    for other in others.filter_map(Value::as_str).filter(|other| !other.starts_with("container:")) {
        let other = other.split(':').next().unwrap_or(other);
        clues.add(other, Source::VolumesFrom, "volumes_from".to_owned());
    }
    for (variable, value) in service.environment.iter() {
        let Some(value) = value else { continue };
        for needed in hosts.named(value, says_host(variable)) {
            clues.add(needed, Source::Setting, format!("{variable} names it"));
        }
    }
    for (key, words) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
        for needed in words.iter().flat_map(|words| in_command(hosts, words)) {
            clues.add(&needed, Source::Command, format!("{key} names it"));
        }
    }
    let test = service.healthcheck.as_ref().and_then(|check| check.test.as_ref());
    for needed in test.iter().flat_map(|words| in_command(hosts, words)) {
        clues.add(&needed, Source::Command, "healthcheck names it".to_owned());
    }
    clues.found
}

struct Clues<'a> {
    from: &'a str,
    found: Vec<Found>,
}

impl Clues<'_> {
    fn add(&mut self, to: &str, source: Source, reason: String) {
        self.found.push(Found { from: self.from.to_owned(), to: to.to_owned(), source, reason });
    }
}

fn namespaces(service: &Service, clues: &mut Clues<'_>) {
    let modes =
        [("network_mode", &service.network_mode), ("pid", &service.pid), ("ipc", &service.ipc)];
    for (key, mode) in modes {
        if let Some(other) = mode.as_deref().and_then(|mode| mode.strip_prefix("service:")) {
            clues.add(other, Source::Namespace, format!("{key}: service:{other}"));
        }
    }
}

/// Services that a command line names: as in any text, as values of options that take hosts, and
/// before a port number.
fn in_command(hosts: &Hosts, words: &Words) -> Vec<String> {
    let lines = match words {
        Words::Line(line) => std::slice::from_ref(line),
        Words::List(words) => words.as_slice(),
    };
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split_whitespace())
        .map(|word| word.trim_matches(['"', '\'', ';', ')', '(']))
        .collect();
    let mut found: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let after = words.get(at + 1).copied().unwrap_or_default();
        let option = |name: &str| name == "-h" || (name.starts_with('-') && takes_host(name));
        let is_port = !after.is_empty() && after.parse::<u16>().is_ok();
        let (value, listed) = match word.split_once('=') {
            Some((name, value)) => (value, takes_host(name)),
            None => (*word, option(before) || is_port),
        };
        found.extend(hosts.named(value, listed).into_iter().map(str::to_owned));
        found.extend(hosts.named(word, false).into_iter().map(str::to_owned));
    }
    found
}

pub(super) fn takes_host(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    HOSTS.iter().any(|end| name.ends_with(end))
}

/// Ends of names whose values are hosts.
const HOSTS: [&str; 14] = [
    "HOST",
    "HOSTS",
    "HOSTNAME",
    "SERVER",
    "SERVERS",
    "ADDR",
    "ADDRESS",
    "ADDRESSES",
    "URL",
    "URI",
    "ENDPOINT",
    "BROKER",
    "BROKERS",
    "NODES",
];

/// Whether a value under this name may be a host by itself. Most may: programs have many names for
/// it. Those of accounts, databases and kinds of things do not, although their values are often
/// spelled like a service (`DB_USER=postgres`, `CACHE_DRIVER=redis`).
pub fn says_host(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    !OTHERS.iter().any(|end| name.ends_with(end)) || takes_host(&name)
}

/// Ends of names whose values are no hosts.
const OTHERS: [&str; 40] = [
    "ADAPTER",
    "BACKEND",
    "BUCKET",
    "CHANNEL",
    "CLIENT",
    "CONNECTION",
    "DATABASE",
    "DB",
    "DBNAME",
    "DIALECT",
    "DRIVER",
    "ENGINE",
    "ENV",
    "ENVIRONMENT",
    "GROUP",
    "ID",
    "INDEX",
    "KEY",
    "KIND",
    "LOGIN",
    "MODE",
    "MODULE",
    "NAME",
    "NAMESPACE",
    "PASS",
    "PASSWORD",
    "PREFIX",
    "PROTOCOL",
    "PROVIDER",
    "REALM",
    "ROLE",
    "SCHEMA",
    "SECRET",
    "STORE",
    "STORAGE",
    "TENANT",
    "TOPIC",
    "TYPE",
    "USER",
    "USERNAME",
];
