//! Who can talk to whom.

use std::collections::BTreeSet;

use super::super::promise::Tally;
use super::super::{Observation, Promise, Target, Turn};
use super::seen;
use crate::compose::conventions::{HOST_ABSENT, MASQUERADE, project_name};
use crate::engine::{Inspection, Network};
use crate::stack::{self, NetworkName, ServiceName};

/// A link is a network.
pub(in super::super) const NETWORKS: Promise = Promise {
    id: "container-networks",
    text: "Containers are on the drawn networks alone, which are as closed as drawn",
    turn: Turn::Any,
    run: networks,
};

fn networks(target: &Target<'_>) -> Observation {
    seen(target, |inspection| {
        let mut tally = Tally::default();
        members(target, inspection, &mut tally);
        if inspection.networks.is_empty() {
            tally.unseen("the networks themselves: no `docker network inspect` was given");
        }
        for network in &inspection.networks {
            let drawn =
                target.stack.networks.iter().find(|(name, _)| name.as_str() == network.key());
            match drawn {
                Some((name, drawn)) => closed(&mut tally, name, drawn, network),
                None => tally.broken(format!("the network {} is not drawn", network.name)),
            }
        }
        tally.conclude("containers and networks")
    })
}

fn members(target: &Target<'_>, inspection: &Inspection, tally: &mut Tally) {
    let project = project_name(target.stack);
    for container in &inspection.containers {
        let Ok(service) = ServiceName::new(container.service()) else { continue };
        if !target.stack.services.contains_key(&service) {
            continue;
        }
        let networks = target.stack.networks.iter();
        let drawn: BTreeSet<String> = networks
            .filter(|(_, network)| network.members.contains(&service))
            .map(|(name, _)| format!("{project}_{name}"))
            .collect();
        let runs: BTreeSet<String> = container
            .network_settings
            .networks
            .keys()
            .filter(|name| *name != "none")
            .cloned()
            .collect();
        let name = container.plain_name();
        let more = runs.difference(&drawn).map(|network| format!("{name} is on {network}"));
        let less = drawn.difference(&runs).map(|network| format!("{name} is not on {network}"));
        let faults: Vec<String> = more.chain(less).collect();
        tally.judge(faults.is_empty(), || faults.join("; "));
    }
}

fn closed(tally: &mut Tally, name: &NetworkName, drawn: &stack::Network, runs: &Network) {
    let mut faults = Vec::new();
    if *drawn.internal && !runs.internal {
        faults.push("it leads out");
    }
    let option = |key: &str| runs.options.get(key).map(String::as_str);
    if *drawn.host_absent && option(HOST_ABSENT) != Some("true") {
        faults.push("the host has an address on it");
    }
    if !*drawn.masquerade && option(MASQUERADE) != Some("false") {
        faults.push("it lets connections out to the internet");
    }
    let subnet = drawn.subnet.first().map(ToString::to_string);
    let given = runs.ipam.config.iter().map(|range| range.subnet.as_str());
    if subnet.is_some_and(|subnet| !given.into_iter().any(|range| range == subnet)) {
        faults.push("it has other addresses");
    }
    tally.judge(faults.is_empty(), || format!("{name}: {}", faults.join("; ")));
}
