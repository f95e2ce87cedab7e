//! How a service is reached from outside: routes of the gateway, streams, or no longer.

use std::collections::BTreeSet;

use super::host_network::is_on_host;
use super::{Describing, manual};
use crate::compose::{ComposeFile, Port, Service};
use crate::import::account::Fate;
use crate::import::draft::{DraftStream, Noted};
use crate::import::layout::{Entry, Item};
use crate::import::proxy::{self, protocols};
use crate::import::web::{self, Candidate, Confidence};
use crate::knowledge::Dialect;
use crate::stack::{Bytes, HostName, ImageReference, RoutePath};

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
        let silent = file.services.values().all(is_silent) && !self.proxies.any();
        for candidate in candidates.iter().filter(|one| one.confidence != Confidence::NotKnown) {
            let Some(keys) = file.services.get(&candidate.service) else { continue };
            if is_on_host(keys) || faces.iter().any(|face| face.name == candidate.service) {
                continue;
            }
            if self.was_open(candidate, keys) {
                faces.extend(self.face(candidate));
            } else if silent {
                // Whoever ran the file opened it elsewhere, or nobody reached it.
                let face = self.face(candidate);
                faces.extend(face.map(|face| Face { note: face.note.or(Some(opened())), ..face }));
            } else if is_silent(keys) || !keys.ports.is_empty() {
                self.stays_shut(candidate);
            }
        }
        let first = faces.len();
        for name in self.order() {
            let Some(keys) = file.services.get(&name) else { continue };
            if is_on_host(keys) {
                self.on_host(&name, keys, &candidates);
                continue;
            }
            for port in &keys.ports {
                let door = self.door(&name, port, file);
                self.open(&name, door, &mut faces);
            }
        }
        // The first has the domain: what a browser would meet, not the store behind it.
        let of = |face: &Face| candidates.iter().find(|one| one.service == face.name);
        if let Some(rest) = faces.get_mut(first..) {
            rest.sort_by_key(|face| std::cmp::Reverse(of(face).map(|one| one.score)));
        }
        self.hosts(&faces);
    }

    /// Whether requests from everywhere reached this port of a service: published on every address
    /// that the gateway has, or by a proxy that is told to.
    fn was_open(&self, candidate: &Candidate, keys: &Service) -> bool {
        if !keys.ports.is_empty() && !keys.ports.iter().all(|port| self.is_narrow(port)) {
            let wide = || keys.ports.iter().filter(|port| !self.is_narrow(port));
            let narrow = keys.ports.iter().filter(|port| self.is_narrow(port));
            let number = candidate.port.as_ref().map(|port| port.number.to_string());
            let is = |port: &&Port| Some(&port.container) == number.as_ref();
            return wide().any(|port| is(&port)) || !narrow.into_iter().any(|port| is(&port));
        }
        !proxy::told(keys).routes.is_empty() && !self.proxies.read_labels()
    }

    /// Bound to one address of the host, which is not the gateway's.
    fn is_narrow(&self, port: &Port) -> bool {
        port.bound().is_some() && self.draft.publish.value.is_none()
    }

    /// Say of what seems to face the web that nobody from outside reached it.
    fn stays_shut(&mut self, candidate: &Candidate) {
        let port = candidate.port.as_ref().map(|port| port.number.to_string());
        let port = port.unwrap_or_else(|| "PORT".to_owned());
        let words = format!(
            "not everybody reached it in the original; `port: {port}` and `routes: {{/: {{}}}}` would change that"
        );
        if let Some(service) = self.drafted(&candidate.service) {
            let key = service.base.key();
            service.note(key, manual(words));
        }
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
        if self.is_narrow(port) {
            return Door::Closed(
                "it was open to one address of the host only, and the gateway is open to all",
            );
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
            if routes.is_empty() && !self.labelled(&face.name).is_empty() {
                continue;
            }
            self.further_hosts(face, routes);
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

    /// A path stands once in a service: of the hosts of a proxy that stays, the first leads to it.
    fn further_hosts(&mut self, face: &Face, routes: &[proxy::Route]) {
        let further: Vec<&str> = routes.iter().skip(1).map(|route| route.host.as_str()).collect();
        if self.proxies.reads_labels(&face.name)
            && !further.is_empty()
            && let Some(service) = self.drafted(&face.name)
        {
            let words = format!("no request for {} reaches it any more", further.join(", "));
            service.note("routes", manual(words));
        }
    }

    /// What other proxies were told of a service, as far as paths can be written: what has none
    /// gets no route, and a host that the internet cannot have is the stack's own.
    fn told(&self, face: &Face) -> Vec<proxy::Route> {
        let proxied = self.proxies.routes(&face.name).iter().cloned();
        let labelled = self.labelled(&face.name).into_iter();
        let writable = |path: &str| RoutePath::new(path).is_ok() && !proxy::is_reserved(path);
        let labelled = labelled.filter(|route| writable(&route.path));
        let labelled = labelled.map(|route| match is_public(&route.host) {
            true => route,
            false => proxy::Route { host: String::new(), ..route },
        });
        let mut routes: Vec<_> = proxied.chain(labelled).collect();
        routes.dedup_by(|a, b| a.host == b.host && a.path == b.path);
        routes
    }

    /// The routes in the labels of a service. Where a proxy stays that goes by them, all of their
    /// hosts lead to it.
    fn labelled(&self, name: &str) -> Vec<proxy::Route> {
        let services = &self.original.project.file.services;
        if self.proxies.reads_labels(name) {
            let hosts: BTreeSet<String> = services
                .values()
                .flat_map(|keys| proxy::told(keys).hosts)
                .filter(|host| is_public(host))
                .collect();
            return hosts.iter().map(|host| proxy::Route::at(host, "/", None)).collect();
        }
        match services.get(name) {
            Some(keys) if !self.proxies.read_labels() => proxy::told(keys).routes,
            _ => Vec::new(),
        }
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

/// Largest body where a route says nothing, which is nginx's own limit.
const GATEWAYS: Bytes = Bytes(1 << 20);

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
    // What passes everything through takes large bodies; other routes take what nginx does.
    let said = body.filter(|most| *websocket || *most != GATEWAYS);
    keys.extend(said.map(|most| Entry::new("body", Item::plain(most))));
    let seconds = |time| Entry::new("timeout", Item::plain(format!("{time}s")));
    keys.extend(timeout.map(seconds));
    keys
}

/// A host that the internet can have.
fn is_public(host: &str) -> bool {
    host.contains('.') && HostName::new(host).is_ok()
}

/// Nothing says how requests reach it.
fn is_silent(keys: &Service) -> bool {
    keys.ports.is_empty() && keys.network_mode.is_none() && proxy::told(keys).marks.is_empty()
}

/// A comment on a route of a service that opened no port.
fn opened() -> String {
    manual(
        "nothing in the original opens a port; remove `routes:` where it should not face the web",
    )
}
