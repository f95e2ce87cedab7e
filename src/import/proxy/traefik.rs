//! Labels for traefik: `traefik.http.routers.*`, `.services.*`, `.middlewares.*`, and the `traefik.frontend.*` of
//! version 1.

use std::collections::BTreeMap;

use super::traefik_rule::{self, Path};
use super::{ALONE, Fate, GUARDED, Route, Told, UNROUTED, below, traefik_guard};
use crate::compose::Service;
use crate::import::expression::with_defaults;

/// Read the labels of one service.
pub(super) fn read(service: &Service, told: &mut Told) {
    let labels = labels(service);
    if labels.get("traefik.enable").is_some_and(|value| value == "false") {
        for name in labels.keys() {
            told.mark(name, Fate::Gateway, ALONE);
        }
        return;
    }
    let stripped = stripped(&labels);
    let before = told.routes.len();
    for (name, value) in &labels {
        let parts: Vec<_> = name.split('.').collect();
        match parts.as_slice() {
            ["traefik", "http", "routers", router, "rule"] => {
                rule(&labels, &stripped, router, (name, value), told);
            }
            ["traefik", "frontend", "rule"] => rule(&labels, &stripped, "", (name, value), told),
            _ => {
                let (fate, words) = fate(&parts, value, &stripped);
                told.mark(name, fate, words);
            }
        }
    }
    if traefik_guard::keeps_out(&labels) {
        told.routes.truncate(before);
        for mark in told.marks.iter_mut().filter(|mark| mark.name.ends_with(".rule")) {
            (mark.fate, mark.words) = (Fate::Restriction, GUARDED.to_owned());
        }
    }
}

/// The port in a service's labels.
pub(super) fn port(service: &Service) -> Option<u16> {
    port_of(&labels(service), None)
}

/// Labels for traefik, their names in lower case, as traefik reads them, and variables' defaults.
fn labels(service: &Service) -> BTreeMap<String, String> {
    let named = service.labels.iter().map(|(name, value)| (name.to_lowercase(), value));
    named
        .filter(|(name, _)| name.starts_with("traefik."))
        .map(|(name, value)| (name, with_defaults(value.as_deref().unwrap_or_default())))
        .collect()
}

/// The port of a named service of traefik's, or the only one that is named.
fn port_of(labels: &BTreeMap<String, String>, service: Option<&str>) -> Option<u16> {
    let named = |name: &str| {
        let middle = name.strip_prefix("traefik.http.services.");
        let middle = middle.and_then(|rest| rest.strip_suffix(".loadbalancer.server.port"));
        middle.is_some_and(|found| service.is_none_or(|wanted| wanted == found))
            || name == "traefik.port"
    };
    labels.iter().find(|(name, _)| named(name))?.1.trim().parse().ok()
}

/// Prefixes that middlewares take away, by the middleware's name.
fn stripped(labels: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let prefixes = labels.iter().filter_map(|(name, value)| {
        let rest = name.strip_prefix("traefik.http.middlewares.")?;
        let middleware = rest.strip_suffix(".stripprefix.prefixes")?;
        let prefixes =
            value.split(',').map(|prefix| prefix.trim().trim_end_matches('/').to_owned());
        Some((middleware.to_owned(), prefixes.collect()))
    });
    prefixes.collect()
}

/// One router.
fn rule(
    labels: &BTreeMap<String, String>,
    stripped: &BTreeMap<String, Vec<String>>,
    router: &str,
    (name, rule): (&str, &str),
    told: &mut Told,
) {
    let of = |key: &str| labels.get(&format!("traefik.http.routers.{router}.{key}"));
    told.hosts.extend(traefik_rule::hosts(rule));
    let Some(cases) = traefik_rule::parse(rule) else {
        return told.mark(name, Fate::Restriction, UNROUTED);
    };
    let names = of("middlewares").map(String::as_str).unwrap_or_default();
    let names = names.split(',').map(|name| name.trim().split('@').next().unwrap_or_default());
    let taken: Vec<&String> = names.filter_map(|name| stripped.get(name)).flatten().collect();
    let port = port_of(labels, of("service").map(String::as_str));
    let mut routes = Vec::new();
    for case in cases {
        let any = vec![String::new()];
        for host in if case.hosts.is_empty() { &any } else { &case.hosts } {
            if case.paths.is_empty() {
                routes.extend(below(host, "/", false, port));
            }
            for path in &case.paths {
                routes.extend(of_path(host, path, &taken, port));
            }
        }
    }
    told.routes.extend(routes);
    told.mark(name, Fate::Route, "routes of the gateway");
}

fn of_path(host: &str, path: &Path, taken: &[&String], port: Option<u16>) -> Vec<Route> {
    let strips = |prefix: &str| taken.iter().any(|taken| **taken == prefix.trim_end_matches('/'));
    match path {
        Path::Exact(path) => vec![Route::at(host, path, port)],
        Path::Prefix(prefix) => below(host, prefix, strips(prefix), port),
        Path::Stripped(prefix) => below(host, prefix, true, port),
    }
}

/// What becomes of a label that is no rule.
fn fate(
    parts: &[&str],
    value: &str,
    stripped: &BTreeMap<String, Vec<String>>,
) -> (Fate, &'static str) {
    const TLS: &str = "the gateway's own certificates and redirect take its place";
    const PROXY: &str = "there is no traefik any more";
    match parts {
        ["traefik", "enable" | "port" | "backend"] | ["traefik", "docker", ..] => {
            (Fate::Gateway, PROXY)
        }
        ["traefik", "http", "services", _, "loadbalancer", "server", "port"] => {
            (Fate::Route, "the service's port")
        }
        ["traefik", "http", "services", _, "loadbalancer", "server", "scheme"]
            if value == "http" =>
        {
            (Fate::Gateway, "the gateway speaks HTTP with services")
        }
        ["traefik", "http", "services", _, "loadbalancer", "passhostheader"] if value == "true" => {
            (Fate::Gateway, "the gateway hands the host on")
        }
        ["traefik", "http", "routers", _, "tls", "options"] => {
            (Fate::Restriction, "it may ask clients for certificates")
        }
        ["traefik", "http", "routers", _, "entrypoints"] if !traefik_guard::is_open(value) => {
            (Fate::Restriction, "who reaches these entry points is not known")
        }
        ["traefik", "http", "routers", _, "entrypoints" | "tls" | "priority" | "rulesyntax"]
        | ["traefik", "http", "routers", _, "tls", ..] => (Fate::Gateway, TLS),
        ["traefik", "http", "routers", _, "service"] => (Fate::Route, "the service's port"),
        ["traefik", "http", "routers", _, "middlewares"] => middlewares(value, stripped),
        ["traefik", "http", "middlewares", _, "redirectscheme", ..] => (Fate::Gateway, TLS),
        ["traefik", "http", "middlewares", _, "stripprefix", "prefixes"] => {
            (Fate::Route, "`strip_prefix` of the routes")
        }
        ["traefik", "http", "middlewares", _, "compress", ..] => {
            (Fate::Left, "the gateway does not compress")
        }
        ["traefik", "http", "middlewares", _, kind, ..] if traefik_guard::refuses(kind) => {
            (Fate::Restriction, "it kept requests out: give the routes `auth`, `allow` or `rate`")
        }
        ["traefik", "frontend", "auth" | "entrypoints" | "ratelimit" | "whitelist", ..] => {
            (Fate::Restriction, "it kept requests out: give the routes `auth`, `allow` or `rate`")
        }
        ["traefik", "tcp" | "udp", ..] => (Fate::Left, "it is not HTTP: write a stream"),
        _ => (Fate::Left, "the gateway has no word for it"),
    }
}

/// A router's middlewares: those of other places are not seen.
fn middlewares(value: &str, stripped: &BTreeMap<String, Vec<String>>) -> (Fate, &'static str) {
    let known =
        |name: &str| stripped.contains_key(name.trim().split('@').next().unwrap_or_default());
    if value.split(',').all(known) {
        return (Fate::Route, "`strip_prefix` of the routes");
    }
    (Fate::Restriction, "what its middlewares keep out is not carried over: see each of them")
}
