//! Who can open a connection to whom, and to the internet, by the networks they are on.

use std::collections::BTreeSet;

use crate::stack::{Namespace, Service, ServiceName, Stack};

/// Pairs of services of which one can open a connection to the other: they share a network, or
/// one of them stands in the host's, from where every bridge is reached. The smaller name first.
pub fn reachable_pairs(stack: &Stack) -> BTreeSet<(&ServiceName, &ServiceName)> {
    let mut pairs = BTreeSet::new();
    for (one, first) in &stack.services {
        for (other, second) in stack.services.iter().skip_while(|(name, _)| *name <= one) {
            let (here, there) =
                (Standing::of(stack, one, first), Standing::of(stack, other, second));
            if here.reaches(&there, stack) {
                pairs.insert((one, other));
            }
        }
    }
    pairs
}

/// Services that can open a connection to the internet.
pub fn reach_internet(stack: &Stack) -> BTreeSet<&ServiceName> {
    let bridged = stack.egress();
    let leads_out = |name: &ServiceName, service: &Service| match Standing::of(stack, name, service)
    {
        Standing::Host | Standing::Bridge | Standing::Unknown => true,
        Standing::Nowhere => false,
        Standing::OnNetworksOf(name) => bridged.contains(name),
    };
    stack
        .services
        .iter()
        .filter(|(name, service)| leads_out(name, service))
        .map(|(name, _)| name)
        .collect()
}

/// Where a container stands in the network.
enum Standing<'a> {
    /// In the host's own network (`network_mode: host`).
    Host,
    /// On the engine's first bridge (`network_mode: bridge`).
    Bridge,
    /// On no network (`network_mode: none`).
    Nowhere,
    /// On the networks that this service joins: its own, or those of whom it stands with.
    OnNetworksOf(&'a ServiceName),
    /// With a container that the stack does not hold.
    Unknown,
}

impl<'a> Standing<'a> {
    fn of(stack: &'a Stack, name: &'a ServiceName, service: &'a Service) -> Self {
        let Namespace::Other(mode) = &*service.network_namespace else {
            let host = *service.network_namespace == Namespace::Host;
            return if host { Self::Host } else { Self::OnNetworksOf(name) };
        };
        match (mode.as_str(), mode.strip_prefix("service:")) {
            ("none", _) => Self::Nowhere,
            ("bridge" | "default", _) => Self::Bridge,
            (_, Some(with)) => {
                // Two services that each stand with the other are no stack that runs.
                let found = stack.services.iter().find(|(other, _)| other.as_str() == with);
                match found {
                    Some((other, service)) if other != name => match &*service.network_namespace {
                        Namespace::Host => Self::Host,
                        Namespace::Other(mode) if mode == "none" => Self::Nowhere,
                        _ => Self::OnNetworksOf(other),
                    },
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }

    fn reaches(&self, other: &Self, stack: &Stack) -> bool {
        match (self, other) {
            (Self::Nowhere, _) | (_, Self::Nowhere) => false,
            (Self::Host, _) | (_, Self::Host) | (Self::Bridge, Self::Bridge) => true,
            (Self::OnNetworksOf(one), Self::OnNetworksOf(other)) => {
                one == other
                    || stack.networks.values().any(|network| {
                        network.members.contains(*one) && network.members.contains(*other)
                    })
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{sample, service, written};

    #[test]
    fn a_shared_network_is_a_pair() {
        assert_eq!(pairs(|_| {}), "app-db app-gateway");
    }

    #[test]
    fn the_hosts_network_reaches_everything_and_none_reaches_nothing() {
        assert_eq!(pairs(|s| mode(s, "db", Namespace::Host)), "app-db app-gateway db-gateway");
        let none = Namespace::Other("none".to_owned());
        assert_eq!(pairs(|s| mode(s, "app", none.clone())), "");
    }

    #[test]
    fn who_stands_with_another_reaches_what_that_one_reaches() {
        let with = Namespace::Other("service:gateway".to_owned());
        assert_eq!(pairs(|s| mode(s, "db", with.clone())), "app-db app-gateway db-gateway");
    }

    #[test]
    fn the_internet_is_behind_every_network_that_is_not_internal() {
        let names = |change: fn(&mut Stack)| {
            let mut stack = sample();
            change(&mut stack);
            let names: Vec<_> =
                reach_internet(&stack).into_iter().map(ToString::to_string).collect();
            names.join(" ")
        };
        assert_eq!(names(|_| {}), "app db gateway");
        let close = |stack: &mut Stack| {
            stack.networks.values_mut().for_each(|network| network.internal = written(true));
        };
        assert_eq!(names(close), "");
        assert_eq!(
            names(|stack| {
                stack.networks.values_mut().for_each(|network| network.internal = written(true));
                mode(stack, "db", Namespace::Host);
            }),
            "db"
        );
    }

    fn pairs(change: impl Fn(&mut Stack)) -> String {
        let mut stack = sample();
        change(&mut stack);
        let pairs: Vec<_> =
            reachable_pairs(&stack).into_iter().map(|(a, b)| format!("{a}-{b}")).collect();
        pairs.join(" ")
    }

    fn mode(stack: &mut Stack, name: &str, mode: Namespace) {
        stack.services.get_mut(&service(name)).unwrap().network_namespace = written(mode);
    }
}
