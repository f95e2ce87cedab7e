//! Only who must can call out.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, network_at, networks};
use crate::stack::{Place, Purpose, Stack};

/// Only declared services reach the internet.
pub(super) struct Egress;

impl Control for Egress {
    fn page(&self) -> &'static Page {
        &Page {
            id: "egress",
            title: "Only declared services reach the internet",
            section: Section::Network,
            severity: Severity::Medium,
            why: "Whoever takes over a service wants to fetch tools and to send data out. Without \
                  a way to the internet, both fail. The gateway answers connections and opens \
                  none.",
            example: indoc! {"
                services:
                  core-app: {egress: true}
            "},
            references: &["OWASP API Security API7:2023", "CWE-918", "OWASP Docker rule 5"],
            enforced_in: "compose.yaml: `enable_ip_masquerade`, networks NAME-egress",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        networks(stack, |network| match &network.purpose {
            Purpose::Ingress if *network.masquerade => Some(Found::in_value(
                &network.masquerade,
                "what answers from outside may also call out",
                "nothing: connections are not rewritten there",
            )),
            Purpose::Egress { service } if network.members != BTreeSet::from([service.clone()]) => {
                Some(Found::unsaid(
                    "others than the declared service reach the internet",
                    "nothing",
                ))
            }
            Purpose::Shared if !*network.internal => Some(Found::in_value(
                &network.internal,
                "everything on it reaches the internet",
                "declare `egress: true` where it is needed",
            )),
            _ => None,
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(network) = network_at(stack, at) else { return };
        match &network.purpose {
            Purpose::Ingress => network.masquerade.mend(false, self.id()),
            Purpose::Egress { service } => network.members = BTreeSet::from([service.clone()]),
            Purpose::Link { .. } | Purpose::Shared => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::{Network, NetworkName, testing::service};

    #[test]
    fn fires_on_the_ingress_and_on_shared_networks() {
        assert_eq!(places(&Egress, |_| {}), "network ingress");
        assert_eq!(mended(&Egress, |_| {}), "");
        let shared =
            |s: &mut Stack| s.networks.values_mut().for_each(|n| n.purpose = Purpose::Shared);
        assert_eq!(
            mended(&Egress, shared),
            "network app--db, network gateway--app, network ingress"
        );
    }

    #[test]
    fn spares_declared_egress() {
        let declared = |s: &mut Stack| {
            let app = service("app");
            s.networks.clear();
            let network = Network::new(Purpose::Egress { service: app.clone() }, [app.clone()]);
            s.networks.insert(NetworkName::egress(&app), network);
        };
        assert_eq!(places(&Egress, declared), "");
    }
}
