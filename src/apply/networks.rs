//! Which networks of the engine are made anew, and which go.

use std::collections::{BTreeMap, BTreeSet};

use super::drawn::{Drawn, DrawnNetwork};
use super::running::Running;
use crate::engine::Network;
use crate::stack::AddressRange;

/// Networks whose numbers or options differ from those drawn, by their names on the engine. An
/// engine changes neither on a network that is there.
pub(super) fn diverged(drawn: &Drawn, running: &Running) -> BTreeSet<String> {
    let networks = running.inspection.networks.iter();
    networks
        .filter(|network| drawn.networks.get(network.key()).is_some_and(|d| !is_as(network, d)))
        .map(|network| network.name.clone())
        .collect()
}

/// Networks that compose.yaml does not name, with the name of a new one that wants their numbers,
/// or nothing.
pub(super) fn left_over<'a>(
    drawn: &Drawn,
    running: &'a Running,
) -> Vec<(&'a Network, Option<String>)> {
    let present: BTreeMap<&str, &Network> =
        running.inspection.networks.iter().map(|network| (network.key(), network)).collect();
    let new = |key: &str| {
        present
            .get(key)
            .is_none_or(|network| drawn.networks.get(key).is_some_and(|d| !is_as(network, d)))
    };
    let gone = running.inspection.networks.iter();
    gone.filter(|network| !network.key().is_empty() && !drawn.networks.contains_key(network.key()))
        .map(|network| {
            let wants = |(key, drawn): (&String, &DrawnNetwork)| {
                (new(key) && overlap(network, drawn)).then(|| key.clone())
            };
            (network, drawn.networks.iter().find_map(wants))
        })
        .collect()
}

fn is_as(network: &Network, drawn: &DrawnNetwork) -> bool {
    let ranges: BTreeSet<String> =
        network.ipam.config.iter().map(|range| range.subnet.clone()).collect();
    network.internal == drawn.internal
        && (drawn.subnets.is_empty() || ranges == drawn.subnets)
        && network.options == drawn.options
}

fn overlap(network: &Network, drawn: &DrawnNetwork) -> bool {
    let parse = |text: &String| AddressRange::parse(text).ok();
    let theirs = network.ipam.config.iter().filter_map(|range| parse(&range.subnet));
    let ours: Vec<AddressRange> = drawn.subnets.iter().filter_map(parse).collect();
    theirs.into_iter().any(|a| ours.iter().any(|b| a.contains(b) || b.contains(&a)))
}
