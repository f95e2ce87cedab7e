//! Other reverse proxies: what they are told in labels and settings of the services, what they are
//! where they stand in the project themselves, and what no HTTP proxy can carry.
//!
//! The gateway takes their place. So each label has a [`Fate`]: it became a route, the gateway does
//! the same by itself, or it is left for a person, who has to know whether it kept somebody out.
//! Nothing is dropped in silence, and a condition that is not understood makes no route at all: a
//! route without it would open more than the original did.

mod caddy_labels;
mod caddyfile;
mod configuration;
mod manner;
mod nginx;
mod own;
pub mod protocols;
mod traefik;
mod traefik_guard;
mod traefik_proxy;
mod traefik_rule;
mod virtual_host;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::compose::Service;

pub use manner::Manner;
pub use own::{OwnProxy, Place, configurations, is_reserved, own_proxies};
pub use traefik_proxy::leave_alone;

/// What a service tells the proxies before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Where requests for it come in.
    pub routes: Vec<Route>,
    /// What became of each label and setting, in their order.
    pub marks: Vec<Mark>,
    /// Every host that is named, also by what makes no route.
    pub hosts: BTreeSet<String>,
}

/// Requests for one host and path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The host; empty: the stack's own domain, since a variable stands for it or none is named.
    pub host: String,
    /// As descriptions write it: ending in `/` everything below, else exactly this path.
    pub path: String,
    /// Whether the service sees the path without its first part.
    pub strip_prefix: bool,
    /// The service's port; none: the only one that it has.
    pub port: Option<u16>,
    /// How its requests are handled.
    pub manner: Manner,
}

/// One label or setting for a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its name; for a line of a proxy's own configuration, the line.
    pub name: String,
    /// Where it stands in the proxy's own configuration; zero: it is a label or setting.
    pub line: usize,
    /// What became of it.
    pub fate: Fate,
    /// For people: what takes its place, or what is lost.
    pub words: String,
}

/// What becomes of a part of a proxy's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in the routes.
    Route,
    /// The gateway does it by itself.
    Gateway,
    /// It is not understood; a person has to look.
    Left,
    /// It is not understood and kept somebody or something out: leaving it away opens the service.
    Restriction,
}

impl Told {
    /// Whether nothing is left for a person.
    pub fn is_understood(&self) -> bool {
        self.marks.iter().all(|mark| matches!(mark.fate, Fate::Route | Fate::Gateway))
    }

    fn mark(&mut self, name: &str, fate: Fate, words: impl Into<String>) {
        self.marks.push(Mark { name: name.to_owned(), line: 0, fate, words: words.into() });
    }
}

/// What a service tells traefik, caddy-docker-proxy and nginx-proxy.
pub fn told(service: &Service) -> Told {
    let mut told = Told::default();
    traefik::read(service, &mut told);
    caddy_labels::read(service, &mut told);
    virtual_host::read(service, &mut told);
    told.routes.sort();
    told.routes.dedup();
    told
}

/// Whether a proxy finds the service by what it carries.
pub fn is_labelled(service: &Service) -> bool {
    told(service).marks.iter().any(|mark| {
        let enabled = mark.name == "traefik.enable" && mark.words != ALONE;
        mark.fate == Fate::Route || [UNROUTED, GUARDED].contains(&mark.words.as_str()) || enabled
    })
}

/// The port that a proxy is told.
pub fn labelled_port(service: &Service) -> Option<u16> {
    let routes = told(service).routes;
    let virtual_port = || virtual_host::port(service);
    routes
        .iter()
        .find_map(|route| route.port)
        .or_else(virtual_port)
        .or_else(|| traefik::port(service))
}

/// What is said where traefik is told not to route.
const ALONE: &str = "traefik is told to leave this service alone";

/// What is said of a rule that would have been a route.
const UNROUTED: &str = "its condition is not understood: a route without it would open more";

/// What is said of a rule beside which something keeps requests out.
const GUARDED: &str = "something keeps requests out: a route without it would open more";

impl Route {
    /// A route as most are.
    pub(in crate::import) fn at(host: &str, path: &str, port: Option<u16>) -> Self {
        let (host, path) = (host.to_owned(), path.to_owned());
        Self { host, path, strip_prefix: false, port, manner: Manner::default() }
    }
}

/// The routes of one host and one path prefix: everything below, and the path itself.
fn below(host: &str, prefix: &str, strip_prefix: bool, port: Option<u16>) -> Vec<Route> {
    let bare = prefix.trim_end_matches('/');
    let all = Route { strip_prefix, ..Route::at(host, &format!("{bare}/"), port) };
    // Without its only part a path is empty, which is no path.
    if bare.is_empty() || strip_prefix || prefix.ends_with('/') {
        return vec![all];
    }
    vec![Route::at(host, bare, port), all]
}

/// A name that the internet can have: no pattern, no regular expression.
fn is_host(host: &str) -> bool {
    host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

/// A path that descriptions take as it is.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c))
}
