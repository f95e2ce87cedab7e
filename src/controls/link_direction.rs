//! A link works both ways: what a service needs can call it back.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Access, Place, Stack, Target};

/// No identity is believed that comes by a link.
pub(super) struct LinkDirection;

impl Control for LinkDirection {
    fn page(&self) -> &'static Page {
        &Page {
            id: "link-direction",
            title: "Services do not believe identities that come by a link",
            section: Section::Network,
            severity: Severity::High,
            why: "A bridge has no direction: a database that is taken over can dial the service that \
                  needs it, and there send the identity headers that the gateway would have removed.",
            example: indoc! {"
                services:
                  core-app:
                    needs: [postgres]
            "},
            references: &["OWASP Docker rule 5", "CWE-290"],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut believes = BTreeMap::new();
        for (_, _, route) in stack.gateway.routes() {
            if let (Target::Service { service, port }, Access::Policy(_)) =
                (&route.target, &*route.access)
            {
                believes.insert(service, (*port, Vec::new()));
            }
        }
        for (from, to) in stack.links() {
            if let Some((_, dialing)) = believes.get_mut(from) {
                dialing.push(to.as_str());
            }
        }
        let reached = believes.into_iter().filter(|(_, (_, dialing))| !dialing.is_empty());
        reached
            .map(|(service, (port, dialing))| {
                let words = format!("port {port} can be reached from {}", dialing.join(", "));
                Found::unsaid(words, ADVICE).at(Place::Service(service.clone()))
            })
            .collect()
    }
}

const ADVICE: &str = "for what matters, check the token or the key in the service too, instead of \
     an identity header alone";

#[cfg(test)]
mod tests {
    use super::super::contract::{places, route};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_protected_service_that_needs_another() {
        assert_eq!(places(&LinkDirection, |_| {}), "service app");
    }

    #[test]
    fn spares_open_routes_and_services_that_need_nothing() {
        assert_eq!(places(&LinkDirection, |s| route(s).access = written(Access::Open)), "");
        assert_eq!(places(&LinkDirection, |s| s.networks.clear()), "");
    }
}
