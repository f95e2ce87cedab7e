//! The engine keeps what the file promises.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Network, Place, Purpose, Stack};

/// The engine is new enough for internal networks.
pub(super) struct EngineVersion;

impl Control for EngineVersion {
    fn page(&self) -> &'static Page {
        &Page {
            id: "engine-version",
            title: "The engine is 25.0.5 or newer",
            section: Section::Operations,
            severity: Severity::Low,
            why: "Older engines pass names that they do not know to the host's resolver even from \
                  an internal network, so that data can leave in DNS queries.",
            example: indoc! {"
                services:
                  app: {needs: [postgres]}
            "},
            references: &["CVE-2024-29018", "CIS Docker 1.2.2", "OWASP Docker rule 0"],
            enforced_in: "the host",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let internal = |network: &Network| {
            *network.internal || matches!(network.purpose, Purpose::Link { .. })
        };
        if !stack.networks.values().any(internal) {
            return Vec::new();
        }
        let advice = "see that `docker version` names 25.0.5 or newer, or 23.0.11 of that line";
        vec![Found::unsaid("older engines answer outside names on links", advice).at(Place::Stack)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;

    #[test]
    fn fires_on_a_stack_with_links() {
        assert_eq!(places(&EngineVersion, |_| {}), "stack");
    }

    #[test]
    fn spares_a_stack_without_links() {
        assert_eq!(places(&EngineVersion, |s| s.networks.clear()), "");
    }
}
