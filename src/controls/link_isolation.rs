//! Who does not need another cannot reach it.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, network_at, networks};
use crate::stack::{Network, Place, Purpose, ServiceName, Stack};

/// Two services share a network only for one declared link.
pub(super) struct LinkIsolation;

impl Control for LinkIsolation {
    fn page(&self) -> &'static Page {
        &Page {
            id: "link-isolation",
            title: "Services share a network only for a declared link",
            section: Section::Network,
            severity: Severity::Medium,
            why: "On Docker's default network everything reaches everything: one service that is \
                  taken over is all of them. Here each declared need has a network of its own, \
                  with two members, no way out, and no address of the host.",
            example: indoc! {"
                services:
                  app: {needs: [postgres]}
            "},
            references: &["CIS Docker 5.30", "OWASP Docker rule 5", "KICS ce14a68b"],
            enforced_in: "compose.yaml: `internal: true`, `inhibit_ipv4`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        networks(stack, |network| {
            let (from, to) = match &network.purpose {
                Purpose::Link { from, to } => (from, to),
                Purpose::Shared => {
                    return vec![Found::unsaid(shared(network), "declare `needs:` instead")];
                }
                Purpose::Ingress | Purpose::Egress { .. } => return Vec::new(),
            };
            let mut found = Vec::new();
            if !*network.internal {
                found.push(Found::in_value(&network.internal, "it leads out", MADE_SO));
            }
            if !*network.host_absent {
                found.push(Found::in_value(
                    &network.host_absent,
                    "ports of the host answer on it",
                    MADE_SO,
                ));
            }
            if network.members != BTreeSet::from([from.clone(), to.clone()]) {
                found.push(Found::unsaid("others than the two of the link are on it", MADE_SO));
            }
            found
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(network) = network_at(stack, at) else { return };
        let Purpose::Link { from, to } = &network.purpose else { return };
        network.members = BTreeSet::from([from.clone(), to.clone()]);
        if !*network.internal {
            network.internal.mend(true, self.id());
        }
        if !*network.host_absent {
            network.host_absent.mend(true, self.id());
        }
    }
}

const MADE_SO: &str = "nothing: links are made so";

fn shared(network: &Network) -> String {
    let members: Vec<&str> = network.members.iter().map(ServiceName::as_str).collect();
    format!("{} reach each other without a declared need", members.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default_and_on_shared_networks() {
        assert_eq!(places(&LinkIsolation, |_| {}), "network app--db, network gateway--app");
        assert_eq!(mended(&LinkIsolation, |_| {}), "");
        let shared =
            |s: &mut Stack| s.networks.values_mut().for_each(|n| n.purpose = Purpose::Shared);
        let all = "network app--db, network gateway--app, network ingress";
        assert_eq!(mended(&LinkIsolation, shared), all, "a machine cannot know the needs");
    }

    #[test]
    fn spares_what_is_isolated() {
        let isolate = |s: &mut Stack| {
            for network in s.networks.values_mut() {
                network.internal = written(true);
                network.host_absent = written(true);
            }
        };
        assert_eq!(places(&LinkIsolation, isolate), "");
    }
}
