//! Labels for caddy-docker-proxy: `caddy: HOST`, `caddy.reverse_proxy: "{{upstreams 8080}}"`.
//!
//! Their grammar is the Caddyfile's with dots for braces (lucaslorentz/caddy-docker-proxy, README).

use std::collections::BTreeMap;

use super::{Fate, GUARDED, Told, UNROUTED, below, is_host, is_path};
use crate::compose::Service;
use crate::import::expression::with_defaults;

/// Read the labels of one service: each prefix `caddy`, `caddy_0`, ... is a site.
pub(super) fn read(service: &Service, told: &mut Told) {
    let mut sites: BTreeMap<&str, BTreeMap<&str, (&str, String)>> = BTreeMap::new();
    for (name, value) in service.labels.iter() {
        let (site, key) = name.split_once('.').unwrap_or((name, ""));
        let number = site.strip_prefix("caddy").and_then(|rest| match rest {
            "" => Some(""),
            rest => rest.strip_prefix('_'),
        });
        if number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit())) {
            let value = with_defaults(value.as_deref().unwrap_or_default());
            sites.entry(site).or_default().insert(key, (name, value));
        }
    }
    for labels in sites.values() {
        self::site(labels, told);
    }
}

/// One site: directive to (label's name, value); the site's own addresses stand under "".
fn site(labels: &BTreeMap<&str, (&str, String)>, told: &mut Told) {
    let addresses = labels.get("").map(|(_, value)| value.as_str()).unwrap_or_default();
    let hosts = hosts(addresses);
    told.hosts.extend(hosts.iter().flatten().filter(|host| !host.is_empty()).cloned());
    let (routes, marks) = (told.routes.len(), told.marks.len());
    for (key, (name, value)) in labels {
        let plain = key.split('.').map(bare).collect::<Vec<_>>();
        match (plain.as_slice(), &hosts) {
            ([""], Some(_)) => told.mark(name, Fate::Route, "the hosts of the routes"),
            ([""], None) => told.mark(name, Fate::Restriction, UNROUTED),
            (["reverse_proxy"], Some(hosts)) => proxied(hosts, (name, value), None, told),
            (["handle_path", "reverse_proxy"], Some(hosts)) => {
                let block = key.split('.').next().unwrap_or_default();
                let path = labels.get(block).map(|(_, path)| path.as_str());
                proxied(hosts, (name, value), Some(path.unwrap_or_default()), told);
            }
            (["handle_path"], Some(_)) => {
                told.mark(name, Fate::Route, "`strip_prefix` of the routes")
            }
            (["tls"] | ["tls", "dns" | "issuer" | "protocols" | "resolvers", ..], _) => {
                told.mark(name, Fate::Gateway, "the gateway's own certificates")
            }
            (["encode"], _) => told.mark(name, Fate::Left, "the gateway does not compress"),
            (["header" | "log" | "root" | "file_server" | "redir", ..], _) => {
                told.mark(name, Fate::Left, "the gateway has no word for it");
            }
            _ => {
                told.mark(
                    name,
                    Fate::Restriction,
                    "it may have kept requests out: give the routes `auth` or `allow`",
                );
            }
        }
    }
    // What one line guards may lie below any of the routes.
    let own = told.marks.get_mut(marks..).unwrap_or_default();
    if own.iter().any(|mark| mark.fate == Fate::Restriction) {
        told.routes.truncate(routes);
        for mark in own.iter_mut().filter(|mark| mark.fate == Fate::Route) {
            (mark.fate, mark.words) = (Fate::Restriction, GUARDED.to_owned());
        }
    }
}

/// `0_reverse_proxy` as `reverse_proxy`: the number gives the order.
fn bare(directive: &str) -> &str {
    match directive.split_once('_') {
        Some((number, rest)) if number.chars().all(|c| c.is_ascii_digit()) => rest,
        _ => directive,
    }
}

/// `https://a.example, b.example` as two hosts; an empty one where a variable stands for it.
fn hosts(addresses: &str) -> Option<Vec<String>> {
    let hosts = addresses.split([',', ' ']).filter(|host| !host.is_empty()).map(|host| {
        let host = host.trim_start_matches("https://").trim_start_matches("http://");
        let host = host.split_once(':').map_or(host, |(host, _)| host);
        is_host(host).then(|| host.to_owned())
    });
    let hosts = hosts.collect::<Option<Vec<_>>>()?;
    Some(if hosts.is_empty() { vec![String::new()] } else { hosts })
}

/// `/api/* {{upstreams 8080}}`.
fn proxied(hosts: &[String], (name, value): (&str, &str), block: Option<&str>, told: &mut Told) {
    let (path, upstreams) = match value.split_once("{{") {
        Some((path, upstreams)) => (path.trim(), upstreams.trim_end_matches('}').trim()),
        None => return told.mark(name, Fate::Left, "it names no upstream of this service"),
    };
    let path = block.unwrap_or(path);
    let path = path.strip_suffix('*').unwrap_or(if path.is_empty() { "/" } else { path });
    let port = upstreams.strip_prefix("upstreams").map(str::trim);
    let port = port.map(|port| port.split_whitespace().last().unwrap_or_default());
    match port.map(|port| (port.is_empty(), port.parse::<u16>())) {
        Some((empty, number)) if is_path(path) && (empty || number.is_ok()) => {
            let routes = hosts.iter();
            told.routes.extend(
                routes.flat_map(|host| below(host, path, block.is_some(), number.clone().ok())),
            );
            told.mark(name, Fate::Route, "routes of the gateway");
        }
        _ => told.mark(name, Fate::Restriction, UNROUTED),
    }
}
