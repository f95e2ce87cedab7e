//! A connection serves the host that it was opened for.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Requests for another host than the connection was opened for are refused.
pub(super) struct MisdirectedRequests;

impl Control for MisdirectedRequests {
    fn page(&self) -> &'static Page {
        &Page {
            id: "misdirected-requests",
            title: "Requests for another host than the connection was opened for are refused",
            section: Section::Tls,
            severity: Severity::Medium,
            why: "A TLS connection opened for one name can carry requests for another where one \
                  certificate covers both: rules by name (client certificates, address lists at a \
                  load balancer) are then passed by.",
            example: indoc! {"
                domain: api.example.com
                hosts: {admin: admin.example.com}
            "},
            references: &["RFC 9110 section 15.5.20", "CWE-346"],
            enforced_in: "gateway/conf.d/guard.conf: `$misdirected`; gateway/snippets/guard.conf: `return 421`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.guards.misdirected).then(|| {
                Found::in_value(
                    &gateway.guards.misdirected,
                    "one connection may ask for any host",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.guards.misdirected.mend(true, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&MisdirectedRequests, |_| {}), "gateway");
        assert_eq!(mended(&MisdirectedRequests, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&MisdirectedRequests, |s| s.gateway.guards.misdirected = written(true)),
            ""
        );
    }
}
