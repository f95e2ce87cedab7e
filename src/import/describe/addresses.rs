//! Public addresses in settings: `http://localhost:3000` of the original is the gateway's here.

use super::Describing;
use crate::compose::{ComposeFile, Port};
use crate::import::account::Fate;
use crate::import::draft::DraftService;
use crate::import::layout::Item;

/// What led to a published port from the machine itself.
const LOCAL: [&str; 4] =
    ["http://localhost:", "http://127.0.0.1:", "https://localhost:", "https://127.0.0.1:"];

/// A published port that became a route of everything: the service, its port, the public address.
struct Published {
    host_port: u16,
    container_port: u16,
    service: String,
    address: String,
}

impl Describing<'_> {
    /// Settings that name a published port by `localhost` name the public address instead. A
    /// service may mean itself where both ports are the same: its setting's name decides.
    pub(super) fn addresses(&mut self, file: &ComposeFile) {
        let published = self.published(file);
        for original in file.services.keys() {
            let name = self.names.of_service(original);
            let services = &mut self.draft.services;
            let Some(service) = services.iter_mut().find(|one| one.name == name) else { continue };
            for (setting, value) in &mut service.settings {
                let Some(text) = &mut value.value else { continue };
                let is_meant = |one: &&Published| {
                    one.service != name || one.host_port != one.container_port || is_public(setting)
                };
                let meant: Vec<&Published> = published.iter().filter(is_meant).collect();
                let Some(replaced) = replaced(text, &meant) else { continue };
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

/// The text with every local address of these ports replaced; none where it has none.
fn replaced(text: &str, published: &[&Published]) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut any = false;
    while let Some((at, lead)) =
        LOCAL.iter().filter_map(|lead| Some((rest.find(lead)?, *lead))).min()
    {
        let (before, from) = rest.split_at(at);
        let digits = from.get(lead.len()..).unwrap_or_default();
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (number, behind) = digits.split_at(end);
        let ends =
            !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let port = number.parse::<u16>().ok().filter(|_| ends);
        out.push_str(before);
        match port.and_then(|port| published.iter().find(|one| one.host_port == port)) {
            Some(one) => {
                out.push_str(&one.address);
                any = true;
            }
            None => {
                out.push_str(lead);
                out.push_str(number);
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    any.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ports_are_replaced() {
        let (service, address) = ("web".to_owned(), "{{ url }}".to_owned());
        let port = Published { host_port: 3000, container_port: 80, service, address };
        for (text, expected) in [
            ("http://localhost:3000", Some("{{ url }}")),
            ("https://127.0.0.1:3000/x,http://localhost:4", Some("{{ url }}/x,http://localhost:4")),
            ("http://localhost:30000", None),
            ("http://localhost:3000.example", None),
            ("localhost:3000", None),
        ] {
            assert_eq!(replaced(text, &[&port]).as_deref(), expected, "{text}");
        }
    }
}
