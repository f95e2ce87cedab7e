//! Public addresses in settings: `http://localhost:3000` of the original is the gateway's here.

use super::Describing;
use crate::compose::{ComposeFile, Port};
use crate::import::account::Fate;
use crate::import::draft::DraftService;
use crate::import::layout::Item;

/// What led to a published port from the machine itself.
const LOCAL: [(&str, u16); 4] = [
    ("http://localhost", 80),
    ("http://127.0.0.1", 80),
    ("https://localhost", 443),
    ("https://127.0.0.1", 443),
];

/// A published port that became a route of everything: the service, its port, the public address.
struct Published {
    host_port: u16,
    container_port: u16,
    service: String,
    address: String,
}

impl Describing<'_> {
    /// Settings that name a published port by `localhost` name the public address instead. A
    /// service may mean itself where both ports are the same, or where none is written: its
    /// setting's name decides.
    pub(super) fn addresses(&mut self, file: &ComposeFile) {
        let published = self.published(file);
        for original in file.services.keys() {
            let name = self.names.of_service(original);
            let services = &mut self.draft.services;
            let Some(service) = services.iter_mut().find(|one| one.name == name) else { continue };
            for (setting, value) in &mut service.settings {
                let Some(text) = &mut value.value else { continue };
                let address = |port: u16, is_written: bool| {
                    let one = published.iter().find(|one| one.host_port == port)?;
                    let apart = one.service != name || one.host_port != one.container_port;
                    let is_meant = is_public(setting) || (is_written && apart);
                    is_meant.then_some(one.address.as_str())
                };
                let Some(replaced) = replaced(text, address) else { continue };
                *text = replaced;
                let words = "the public address is the gateway's".to_owned();
                let path = ["services", original, "environment", setting];
                self.account.correct(&path, Fate::Kept(words));
            }
        }
    }

    fn published(&self, file: &ComposeFile) -> Vec<Published> {
        let mut found = Vec::new();
        for (original, keys) in &file.services {
            let name = self.names.of_service(original);
            let Some(service) = self.draft.services.iter().find(|one| one.name == name) else {
                continue;
            };
            let Some(address) = self.address(service) else { continue };
            let numbers =
                |port: &Port| Some((port.host.parse().ok()?, port.container.parse().ok()?));
            for (host_port, container_port) in keys.ports.iter().filter_map(numbers) {
                if Some(container_port) == service.port {
                    let (service, address) = (name.clone(), address.clone());
                    found.push(Published { host_port, container_port, service, address });
                }
            }
        }
        found
    }

    /// The address of a service that has all of a host, as a description writes it.
    fn address(&self, service: &DraftService) -> Option<String> {
        let (_, keys) = service.routes.iter().find(|(path, _)| path == "/")?;
        let host = keys.value.iter().find(|key| key.key == "host");
        Some(match host.map(|key| &key.value) {
            None => "{{ url }}".to_owned(),
            Some(Item::Text(host)) if self.draft.hosts.contains_key(host) => {
                format!("{{{{ urls.{host} }}}}")
            }
            Some(Item::Text(host)) => format!("https://{host}"),
            Some(_) => return None,
        })
    }
}

/// Words in names of settings that hold the address by which a browser comes.
const PUBLIC: [&str; 14] = [
    "PUBLIC",
    "EXTERNAL",
    "ROOT",
    "BASE",
    "SITE",
    "NEXTAUTH",
    "FRONTEND",
    "ORIGIN",
    "CORS",
    "APP_URL",
    "SERVER_URL",
    "WEB_URL",
    "CALLBACK",
    "REDIRECT",
];

fn is_public(setting: &str) -> bool {
    let name = setting.to_ascii_uppercase();
    !name.contains("INTERNAL") && PUBLIC.iter().any(|word| name.contains(word))
}

/// The text with every local address replaced for which there is another, by port and whether that
/// is written; none where there is no such.
fn replaced<'a>(text: &str, address: impl Fn(u16, bool) -> Option<&'a str>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut any = false;
    let next = |rest: &str| {
        let found = LOCAL.iter().filter_map(|(lead, port)| Some((rest.find(lead)?, *lead, *port)));
        found.min()
    };
    while let Some((at, lead, usual)) = next(rest) {
        let (before, from) = rest.split_at(at);
        let (local, behind) = local(from, lead);
        let digits = local.get(lead.len() + 1..);
        let port = digits.map_or(Some(usual), |digits| digits.parse().ok());
        let goes_on = behind.starts_with(|c: char| c.is_alphanumeric() || ".-_:@".contains(c));
        let found = port.filter(|_| !goes_on).and_then(|port| address(port, digits.is_some()));
        any |= found.is_some();
        out.push_str(before);
        out.push_str(found.unwrap_or(local));
        rest = behind;
    }
    out.push_str(rest);
    any.then_some(out)
}

/// `lead` with the port behind it, and what follows.
fn local<'a>(text: &'a str, lead: &str) -> (&'a str, &'a str) {
    let behind = text.get(lead.len()..).unwrap_or_default();
    let digits = behind.strip_prefix(':').unwrap_or_default();
    let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    text.split_at(lead.len() + if count > 0 { count + 1 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ports_are_replaced() {
        let address = |port: u16, is_written: bool| match (port, is_written) {
            (3000, true) | (80, false) => Some("{{ url }}"),
            _ => None,
        };
        for (text, expected) in [
            ("http://localhost:3000", Some("{{ url }}")),
            ("https://127.0.0.1:3000/x,http://localhost:4", Some("{{ url }}/x,http://localhost:4")),
            ("http://localhost/a http://localhost", Some("{{ url }}/a {{ url }}")),
            ("https://localhost", None),
            ("http://localhost:80", None),
            ("http://localhost:30000", None),
            ("http://localhost:3000.example", None),
            ("http://localhost:x http://localhost.example http://localhosted", None),
            ("localhost:3000", None),
        ] {
            assert_eq!(replaced(text, address).as_deref(), expected, "{text}");
        }
    }
}
