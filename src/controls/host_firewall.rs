//! The host's own ports are not the stack's.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Network, Place, Purpose, Stack};

/// Containers cannot reach the host's ports.
pub(super) struct HostFirewall;

impl Control for HostFirewall {
    fn page(&self) -> &'static Page {
        &Page {
            id: "host-firewall",
            title: "Containers cannot reach the host's own ports",
            section: Section::Network,
            severity: Severity::Medium,
            why: "Links have no address of the host on them. The networks by which the gateway is \
                  reached and services call out do: from there every port that listens on the host \
                  answers, an SSH server or a database of another project. Published ports pass \
                  ufw by, whatever it shows.",
            example: indoc! {"
                network: {pool: 10.140.32.0/19}
            "},
            references: &["OWASP Docker rule 5a", "moby issue 22054"],
            enforced_in: "RUNBOOK.md: one INPUT rule",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let leads_out = |network: &Network| {
            !*network.internal && !matches!(network.purpose, Purpose::Link { .. })
        };
        let open = stack.networks.iter().filter(|(_, network)| leads_out(network));
        let names: Vec<&str> = open.map(|(name, _)| name.as_str()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let words = format!("ports of the host answer on {}", names.join(", "));
        let advice =
            "run the runbook's INPUT rule on the host once; it keeps the published ports open";
        vec![Found::unsaid(words, advice).at(Place::Stack)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_every_network_that_leads_out() {
        assert_eq!(places(&HostFirewall, |_| {}), "stack");
    }

    #[test]
    fn spares_links() {
        let links =
            |s: &mut Stack| s.networks.values_mut().for_each(|n| n.internal = written(true));
        assert_eq!(places(&HostFirewall, links), "");
    }
}
