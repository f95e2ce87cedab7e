//! Networks and who is on them.

use std::collections::BTreeMap;

use crate::compose::conventions::{HOST_ABSENT, MASQUERADE};
use crate::compose::{self, Service};
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::{AddressRange, Alias, Network, NetworkName, Purpose, ServiceName, Sourced};

/// The network that Compose makes for services that name none.
const DEFAULT: &str = "default";

pub(super) fn lift(network: &compose::Network, problems: &mut Problems) -> Network {
    let at = network.places.of("driver_opts");
    let option = |name: &str| network.driver_opts.get(name).and_then(Option::as_deref);
    let flag = |value: Option<&str>, plain: bool| match value {
        Some("true" | "1") => Sourced::written(true, at),
        Some("false" | "0") => Sourced::written(false, at),
        _ => Sourced::plain(plain),
    };
    let mut out = Network::new(Purpose::Shared, []);
    out.host_absent = flag(option(HOST_ABSENT), false);
    out.masquerade = flag(option(MASQUERADE), true);
    if let Some(internal) = network.internal {
        out.internal = Sourced::written(internal, network.places.of("internal"));
    }
    for range in network.ipam.iter().flat_map(|ipam| &ipam.config) {
        let Some(subnet) = &range.subnet else { continue };
        match AddressRange::parse(subnet) {
            Ok(range) => out.subnet.push(range),
            Err(why) => {
                let at = range.places.of("subnet");
                problems.add(Diagnostic::at(at, "wrong-value", why.to_string()));
            }
        }
    }
    out
}

/// Puts a service on its networks; one that names none is on the default network.
pub(super) fn join(
    name: &ServiceName,
    service: &Service,
    networks: &mut BTreeMap<NetworkName, Network>,
    problems: &mut Problems,
) {
    if service.network_mode.is_some() {
        return;
    }
    let default = [DEFAULT.to_owned()];
    let named: Vec<&String> = match service.networks.0.keys().collect::<Vec<_>>() {
        none if none.is_empty() => default.iter().collect(),
        named => named,
    };
    for network in named {
        let keys = service.networks.0.get(network);
        let at = service.places.of("networks");
        let Some(network) = super::named(network, NetworkName::new, at, problems) else { continue };
        let joined = networks.entry(network).or_insert_with(|| Network::new(Purpose::Shared, []));
        joined.members.insert(name.clone());
        let aliases = keys.and_then(|keys| keys.get("aliases")?.as_array()).into_iter().flatten();
        // Docker takes any text; what is no name finds nobody.
        for alias in aliases.filter_map(|alias| Alias::new(alias.as_str()?).ok()) {
            joined.aliases.entry(alias).or_insert_with(|| name.clone());
        }
    }
}

/// What a network is for is in its name, where its name is one of ours and its members fit.
pub(super) fn name_purposes(networks: &mut BTreeMap<NetworkName, Network>) {
    for (name, network) in networks {
        let members: Vec<&ServiceName> = network.members.iter().collect();
        network.purpose = match members.as_slice() {
            [one, other] if *name == NetworkName::link(one, other) => {
                Purpose::Link { from: (*one).clone(), to: (*other).clone() }
            }
            [one, other] if *name == NetworkName::link(other, one) => {
                Purpose::Link { from: (*other).clone(), to: (*one).clone() }
            }
            [one] if *name == NetworkName::egress(one) => {
                Purpose::Egress { service: (*one).clone() }
            }
            _ if *name == NetworkName::ingress() => Purpose::Ingress,
            _ => Purpose::Shared,
        };
    }
}
