//! A call to the internet is bounded.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, Purpose, Role, Stack};

/// Services that call out choose whom and how often.
pub(super) struct OutboundCalls;

impl Control for OutboundCalls {
    fn page(&self) -> &'static Page {
        &Page {
            id: "outbound-calls",
            title: "Services that call out bound whom they call and how often",
            section: Section::Network,
            severity: Severity::Medium,
            why: "A service with `egress: true` reaches any address. A URL that a client gives may \
                  then point to a cloud's metadata or an internal host, and a provider that is \
                  down is called again and again by everyone who waits.",
            example: indoc! {"
                services:
                  core-app: {egress: true}
            "},
            references: &["OWASP API Security API7:2023", "CWE-918", "CWE-400"],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let egress = stack.networks.values().filter_map(|network| match &network.purpose {
            Purpose::Egress { service } => Some(service),
            Purpose::Link { .. } | Purpose::Ingress | Purpose::Shared => None,
        });
        let applications = egress.filter(|name| {
            stack.services.get(*name).is_some_and(|service| service.role == Role::Application)
        });
        applications
            .map(|name| {
                Found::unsaid("it may call any address", ADVICE).at(Place::Service(name.clone()))
            })
            .collect()
    }
}

const ADVICE: &str = "call a fixed list of hosts, resolve and refuse private addresses in URLs that \
     clients give, set a timeout, and retry with exponential backoff and jitter";

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::{Network, NetworkName, testing::service};

    #[test]
    fn fires_on_declared_egress() {
        let declare = |s: &mut Stack| {
            let app = service("app");
            let network = Network::new(Purpose::Egress { service: app.clone() }, [app.clone()]);
            s.networks.insert(NetworkName::egress(&app), network);
        };
        assert_eq!(places(&OutboundCalls, declare), "service app");
    }

    #[test]
    fn spares_services_without_egress() {
        assert_eq!(places(&OutboundCalls, |_| {}), "");
    }
}
