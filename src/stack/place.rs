//! Where in a stack something was found.

use std::fmt;

use super::{HostName, NetworkName, RoutePath, SecretName, ServiceName};

/// A place that a control looks at and an exception names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The whole stack.
    Stack,
    /// The gateway as such.
    Gateway,
    /// One service.
    Service(ServiceName),
    /// One route of the gateway.
    Route(HostName, RoutePath),
    /// One secret.
    Secret(SecretName),
    /// One network.
    Network(NetworkName),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack => f.write_str("stack"),
            Self::Gateway => f.write_str("gateway"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Route(host, path) => write!(f, "route {host}{path}"),
            Self::Secret(name) => write!(f, "secret {name}"),
            Self::Network(name) => write!(f, "network {name}"),
        }
    }
}
