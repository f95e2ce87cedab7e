//! No container stands in the host's network, or in another container's.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Namespace, Place, Stack};

/// No container shares a network namespace.
pub(super) struct HostNetwork;

impl Control for HostNetwork {
    fn page(&self) -> &'static Page {
        &Page {
            id: "host-network",
            title: "Every container has its own network namespace",
            section: Section::Network,
            severity: Severity::High,
            why: "With `network_mode: host` a program listens on the host's addresses and reaches \
                  everything that listens on loopback; with `service:NAME` it stands on all links \
                  of another service. Both undo the links that the description declares.",
            example: indoc! {"
                services:
                  app:
                    needs: [db]
            "},
            references: &[
                "CIS Docker 5.10",
                "KICS 071a71ff",
                "compose-lint CL-0008",
                "compose-auditor NET001",
            ],
            enforced_in: "compose.yaml: `networks`, no `network_mode: host`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let shared = match &*service.network_namespace {
                Namespace::Host => "the host's".to_owned(),
                Namespace::Other(whose) if whose != "none" => format!("that of {whose}"),
                Namespace::Private | Namespace::Shareable | Namespace::Other(_) => return None,
            };
            Some(Found::in_value(
                &service.network_namespace,
                format!("the network namespace is {shared}"),
                "remove `network_mode` and declare what the service needs",
            ))
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.network_namespace.mend(Namespace::Private, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_shared_namespace() {
        for shared in [Namespace::Host, Namespace::Other("service:db".to_owned())] {
            let change = |s: &mut Stack| app(s).network_namespace = written(shared.clone());
            assert_eq!(places(&HostNetwork, change), "service app");
        }
    }

    #[test]
    fn spares_no_network_at_all() {
        let none = || written(Namespace::Other("none".to_owned()));
        assert_eq!(places(&HostNetwork, |s| app(s).network_namespace = none()), "");
        assert_eq!(
            mended(&HostNetwork, |s| app(s).network_namespace = written(Namespace::Host)),
            ""
        );
    }
}
