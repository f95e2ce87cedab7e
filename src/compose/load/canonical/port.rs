//! `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, with ranges, as Docker reads it (go-connections
//! `nat.ParsePortSpec`).

use std::net::IpAddr;

use super::Mode;
use crate::compose::load::tree::{entry, list, map, spelled, text, whole};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::yaml::{Node, Value};

/// Most ports that one entry may stand for: all of them.
const MAX_PORTS: u32 = 65_536;

/// Every entry in its long form; a range is as many entries as it has ports.
pub(super) fn long(node: &mut Node, mode: Mode, problems: &mut Problems) -> bool {
    let Value::Sequence(items) = &node.value else { return true };
    let mut ports = Vec::with_capacity(items.len());
    for item in items {
        let Some(short) = spelled(item) else {
            ports.push(item.clone());
            continue;
        };
        match read(short) {
            Ok(read) => ports.extend(read.into_iter().map(|port| port.node(item.at))),
            Err(_) if mode.lenient => return true,
            Err(why) => {
                let message = format!("{} is no published port: {why}", problems.quoted(short));
                let help = "write [ADDRESS:]HOST:CONTAINER[/PROTOCOL], in quotes";
                problems.add(Diagnostic::at(item.at, "wrong-value", message).help(help));
            }
        }
    }
    *node = list(ports, node.at);
    true
}

#[derive(Debug, PartialEq, Eq)]
struct Port {
    address: String,
    published: String,
    target: u32,
    protocol: String,
}

impl Port {
    fn node(self, at: Position) -> Node {
        let mut entries = vec![entry("mode", text("ingress", at))];
        if !self.address.is_empty() {
            entries.push(entry("host_ip", text(self.address, at)));
        }
        entries.push(entry("target", whole(self.target, at)));
        if !self.published.is_empty() {
            entries.push(entry("published", text(self.published, at)));
        }
        entries.push(entry("protocol", text(self.protocol, at)));
        map(entries, at)
    }
}

fn read(short: &str) -> Result<Vec<Port>, &'static str> {
    let (rest, container) = short.rsplit_once(':').unwrap_or(("", short));
    let (address, host) = rest.rsplit_once(':').unwrap_or(("", rest));
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    let protocol = match protocol.to_ascii_lowercase().as_str() {
        "" | "tcp" => "tcp",
        "udp" => "udp",
        "sctp" => "sctp",
        _ => return Err("the protocol is tcp, udp or sctp"),
    };
    let bare = address.strip_prefix('[').and_then(|address| address.strip_suffix(']'));
    let address = bare.unwrap_or(address);
    if !address.is_empty() && address.parse::<IpAddr>().is_err() {
        return Err("before the ports stands an IP address");
    }
    let (first, last) = range(container).ok_or("the container's port is a number")?;
    let hosts = if host.is_empty() {
        None
    } else {
        Some(range(host).ok_or("the host's port is a number")?)
    };
    let count = last - first + 1;
    if hosts.is_some_and(|(first, last)| last - first + 1 != count) && count != 1 {
        return Err("both ranges have the same length");
    }
    let published = |index: u32| match hosts {
        None => String::new(),
        Some((first, last)) if count == 1 && first != last => format!("{first}-{last}"),
        Some((first, _)) => (first + index).to_string(),
    };
    let port = |index: u32| Port {
        address: address.to_owned(),
        published: published(index),
        target: first + index,
        protocol: protocol.to_owned(),
    };
    let mut ports: Vec<Port> = (0..count.min(MAX_PORTS)).map(port).collect();
    // Docker sorts them as texts.
    ports.sort_by_key(|port| port.target.to_string());
    Ok(ports)
}

fn range(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits).map(u32::from)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(short: &str) -> Result<String, &'static str> {
        let show = |p: &Port| format!("{}|{}|{}/{}", p.address, p.published, p.target, p.protocol);
        read(short).map(|ports| ports.iter().map(show).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn short_forms() {
        for (short, expected) in [
            ("80", "||80/tcp"),
            ("8080:80/UDP", "|8080|80/udp"),
            ("127.0.0.1:8080:80", "127.0.0.1|8080|80/tcp"),
            ("127.0.0.1::80", "127.0.0.1||80/tcp"),
            ("[::1]:53:53", "::1|53|53/tcp"),
            ("9-10:109-110", "|9|109/tcp |10|110/tcp"),
            ("9-10", "||10/tcp ||9/tcp"),
            ("3000-3005:80", "|3000-3005|80/tcp"),
        ] {
            assert_eq!(shown(short).as_deref(), Ok(expected), "{short}");
        }
    }

    #[test]
    fn what_is_no_port() {
        for short in
            ["", "a", "80:", "99999", "1.2.3:1:1", "1-2:1-3", "2-1", "80/x", "${P}:80", "+1"]
        {
            assert!(shown(short).is_err(), "{short}");
        }
    }
}
