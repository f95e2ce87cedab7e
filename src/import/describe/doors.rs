//! How a service is reached from outside: routes of the gateway, streams, or no longer.

use super::{Describing, manual};
use crate::compose::{ComposeFile, Port};
use crate::import::account::Fate;
use crate::import::draft::{DraftStream, Noted};
use crate::import::layout::{Entry, Item};
use crate::knowledge::Dialect;
use crate::stack::ImageReference;

/// Ports of protocols other than HTTP (IANA service names and port numbers).
const NOT_HTTP: [u16; 22] = [
    21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 853, 993, 995, 1025, 1883, 2222, 4222, 5060,
    5222, 5672, 8883, 25565,
];

/// What a port of the original becomes.
enum Door {
    Web(u16),
    Stream(u16, u16, &'static str),
    Closed(&'static str),
}

impl Describing<'_> {
    /// Routes and streams of all services.
    pub(super) fn doors(&mut self, file: &ComposeFile) {
        let mut web: Vec<(String, u16)> = Vec::new();
        for name in self.order() {
            let Some(keys) = file.services.get(&name) else { continue };
            for port in &keys.ports {
                match self.door(&name, port, file) {
                    Door::Web(port) => {
                        let words = "requests come through the gateway".to_owned();
                        self.say(&name, &["ports"], Fate::Gateway(words));
                        if !web.iter().any(|(one, _)| *one == name) {
                            web.push((name.clone(), port));
                        }
                    }
                    Door::Stream(host, target, transport) => {
                        self.stream(&name, host, target, transport)
                    }
                    Door::Closed(words) => self.dropped(&name, &["ports"], words),
                }
            }
        }
        self.hosts(&web);
    }

    fn door(&self, name: &str, port: &Port, file: &ComposeFile) -> Door {
        let Port { address: _, host, container, protocol, further: _ } = port;
        let Ok(target) = container.parse::<u16>() else {
            return Door::Closed("a range of ports: name each one below `streams:`");
        };
        let outer = host.parse::<u16>().unwrap_or(target);
        let image = file.services.get(name).and_then(|keys| keys.image.clone()).unwrap_or_default();
        let known = ImageReference::parse(&image).ok().and_then(|image| self.known(&image));
        if known.as_ref().is_some_and(|(known, _)| known.dialect != Dialect::None) {
            return Door::Closed(
                "a database is reached by the services that need it; a stream would open it again",
            );
        }
        match (protocol.as_str(), NOT_HTTP.contains(&target)) {
            ("udp", _) => Door::Stream(outer, target, "udp"),
            (_, true) => Door::Stream(outer, target, "tcp"),
            _ => Door::Web(target),
        }
    }

    fn stream(&mut self, name: &str, host: u16, target: u16, transport: &str) {
        // The gateway listens there itself.
        let host = if [80, 443, 8080, 8081, 8443].contains(&host) { host + 10_000 } else { host };
        let port = format!("{host}/{transport}");
        self.say(
            name,
            &["ports"],
            Fate::Gateway("passed on as it comes, below `streams:`".to_owned()),
        );
        if self.draft.streams.iter().any(|stream| stream.port == port) {
            return;
        }
        let service = self.names.of_service(name);
        let reason =
            format!("the original publishes port {host} of {service}, which HTTP cannot carry");
        let note = vec![manual("say what it is for, or remove it")];
        self.draft.streams.push(DraftStream { port, service, target, reason, note });
    }

    /// A host for each service that faces the web: the first has the domain.
    fn hosts(&mut self, web: &[(String, u16)]) {
        let domain = format!("{}.example.com", self.draft.name);
        self.draft.domain = Noted {
            value: domain.clone(),
            note: vec![manual("the public host, which the original does not name")],
        };
        for (at, (name, port)) in web.iter().enumerate() {
            let service = self.names.of_service(name);
            let mut keys = Vec::new();
            if at > 0 {
                self.draft.hosts.insert(service.clone(), format!("{service}.{domain}"));
                keys.push(Entry::new("host", Item::text(&service)));
            }
            keys.push(Entry::new("websocket", Item::plain(true)));
            keys.push(Entry::new("errors", Item::text("own")));
            let port = *port;
            if let Some(service) = self.drafted(name) {
                service.port = Some(port);
                service.routes.push(("/".to_owned(), Noted::plain(keys)));
            }
        }
        if !self.draft.hosts.is_empty() {
            self.draft.hosts_note = vec![manual(
                "further services that had ports of their own; remove those that nobody should reach",
            )];
        }
    }
}
