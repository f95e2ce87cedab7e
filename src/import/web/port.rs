//! The port on which a service serves HTTP, by votes: every place that names one gives it weight.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{Scene, Service};
use super::{settings, table};
use crate::compose::Port;
use crate::import::expression;
use crate::import::proxy::protocols;

/// A port and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPort {
    /// Inside the container.
    pub number: u16,
    /// For people: "setting PORT".
    pub from: String,
    /// Weight of the votes for it.
    pub weight: i32,
}

/// The port with most votes; of equals the one that serves HTTP more often, then the lower.
pub(super) fn find(scene: &Scene<'_>, service: &Service<'_>) -> Option<FoundPort> {
    let mut votes = Votes::default();
    labels(service, &mut votes);
    written(service, &mut votes);
    own_settings(service, &mut votes);
    command(service, &mut votes);
    health(service, &mut votes);
    mentions(scene, service, &mut votes);
    known(service, &mut votes);
    votes.best()
}

/// Port to (weight, where from).
#[derive(Default)]
struct Votes(BTreeMap<u16, (i32, i32, String)>);

impl Votes {
    fn add(&mut self, port: u16, weight: i32, from: impl Into<String>) {
        let vote = self.0.entry(port).or_insert_with(|| (0, 0, String::new()));
        vote.0 += weight;
        if weight > vote.1 {
            (vote.1, vote.2) = (weight, from.into());
        }
    }

    fn best(self) -> Option<FoundPort> {
        let best = self
            .0
            .into_iter()
            .max_by_key(|(port, (weight, ..))| (*weight, usual(*port), std::cmp::Reverse(*port)));
        best.filter(|(_, (weight, ..))| *weight > 0).map(|(number, (weight, _, from))| FoundPort {
            number,
            from,
            weight,
        })
    }
}

/// How often a port serves HTTP: 80 six points, development servers' five, unknown ones one. On 443
/// browsers are served too, but by TLS: where 80 is open as well, that is the one to ask.
pub(super) fn usual(port: u16) -> i32 {
    match port {
        80 => 6,
        3000 | 5000 | 8000 | 8080 => 5,
        443 | 1337 | 3001 | 4000 | 5173 | 8081 | 8088 | 8090 | 8888 | 9000 => 4,
        8443 => 2,
        _ if protocols::not_http(port).is_some() => -4,
        _ => 1,
    }
}

/// What other proxies are told.
fn labels(service: &Service<'_>, votes: &mut Votes) {
    if let Some(port) = crate::import::proxy::labelled_port(service.written) {
        votes.add(port, 100, "labels or settings for a proxy");
    }
}

/// `ports:` and `expose:`.
fn written(service: &Service<'_>, votes: &mut Votes) {
    let listens = entry_points(service);
    let answers = |port: &Published| {
        port.may_be_http() && (listens.is_empty() || listens.contains(&port.container))
    };
    for port in tcp_ports(&service.written.ports).into_iter().filter(answers) {
        let weight = if port.host.is_some_and(|host| matches!(host, 80 | 443)) { 2 } else { 0 };
        votes.add(port.container, 30 + usual(port.container) + weight, "ports");
    }
    for port in exposed(service).into_iter().filter(|port| protocols::not_http(*port).is_none()) {
        votes.add(port, 20 + usual(port), "expose");
    }
}

/// Ports on which a traefik listens, where its options say so: on those that it publishes besides
/// nobody answers (doc.traefik.io, static configuration, `entryPoints.NAME.address`).
fn entry_points(service: &Service<'_>) -> BTreeSet<u16> {
    if !service.repository().ends_with("traefik") {
        return BTreeSet::new();
    }
    let address = |word: &String| {
        let word = word.trim_start_matches('-').to_lowercase();
        let (name, at) = word.split_once('=')?;
        let named = name.starts_with("entrypoints.") && name.ends_with(".address");
        let at = at.strip_suffix("/tcp").unwrap_or(at);
        named.then(|| settings::port_of(at)).flatten()
    };
    service.command().iter().filter_map(address).collect()
}

fn own_settings(service: &Service<'_>, votes: &mut Votes) {
    for (name, value) in &service.settings {
        if settings::names_own_port(name)
            && let Some(port) = settings::port_of(&expression::with_defaults(value))
            && protocols::not_http(port).is_none()
        {
            votes.add(port, 15, format!("setting {name}"));
        }
    }
}

/// `--port 8080`, `-p=8080`, `0.0.0.0:8080`.
fn command(service: &Service<'_>, votes: &mut Votes) {
    let words = service.command();
    for (at, word) in words.iter().enumerate() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (word.as_str(), words.get(at + 1).map(String::as_str)),
        };
        let flag = flag.trim_start_matches('-');
        let named = matches!(
            flag,
            "port"
                | "http-port"
                | "server-port"
                | "listen"
                | "bind"
                | "addr"
                | "address"
                | "http.port"
                | "server.port"
                | "http-address"
                | "webui-port"
                | "web.listen-address"
        );
        if word.starts_with('-')
            && (named || (flag == "p" && word.starts_with("-p")))
            && let Some(port) = value.and_then(settings::port_of)
        {
            votes.add(port, 18, format!("command `--{flag}`"));
        }
    }
}

/// `curl http://localhost:3000/health`.
fn health(service: &Service<'_>, votes: &mut Votes) {
    let words = service.health().join(" ");
    for host in ["localhost", "127.0.0.1", "0.0.0.0", service.name] {
        for port in settings::http_ports(&words, host) {
            votes.add(port, 9, "health check");
        }
    }
}

/// `API_URL: http://api:3000` of another service.
fn mentions(scene: &Scene<'_>, service: &Service<'_>, votes: &mut Votes) {
    for other in scene.others(service.name) {
        for (name, value) in &other.settings {
            for port in settings::http_ports(&expression::with_defaults(value), service.name) {
                votes.add(port, 8, format!("setting {name} of {}", other.name));
            }
        }
    }
}

/// What is known of the image.
fn known(service: &Service<'_>, votes: &mut Votes) {
    if let Some(port) = of_image(service) {
        votes.add(port, 10, "what is known of the image");
    } else if let Some(port) = service.image.as_ref().and_then(table::namesake) {
        votes.add(port, 4, "an image of the same name");
    }
}

/// The port of an image that is known; one that carries something else is not the one asked for.
pub(super) fn of_image(service: &Service<'_>) -> Option<u16> {
    let http = |port: &u16| protocols::not_http(*port).is_none();
    let known = service.facts.port.filter(http);
    known.or_else(|| service.image.as_ref().and_then(table::port))
}

/// A TCP port of `ports:`.
pub(super) struct Published {
    /// The host's; none: any free one.
    pub(super) host: Option<u16>,
    pub(super) container: u16,
    /// Whether the same number is published by UDP as well.
    twin: bool,
}

impl Published {
    /// Not where another protocol lives, nor where TCP and UDP are published side by side, as games,
    /// names and file exchange do; but HTTP/3 is HTTP (RFC 9114).
    pub(super) fn may_be_http(&self) -> bool {
        protocols::not_http(self.container).is_none() && (!self.twin || self.container == 443)
    }
}

/// Ports that are published by TCP; of a range the first.
pub(super) fn tcp_ports(ports: &[Port]) -> Vec<Published> {
    let plain: Vec<Port> = ports.iter().filter_map(plain).collect();
    let first = |text: &str| text.split('-').next()?.parse::<u16>().ok();
    let read = |port: &Port| {
        let container = first(&port.container)?;
        let same =
            |other: &&Port| other.protocol == "udp" && first(&other.container) == Some(container);
        let twin = plain.iter().any(|other| same(&other));
        Some(Published { host: first(&port.host), container, twin })
    };
    plain.iter().filter(|port| port.protocol == "tcp").filter_map(read).collect()
}

/// A port with its variables' defaults.
fn plain(port: &Port) -> Option<Port> {
    let container = expression::with_defaults(&port.container);
    if port.host.is_empty() && container.contains([':', '/']) {
        return Port::parse(&container).ok();
    }
    Some(Port { container, host: expression::with_defaults(&port.host), ..port.clone() })
}

/// Ports of `expose:`.
pub(super) fn exposed(service: &Service<'_>) -> Vec<u16> {
    let listed = service.written.carried.get("expose").and_then(serde_json::Value::as_array);
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let read = |value| {
        let text = expression::with_defaults(&text(value));
        let (number, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        (protocol == "tcp").then(|| number.split('-').next()?.parse::<u16>().ok()).flatten()
    };
    listed.into_iter().flatten().filter_map(read).collect()
}
