//! What a person accepts, with the reason.

use super::keys::keys;
use super::leaf::leaves;
use super::one_or_more::OneOrMore;
use super::read::Located;
use super::word::{ControlId, Date, Reason};
use crate::stack::{Gateway, HostName, NetworkName, Place, RoutePath, SecretName, ServiceName};

keys! {
    /// A control that shall not hold at one place. Printed in HARDENING.md.
    pub struct ExceptionKeys("an exception") {
        /// The control's id.
        pub control: Located<ControlId>,
        /// The service where it shall not hold, or several.
        pub service: OneOrMore<ServiceName>,
        /// The route where it shall not hold: /path, or host/path.
        pub route: Option<Located<RouteReference>>,
        /// The secret where it shall not hold.
        pub secret: Option<Located<SecretName>>,
        /// The network where it shall not hold.
        pub network: Option<Located<NetworkName>>,
        /// Why; printed in the report.
        pub reason: Located<Reason>,
        /// Last day on which it holds, YYYY-MM-DD. Default: without an end.
        pub until: Option<Located<Date>>,
    }
}

impl ExceptionKeys {
    /// The entry of `exceptions:` that accepts what `control` finds at `place`, for a person to
    /// complete.
    pub fn entry(control: &str, place: &Place, gateway: &Gateway) -> String {
        let at = match place {
            Place::Stack | Place::Gateway => String::new(),
            Place::Service(name) => format!("service: {name}, "),
            Place::Secret(name) => format!("secret: {name}, "),
            Place::Network(name) => format!("network: {name}, "),
            Place::Route(host, path) => {
                let hosts = gateway.routes().filter(|(_, other, _)| *other == path).count();
                let host = if hosts > 1 { host.as_str() } else { "" };
                // Paths may hold what ends a plain word inside braces.
                format!("route: \"{host}{path}\", ")
            }
        };
        format!("- {{control: {control}, {at}reason: \"why it may stay\"}}")
    }
}

/// A route by its path, on any host or on one: `/admin/`, `auth.example.com/admin/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteReference {
    /// The host: a name of `hosts` or a full host name.
    pub host: Option<HostName>,
    /// The path.
    pub path: RoutePath,
}

impl RouteReference {
    fn new(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "write /PATH or HOST/PATH as the route has it";
        let slash = text.find('/').ok_or(RULE)?;
        let (host, path) = text.split_at(slash);
        let host = match host {
            "" => None,
            host => Some(HostName::new(host).map_err(|_| RULE)?),
        };
        Ok(Self { host, path: RoutePath::new(path).map_err(|_| RULE)? })
    }
}

fn network_name(text: &str) -> Result<NetworkName, String> {
    NetworkName::new(text).map_err(|error| format!("it must {}", error.rule))
}

leaves! {
    RouteReference, "a route", Self::new, {"type": "string", "pattern": "^[a-z0-9.-]*/.*$"};
    NetworkName, "a network's name", network_name, {"type": "string", "pattern": NetworkName::PATTERN};
}
