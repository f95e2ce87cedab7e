//! Networks: services that share one reach each other, in both directions.

use std::collections::{BTreeMap, BTreeSet};

use super::{AddressRange, Alias, ServiceName, Sourced};

/// What a network is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// One service opens connections to another.
    Link {
        /// Who opens them.
        from: ServiceName,
        /// Who answers.
        to: ServiceName,
    },
    /// Published ports arrive here.
    Ingress,
    /// One service reaches the internet.
    Egress {
        /// Which one.
        service: ServiceName,
    },
    /// Anything else, as a Compose file may have it.
    Shared,
}

/// A bridge network with Docker's plain defaults where nobody said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// What it is for.
    pub purpose: Purpose,
    /// Who is on it.
    pub members: BTreeSet<ServiceName>,
    /// Names on it besides those of its members, each with the member that answers to it.
    pub aliases: BTreeMap<Alias, ServiceName>,
    /// No way out of it. Docker: false.
    pub internal: Sourced<bool>,
    /// The host has no address on it (`com.docker.network.bridge.inhibit_ipv4`), so its ports
    /// cannot be reached from here. Docker: false.
    pub host_absent: Sourced<bool>,
    /// Connections that containers open are rewritten to the host's address, so that they reach
    /// the internet (`com.docker.network.bridge.enable_ip_masquerade`). Docker: true.
    pub masquerade: Sourced<bool>,
    /// Its addresses; none where the engine chooses. At most one.
    pub subnet: Vec<AddressRange>,
}

impl Network {
    /// A network as Docker makes it.
    pub fn new(purpose: Purpose, members: impl IntoIterator<Item = ServiceName>) -> Self {
        Self {
            purpose,
            members: members.into_iter().collect(),
            aliases: BTreeMap::new(),
            internal: Sourced::plain(false),
            host_absent: Sourced::plain(false),
            masquerade: Sourced::plain(true),
            subnet: Vec::new(),
        }
    }
}
