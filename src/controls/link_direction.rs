//! A link works both ways.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Violation};
use crate::stack::{Place, ServiceName, Stack};

/// What a service needs cannot call it back.
pub(super) struct LinkDirection;

impl Control for LinkDirection {
    fn page(&self) -> &'static Page {
        &Page {
            id: "link-direction",
            title: "What a service needs cannot reach its own port",
            section: Section::Network,
            why: "A bridge has no direction: a database that is taken over can dial the service \
                  that needs it, and there send whatever the gateway would have removed, identity \
                  headers first.",
            example: indoc! {"
                services:
                  core-app:
                    needs: [postgres]
                    mtls: true
            "},
            references: &["OWASP Docker rule 5", "CWE-290"],
            enforced_in: "HARDENING.md, until `mtls: true`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut needed: BTreeMap<&ServiceName, Vec<&str>> = BTreeMap::new();
        for (from, to) in stack.links() {
            needed.entry(from).or_default().push(to.as_str());
        }
        let listening = |name: &ServiceName| {
            let service = stack.services.get(name)?;
            (*service.port > 0 && !service.is_ours()).then_some(*service.port)
        };
        needed
            .into_iter()
            .filter_map(|(from, to)| {
                let port = listening(from)?;
                let words = format!("port {port} can be reached from {}", to.join(", "));
                Some(Found::unsaid(words, ADVICE).at(Place::Service(from.clone())))
            })
            .collect()
    }
}

const ADVICE: &str = "do not take an identity from headers alone where that matters; `mtls: true` on \
     this service closes it";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::Sourced;

    #[test]
    fn fires_on_a_service_that_listens_and_needs() {
        assert_eq!(places(&LinkDirection, |_| {}), "service app");
    }

    #[test]
    fn spares_a_worker_without_a_port() {
        assert_eq!(places(&LinkDirection, |s| app(s).port = Sourced::default()), "");
    }
}
