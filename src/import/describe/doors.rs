//! How a service is reached from outside: routes of the gateway, streams, or no longer.

use super::{Describing, manual};
use crate::compose::{ComposeFile, Port};
use crate::import::account::Fate;
use crate::import::draft::{DraftStream, Noted};
use crate::import::layout::{Entry, Item};
use crate::import::proxy::{self, protocols};
use crate::import::web::{self, Candidate, Confidence};
use crate::knowledge::Dialect;
use crate::stack::{HostName, ImageReference, RoutePath};

/// Ports of the gateway: on the host, and those on which it listens in its container.
const TAKEN: [u16; 5] = [80, 443, 8080, 8081, 8443];
/// Ports of HTTP over TLS.
const ENCRYPTED: [u16; 2] = [443, 8443];

/// What a port of the original becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Requests of the web.
    Web(u16),
    /// Passed on as it comes: port of the host, of the container, transport.
    Stream(u16, u16, &'static str),
    /// No longer open, because of what.
    Closed(&'static str),
}

/// A service that faces the web.
struct Face {
    name: String,
    port: u16,
    /// A comment on the port, where it is not certain.
    note: Option<String>,
}

impl Describing<'_> {
    /// Routes and streams of all services.
    pub(super) fn doors(&mut self, file: &ComposeFile) {
        let candidates = web::candidates(self.original.project, self.knowledge);
        let mut faces: Vec<Face> = self.proxied(&candidates);
        let found = candidates.iter().filter(|one| one.confidence != Confidence::NotKnown);
        for candidate in found {
            // What stood behind a proxy only stays as closed as it was.
            let open = file
                .services
                .get(&candidate.service)
                .is_some_and(|keys| !keys.ports.is_empty() || !proxy::told(keys).routes.is_empty());
            let face = faces.iter().any(|face| face.name == candidate.service);
            if !face && (open || !self.proxies.any_gone()) {
                faces.extend(self.face(candidate));
            }
        }
        for name in self.order() {
            let Some(keys) = file.services.get(&name) else { continue };
            for port in &keys.ports {
                let door = self.door(&name, port, file);
                self.open(&name, door, &mut faces);
            }
        }
        self.hosts(&faces);
    }

    /// The services that a proxy which is left out handed requests on to.
    fn proxied(&mut self, candidates: &[Candidate]) -> Vec<Face> {
        let found = |name: &str| {
            let one = candidates.iter().find(|one| one.service == name)?;
            one.port.as_ref().map(|port| port.number)
        };
        let mut faces = Vec::new();
        let targets: Vec<_> =
            self.proxies.targets().map(|(name, port)| (name.clone(), port)).collect();
        for (name, told) in targets {
            match told.or_else(|| found(&name)) {
                Some(port) => faces.push(Face { name, port, note: None }),
                None => self.portless(&name),
            }
        }
        faces
    }

    /// Ask for the port of a service that faces the web.
    fn portless(&mut self, name: &str) {
        let words = "it seems to face the web, but on which port is not known: add `port:` and `routes: {/: {}}`";
        if let Some(service) = self.drafted(name) {
            let key = service.base.key();
            service.note(key, manual(words));
        }
    }

    /// Where every port was published for the host alone, the gateway is too.
    pub(super) fn loopback(&mut self, file: &ComposeFile) {
        let ports = || file.services.values().flat_map(|service| &service.ports);
        if ports().next().is_some() && ports().all(is_loopback) {
            let note = "as every port of the original: reachable from this host only".to_owned();
            self.draft.publish = Noted { value: Some("127.0.0.1".to_owned()), note: vec![note] };
        }
    }

    fn face(&mut self, candidate: &Candidate) -> Option<Face> {
        let name = candidate.service.clone();
        let Some(port) = &candidate.port else {
            self.portless(&name);
            return None;
        };
        let note = (candidate.confidence == Confidence::Likely).then(|| {
            let reasons = candidate.reasons.iter().filter(|reason| reason.points > 0);
            let reasons: Vec<&str> = reasons.take(2).map(|reason| reason.words.as_str()).collect();
            manual(format!(
                "it seems to face the web ({}); remove `routes:` where it does not",
                reasons.join("; ")
            ))
        });
        Some(Face { name, port: port.number, note })
    }

    fn door(&self, name: &str, port: &Port, file: &ComposeFile) -> Door {
        let Port { address: _, host, container, protocol, further: _ } = port;
        let Ok(target) = container.parse::<u16>() else {
            return Door::Closed("a range of ports: name each one below `streams:`");
        };
        if is_loopback(port) && self.draft.publish.value.is_none() {
            return Door::Closed("it was open to this host only, and the gateway is open to all");
        }
        let outer = host.parse::<u16>().unwrap_or(target);
        let image = file.services.get(name).and_then(|keys| keys.image.clone()).unwrap_or_default();
        let known = ImageReference::parse(&image).ok().and_then(|image| self.known(&image));
        if known.as_ref().is_some_and(|(known, _)| known.dialect != Dialect::None) {
            return Door::Closed(
                "a database is reached by the services that need it; a stream would open it again",
            );
        }
        match (protocol.as_str(), protocols::not_http(target)) {
            ("udp", _) => Door::Stream(outer, target, "udp"),
            (_, Some(_)) => Door::Stream(outer, target, "tcp"),
            _ => Door::Web(target),
        }
    }

    fn open(&mut self, name: &str, door: Door, faces: &mut Vec<Face>) {
        match door {
            Door::Closed(words) => self.dropped(name, &["ports"], words),
            Door::Stream(host, target, transport) => self.stream(name, host, target, transport),
            Door::Web(port) => {
                let words = "requests come through the gateway, which encrypts".to_owned();
                self.say(name, &["ports"], Fate::Gateway(words));
                let there = faces.iter().find(|face| face.name == name).map(|face| face.port);
                match there {
                    None => faces.push(Face { name: name.to_owned(), port, note: None }),
                    Some(one) if one == port || ENCRYPTED.contains(&port) => {}
                    Some(_) => self.stream(name, port, port, "tcp"),
                }
            }
        }
    }

    fn stream(&mut self, name: &str, host: u16, target: u16, transport: &str) {
        let free = if TAKEN.contains(&host) { host.saturating_add(10_000) } else { host };
        let port = format!("{free}/{transport}");
        let words = "passed on as it comes, below `streams:`".to_owned();
        self.say(name, &["ports"], Fate::Gateway(words));
        if self.draft.streams.iter().any(|stream| stream.port == port) {
            return;
        }
        let service = self.names.of_service(name);
        let protocol = match transport {
            "udp" => "UDP",
            _ => protocols::not_http(target).unwrap_or("a further port of its own"),
        };
        let reason = format!("{service} had port {host} open to everybody: {protocol}");
        let note = vec![manual("say who uses it, or remove it")];
        self.draft.streams.push(DraftStream { port, service, target, reason, note });
    }

    /// A host for each service that faces the web: the first has the domain.
    fn hosts(&mut self, faces: &[Face]) {
        let told: Vec<Vec<proxy::Route>> = faces.iter().map(|face| self.told(face)).collect();
        let named = told.iter().flatten().find(|route| !route.host.is_empty());
        let domain = match named {
            Some(route) => Noted::plain(route.host.clone()),
            None => {
                let words = match faces.first() {
                    Some(_) => "the public host, which the original does not name",
                    None => {
                        "nothing in the original faces the web; what does gets `port:` and `routes:`"
                    }
                };
                let value = format!("{}.example.com", self.draft.name);
                Noted { value, note: vec![manual(words)] }
            }
        };
        self.draft.domain = domain.clone();
        let mut first = told.iter().all(|routes| routes.is_empty());
        for (face, routes) in faces.iter().zip(&told) {
            let own =
                if routes.is_empty() { vec![self.whole(face, first)] } else { routes.clone() };
            first &= !routes.is_empty();
            self.routes(face, &own, &domain.value);
        }
        if !self.draft.hosts.is_empty() {
            let words = "had ports of their own; remove those that nobody should reach";
            self.draft.hosts_note = vec![manual(words)];
        }
    }

    /// What other proxies were told of a service, as far as hosts and paths can be written.
    fn told(&self, face: &Face) -> Vec<proxy::Route> {
        let services = &self.original.project.file.services;
        let routes = services.get(&face.name).map(|keys| proxy::told(keys).routes);
        let valid = |route: &proxy::Route| {
            let host = route.host.is_empty()
                || route.host.contains('.') && HostName::new(route.host.as_str()).is_ok();
            host && RoutePath::new(route.path.as_str()).is_ok()
        };
        let proxied = self.proxies.routes(&face.name).iter().cloned();
        let labelled = routes.unwrap_or_default().into_iter().filter(valid);
        let mut routes: Vec<_> = proxied.chain(labelled).collect();
        routes.dedup_by(|a, b| a.host == b.host && a.path == b.path);
        routes
    }

    /// Everything of a host of its own; the first service has the domain.
    fn whole(&mut self, face: &Face, first: bool) -> proxy::Route {
        let service = self.names.of_service(&face.name);
        let host = match first {
            true => String::new(),
            false => {
                let host = format!("{service}.{}.example.com", self.draft.name);
                self.draft.hosts.insert(service.clone(), host);
                service
            }
        };
        proxy::Route::at(&host, "/", None)
    }

    fn routes(&mut self, face: &Face, routes: &[proxy::Route], domain: &str) {
        for route in routes {
            let mut keys = Vec::new();
            if !route.host.is_empty() && route.host != domain {
                keys.push(Entry::new("host", Item::text(&route.host)));
            }
            if route.strip_prefix {
                keys.push(Entry::new("strip_prefix", Item::plain(true)));
            }
            keys.extend(manner(&route.manner));
            keys.push(Entry::new("errors", Item::text("own")));
            let taken = |one: &str| {
                self.draft.services.iter().any(|service| {
                    service
                        .routes
                        .iter()
                        .any(|(path, had)| path == one && had.value.first() == keys.first())
                })
            };
            let taken = taken(&route.path);
            let Some(service) = self.drafted(&face.name) else { continue };
            service.port = Some(face.port);
            // A path stands once in a service.
            let own = service.routes.iter().any(|(path, _)| *path == route.path);
            if !own && !taken {
                service.routes.push((route.path.clone(), Noted::plain(keys)));
            }
            if let Some(note) = &face.note {
                service.note("routes", note.clone());
            }
        }
    }
}

/// What a route says of its requests.
fn manner(manner: &proxy::Manner) -> Vec<Entry> {
    let proxy::Manner { websocket, buffering, body, timeout } = manner;
    let mut keys = Vec::new();
    if *websocket {
        keys.push(Entry::new("websocket", Item::plain(true)));
    }
    if !buffering {
        keys.push(Entry::new("buffering", Item::plain(false)));
    }
    keys.extend(body.map(|most| Entry::new("body", Item::plain(most))));
    let seconds = |time| Entry::new("timeout", Item::plain(format!("{time}s")));
    keys.extend(timeout.map(seconds));
    keys
}

fn is_loopback(port: &Port) -> bool {
    port.address.starts_with("127.") || port.address == "::1"
}
