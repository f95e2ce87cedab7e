//! The top-level `networks:`.

use std::collections::BTreeMap;

use super::notes::Notes;
use crate::compose::conventions::{HOST_ABSENT, MASQUERADE};
use crate::compose::{Choice, Ipam, IpamConfig, Network};
use crate::stack::{self, Origin, Purpose, Stack};

pub(super) fn draw(stack: &Stack, notes: &mut Notes) -> BTreeMap<String, Network> {
    let mut out = BTreeMap::new();
    for (name, network) in &stack.networks {
        note(name.as_str(), network, notes);
        out.insert(name.to_string(), one(network));
    }
    out
}

fn one(network: &stack::Network) -> Network {
    let mut options = BTreeMap::new();
    if *network.host_absent {
        options.insert(HOST_ABSENT.to_owned(), Some("true".to_owned()));
    }
    if !*network.masquerade {
        options.insert(MASQUERADE.to_owned(), Some("false".to_owned()));
    }
    let ranges = network
        .subnet
        .iter()
        .map(|range| IpamConfig { subnet: Some(range.to_string()), ..IpamConfig::default() });
    let config: Vec<_> = ranges.collect();
    Network {
        driver: Some("bridge".to_owned()),
        driver_opts: Choice(options),
        internal: network.internal.then_some(true),
        ipam: (!config.is_empty()).then(|| Ipam { config, ..Ipam::default() }),
        ..Network::default()
    }
}

fn note(name: &str, network: &stack::Network, notes: &mut Notes) {
    let what = match &network.purpose {
        Purpose::Link { from, to } => format!("{from} opens connections to {to}"),
        Purpose::Ingress => "published ports arrive here".to_owned(),
        Purpose::Egress { service } => format!("{service} reaches the internet"),
        Purpose::Shared => String::new(),
    };
    if !what.is_empty() {
        notes.say("networks", name, "driver", &what);
    }
    notes.credit("networks", name, "internal", network.internal.origin());
    let options = [
        (network.host_absent.origin(), "the host has no address here: its ports stay out of reach"),
        (network.masquerade.origin(), "nothing here opens a connection outwards"),
    ];
    for (origin, words) in options {
        if let Origin::Control(id) = origin {
            notes.say("networks", name, "driver_opts", &format!("{id}: {words}"));
        }
    }
}
