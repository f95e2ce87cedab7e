//! One way leads in.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Published, Role, Sourced, Stack};

/// Only the gateway publishes ports.
pub(super) struct PublishedPorts;

impl Control for PublishedPorts {
    fn page(&self) -> &'static Page {
        &Page {
            id: "published-ports",
            title: "Only the gateway publishes ports",
            section: Section::Network,
            severity: Severity::High,
            why: "A published port of a database or a service is on the internet, past the \
                  gateway, and past the host's firewall too: Docker's own rules come before ufw's. \
                  What must be reached has a route.",
            example: indoc! {"
                publish: {address: 0.0.0.0, http: 80, https: 443}
                services:
                  app:
                    routes: {/api/: {auth: user}}
            "},
            references: &[
                "CIS Docker 5.9",
                "CIS Docker 5.14",
                "OWASP Docker rule 5a",
                "KICS 451d79dc",
                "compose-lint CL-0005",
                "compose-auditor NET002",
            ],
            enforced_in: "compose.yaml: `ports` of the gateway alone",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |port: &Sourced<Published>| {
                let words = format!("it publishes {}:{}", port.address, port.host_port);
                Found::in_value(port, words, "remove `ports`, and write a route or a stream")
            };
            let of_others = service.published.iter().filter(|_| service.role != Role::Gateway);
            of_others.map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.published.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{db, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_database_that_publishes() {
        let publish = |s: &mut Stack| {
            let address = std::net::Ipv4Addr::LOCALHOST.into();
            let port = Published { address, host_port: 5432, container_port: 5432, udp: false };
            db(s).published = vec![written(port)];
        };
        assert_eq!(places(&PublishedPorts, publish), "service db");
        assert_eq!(mended(&PublishedPorts, publish), "");
    }

    #[test]
    fn spares_the_gateway() {
        assert_eq!(places(&PublishedPorts, |_| {}), "");
    }
}
