//! Which origins may read answers: one rule for a host, and a snippet for each other rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{DrawError, Sheet};
use crate::escape::nginx;
use crate::stack::{CorsRule, Gateway, Host, HostName, OriginRule, Target};

/// The origins of a host, for everything on it that says nothing else.
#[derive(Debug, Serialize)]
pub(super) struct HostOrigins {
    host: String,
    origins: String,
}

/// How a location comes to its origins; `snippet` names a file, `closed` shuts the host's out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CorsLines {
    pub(super) snippet: String,
    pub(super) closed: bool,
}

/// The snippets' names by rule.
pub(super) struct CorsNames(BTreeMap<BTreeSet<String>, String>);

impl CorsNames {
    /// Names every rule that a route of this gateway has, by its first origin.
    pub(super) fn of(gateway: &Gateway) -> Self {
        let rules = gateway.routes().filter_map(|(_, _, route)| listed(&route.cors));
        let mut names = BTreeMap::new();
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        for rule in rules.collect::<BTreeSet<_>>() {
            let first = rule.first().map(|origin| slug(origin)).unwrap_or_default();
            let count = taken.entry(first.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { first } else { format!("{first}-{count}") };
            names.insert(rule.clone(), name);
        }
        Self(names)
    }

    /// What a location of this rule says on a host.
    pub(super) fn lines(&self, rule: &CorsRule, of_host: Option<&BTreeSet<String>>) -> CorsLines {
        let snippet = match (&rule.origins, listed(rule)) {
            (OriginRule::Any, _) => "cors-any",
            (_, None) => return CorsLines { closed: of_host.is_some(), ..CorsLines::default() },
            (_, Some(origins)) if of_host == Some(origins) => "preflight",
            (_, Some(origins)) => self.0.get(origins).map_or("", String::as_str),
        };
        CorsLines { snippet: snippet.to_owned(), closed: false }
    }
}

#[derive(Serialize)]
struct View {
    origins: String,
}

/// Draws `snippets/cors-NAME.conf` for every rule that is not everywhere its host's own.
pub(super) fn draw(sheet: &mut Sheet) -> Result<(), DrawError> {
    let gateway = &sheet.stack.gateway;
    let names = CorsNames::of(gateway);
    let mut snippets = BTreeMap::new();
    for host in gateway.hosts.values() {
        let of_host = of_host(host);
        for route in host.routes.values() {
            let name = names.lines(&route.cors, of_host).snippet;
            let origins = listed(&route.cors).map_or_else(|| Ok("*".to_owned()), list)?;
            snippets.insert(name, origins);
        }
    }
    for (name, origins) in snippets {
        if name.starts_with("cors-") {
            sheet.file(format!("snippets/{name}.conf"), "snippets/cors.conf", &View { origins })?;
        }
    }
    Ok(())
}

/// The hosts that have origins of their own.
pub(super) fn hosts(gateway: &Gateway) -> Result<Vec<HostOrigins>, DrawError> {
    let own = |(name, host): (&HostName, &Host)| {
        let origins = list(of_host(host)?);
        Some(origins.map(|origins| HostOrigins { host: name.to_string(), origins }))
    };
    gateway.hosts.iter().filter_map(own).collect()
}

/// The rule that most routes of a host have, if it lists origins; of equal ones the first.
pub(super) fn of_host(host: &Host) -> Option<&BTreeSet<String>> {
    let mut counts: BTreeMap<Option<&BTreeSet<String>>, i64> = BTreeMap::new();
    let asking =
        host.routes.values().filter(|route| matches!(route.target, Target::Service { .. }));
    for route in asking {
        *counts.entry(listed(&route.cors)).or_default() -= 1;
    }
    counts.into_iter().min_by_key(|(_, negative)| *negative).and_then(|(rule, _)| rule)
}

fn listed(rule: &CorsRule) -> Option<&BTreeSet<String>> {
    match &rule.origins {
        OriginRule::Listed(origins) if !origins.is_empty() => Some(origins),
        OriginRule::Listed(_) | OriginRule::Closed | OriginRule::Any => None,
    }
}

/// Origins with a space around each, as the maps of `conf.d/cors.conf` look for them.
fn list(origins: &BTreeSet<String>) -> Result<String, DrawError> {
    let mut list = " ".to_owned();
    for origin in origins {
        list.push_str(&nginx::word(origin)?); // a space inside would make it two
        list.push(' ');
    }
    Ok(list)
}

/// A file's name after the host and port of an origin.
fn slug(origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("cors-of-{}", host.chars().map(plain).collect::<String>())
}
