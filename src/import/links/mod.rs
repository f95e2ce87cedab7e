//! Who needs whom, and who needs the internet.
//!
//! In a Compose project everybody on a network reaches everybody else. What each service really
//! opens connections to is said by `depends_on` and `links`, and by the hosts that its settings, its
//! command and the files that it mounts name. That becomes `needs`, each with its reason; pairs that only shared a network
//! are told as no longer reachable.
//!
//! A link carries both directions, so of two services that name each other one `needs` is enough:
//! `depends_on` wins, then the surer source. What would close a circle is left out and told.

mod circles;
mod clues;
mod egress;
mod hosts;
mod mounted;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::load::Project;
use crate::compose::{ComposeFile, Service};
use crate::import::profiles;
use crate::knowledge::Knowledge;
use crate::stack::Condition;

pub use clues::says_host;
pub use egress::Way;
pub use hosts::{Hosts, links as named_links};
pub use mounted::in_files;

/// Links and ways out of a project, by the services' names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// What each service needs; no circles, nobody needs itself.
    pub needs: BTreeMap<String, Vec<Need>>,
    /// Needs that were found and are not there, with the reason.
    pub dropped: Vec<Dropped>,
    /// Services that each service reached by a common network only, and no longer does.
    pub apart: BTreeMap<String, BTreeSet<String>>,
    /// Whether each service opens connections to the internet.
    pub egress: BTreeMap<String, Way>,
    /// Services that others wait for until they have ended: `once: true`.
    pub jobs: BTreeSet<String>,
    /// The profile that starts each service; none: it starts with the stack.
    pub profiles: BTreeMap<String, Option<String>>,
}

/// One service that another needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The service that is needed.
    pub service: String,
    /// What says so, the surest.
    pub source: Source,
    /// For people: "DATABASE_URL names it".
    pub reason: String,
    /// What has to be true of it before the other starts, where the project says so.
    pub condition: Option<Condition>,
}

/// A need that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Who would need it.
    pub from: String,
    /// Who would be needed.
    pub to: String,
    /// Why it was found, and why it is left out.
    pub reason: String,
    /// True where the pair is linked all the same, the other way round.
    pub linked: bool,
}

/// What says that one service needs another, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `depends_on`.
    DependsOn,
    /// `links`.
    Links,
    /// `network_mode`, `pid` or `ipc` of another service.
    Namespace,
    /// `volumes_from`: Compose starts the other one first.
    VolumesFrom,
    /// A host in a setting.
    Setting,
    /// A host in the command or the health check.
    Command,
    /// What was found elsewhere: in a proxy's configuration, in a file that is mounted.
    Elsewhere,
}

/// A need as it was found: who, whom, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who needs.
    pub from: String,
    /// Who is needed.
    pub to: String,
    /// What says so.
    pub source: Source,
    /// For people.
    pub reason: String,
}

/// The links of a project; `further` are those that were found outside its Compose files.
pub fn of(project: &Project, knowledge: &Knowledge, further: &[Found]) -> Links {
    let file = &project.file;
    let hosts = Hosts::of(file);
    let mut found: Vec<Found> = Vec::new();
    for (name, service) in &file.services {
        found.extend(clues::all(&hosts, name, service));
    }
    found.extend(further.iter().cloned());
    let there = |one: &Found| file.services.contains_key(&one.to) && one.from != one.to;
    found.retain(there);
    // A stable sort: within a source, the order of the services.
    found.sort_by_key(|one| one.source);
    let jobs = jobs(file);
    let (found, separate): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|one| jobs.contains(&one.to) || may_reach(file, one));
    let pairs: Vec<_> = found.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    let profiles = profiles::chosen(file, &pairs);
    let mut links = circles::without(file, found, profiles);
    links.dropped.extend(separate.into_iter().map(|Found { from, to, source: _, reason }| {
        Dropped {
            reason: format!("{reason}, but the two share no network: a link would open one"),
            from,
            to,
            linked: false,
        }
    }));
    links.jobs = jobs;
    links.apart = apart(file, &links);
    for (name, service) in &file.services {
        let way = egress::of(file, &hosts, name, service, knowledge);
        links.egress.insert(name.clone(), way);
    }
    links
}

/// Whether the project let one service reach the other: they share a network, or one of them is
/// outside of all, as the host is.
fn may_reach(file: &ComposeFile, one: &Found) -> bool {
    let networks = |name: &str| file.services.get(name).and_then(|service| shared(file, service));
    match (networks(&one.from), networks(&one.to)) {
        (Some(from), Some(to)) => !from.is_disjoint(&to),
        _ => true,
    }
}

/// Networks of a service, or of the one whose network it shares; none where it is in the host's or
/// in that of a foreign container.
fn shared<'a>(file: &'a ComposeFile, service: &'a Service) -> Option<BTreeSet<&'a str>> {
    let mode = service.network_mode.as_deref().unwrap_or_default();
    match mode.strip_prefix("service:").map(|other| file.services.get(other)) {
        Some(Some(other)) if other.network_mode.is_none() => Some(networks(other)),
        Some(_) => None,
        None if mode == "host" || mode.starts_with("container:") => None,
        None => Some(networks(service)),
    }
}

/// Services that somebody waits for until they have ended well.
fn jobs(file: &ComposeFile) -> BTreeSet<String> {
    let waits = file.services.values().flat_map(|service| &service.depends_on.0);
    let ended = waits.filter(|(_, dependency)| {
        condition(dependency.condition.as_deref()) == Some(Condition::Completed)
    });
    ended.map(|(name, _)| name.clone()).collect()
}

fn condition(text: Option<&str>) -> Option<Condition> {
    match text? {
        "service_started" => Some(Condition::Started),
        "service_healthy" => Some(Condition::Healthy),
        "service_completed_successfully" => Some(Condition::Completed),
        _ => None,
    }
}

/// Pairs that share a network and have no link.
fn apart(file: &ComposeFile, links: &Links) -> BTreeMap<String, BTreeSet<String>> {
    let linked = |from: &str, to: &str| {
        links.needs.get(from).into_iter().flatten().any(|need| need.service == to)
    };
    let mut apart = BTreeMap::<String, BTreeSet<String>>::new();
    let networks: Vec<_> = file.services.iter().map(|(name, s)| (name, networks(s))).collect();
    for (one, reached) in &networks {
        for (other, _) in networks
            .iter()
            .filter(|(other, _)| other != one)
            .filter(|(_, there)| !reached.is_disjoint(there))
        {
            if !linked(one, other) && !linked(other, one) {
                apart.entry((*one).clone()).or_default().insert((*other).clone());
            }
        }
    }
    apart
}

/// Networks that a service is on.
fn networks(service: &Service) -> BTreeSet<&str> {
    if service.network_mode.as_deref().is_some_and(|mode| mode != "bridge" && mode != "default") {
        return BTreeSet::new();
    }
    let named: BTreeSet<_> = service.networks.0.keys().map(String::as_str).collect();
    if named.is_empty() { BTreeSet::from(["default"]) } else { named }
}
