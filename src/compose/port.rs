//! A published port, written in the short form with its literal address wherever that says it all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Number;
use super::keys::keys;
use super::read::{Read, refuse};
use crate::diagnostic::Problems;
use crate::yaml::{Node, SingleQuoted};

/// `ADDRESS:HOST:CONTAINER[/udp]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Port {
    /// The host's address; empty: every one of them.
    pub address: String,
    /// The host's port; empty: any free one.
    pub host: String,
    /// The container's port.
    pub container: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Keys that only the long form has, with their values as JSON.
    pub further: BTreeMap<String, String>,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address.as_str(), self.host.as_str()) {
            ("", "") => {}
            ("", host) => write!(f, "{host}:")?,
            (v6, host) if v6.contains(':') => write!(f, "[{v6}]:{host}:")?,
            (v4, host) => write!(f, "{v4}:{host}:")?,
        }
        f.write_str(&self.container)?;
        if self.protocol == "tcp" { Ok(()) } else { write!(f, "/{}", self.protocol) }
    }
}

impl Port {
    /// The host's address that it is bound to; none where every one of them is meant. What is no
    /// address, such as a variable, is none of all either.
    pub fn bound(&self) -> Option<&str> {
        let address = self.address.trim_matches(['[', ']']);
        let everywhere = address
            .parse::<IpAddr>()
            .map_or(address.is_empty(), |address| address.is_unspecified());
        (!everywhere).then_some(address)
    }

    /// The address that all of these ports are bound to; those of loopback are one.
    pub fn common_address<'a>(ports: impl Iterator<Item = &'a Port>) -> Option<IpAddr> {
        let addresses: BTreeSet<Option<IpAddr>> =
            ports.map(|port| port.bound().and_then(|address| address.parse().ok())).collect();
        let mut addresses = addresses.into_iter().map(|address| {
            let own = |address: IpAddr| address.is_loopback().then_some(Ipv4Addr::LOCALHOST.into());
            address.map(|address| own(address).unwrap_or(address))
        });
        let first = addresses.next()??;
        addresses.all(|other| other == Some(first)).then_some(first)
    }

    /// Read the short form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (ports, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
        let (rest, container) = ports.rsplit_once(':').unwrap_or(("", ports));
        let (address, host) = match rest.rsplit_once(':') {
            Some((address, host)) => (address.trim_matches(['[', ']']), host),
            None => ("", rest),
        };
        let number =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '-');
        if !number(container) || !(host.is_empty() || number(host)) {
            return Err(format!("`{text}` is not [ADDRESS:]HOST:CONTAINER[/PROTOCOL]"));
        }
        Ok(Self {
            address: address.to_owned(),
            host: host.to_owned(),
            container: container.to_owned(),
            protocol: protocol.to_owned(),
            further: BTreeMap::new(),
        })
    }
}

/// Single-quoted, as dclint's `require-quotes-in-ports` has it: `22:22` unquoted is a number in
/// base 60 to a YAML 1.1 reader.
impl Serialize for Port {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.further.is_empty() {
            return SingleQuoted(self.to_string()).serialize(to);
        }
        let mut map = to.serialize_map(None)?;
        for (key, value) in [
            ("host_ip", &self.address),
            ("published", &self.host),
            ("target", &self.container),
            ("protocol", &self.protocol),
        ] {
            if !value.is_empty() {
                map.serialize_entry(key, value)?;
            }
        }
        for (key, value) in &self.further {
            let value = serde_json::from_str(value).unwrap_or(Value::Null);
            map.serialize_entry(key, &value)?;
        }
        map.end()
    }
}

impl Read for Port {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        if let Some(scalar) = node.scalar() {
            // What a variable stands for is not known; the text is kept as it is.
            if scalar.text.contains('$') {
                let (container, protocol) = (scalar.text.clone(), "tcp".to_owned());
                return Self { container, protocol, ..Self::default() };
            }
            return Self::parse(&scalar.text).unwrap_or_else(|why| {
                refuse(node, why, problems);
                Self::default()
            });
        }
        let keys = Long::read(node, problems);
        let text = |number: Option<Number>| number.map(|n| n.0).unwrap_or_default();
        let mut further = keys.carried;
        // What Compose takes anyway needs no long form.
        further.retain(|key, value| key != "mode" || value != "ingress");
        Self {
            further: further.into_iter().map(|(key, value)| (key, value.to_string())).collect(),
            address: keys.host_ip.unwrap_or_default(),
            host: text(keys.published),
            container: text(keys.target),
            protocol: keys.protocol.unwrap_or_else(|| "tcp".to_owned()),
        }
    }
}

keys! {
    /// The long form.
    struct Long
    ordered {
        /// The host's address.
        "host_ip" host_ip: Option<String>,
        /// The host's port.
        "published" published: Option<Number>,
        /// The container's port.
        "target" target: Option<Number>,
        /// `tcp` or `udp`.
        "protocol" protocol: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_one_address_is_bound() {
        for (text, bound) in [
            ("80:80", None),
            ("0.0.0.0:80:80", None),
            ("[::]:80:80", None),
            ("127.0.0.1::80", Some("127.0.0.1")),
            ("[::1]:80:80", Some("::1")),
            ("192.168.1.10:80:80", Some("192.168.1.10")),
            ("localhost:80:80", Some("localhost")),
        ] {
            let port = Port::parse(text).unwrap();
            assert_eq!(port.bound(), bound, "{text}");
        }
    }

    #[test]
    fn ports_read_back_as_written() {
        for text in ["0.0.0.0:80:8080", "[::1]:53:53/udp", "80:80", "8080", "127.0.0.1::80"] {
            assert_eq!(Port::parse(text).map(|p| p.to_string()), Ok(text.to_owned()));
        }
        for bad in ["", "a:b", "80:", "${P}:80"] {
            assert!(Port::parse(bad).is_err(), "{bad}");
        }
    }
}
