//! Only the hosts that are named exist.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack, UnknownHost};

/// Unknown hosts get no answer.
pub(super) struct UnknownHostRefused;

impl Control for UnknownHostRefused {
    fn page(&self) -> &'static Page {
        &Page {
            id: "unknown-host",
            title: "Unknown hosts get no answer",
            section: Section::Network,
            severity: Severity::Medium,
            why: "nginx answers a request for any name with its first server: scanners that know \
                  only the address see the application, and a forged Host header reaches it.",
            example: indoc! {"
                domain: api.example.com
                hosts: {auth: auth.example.com}
            "},
            references: &["CWE-346", "gixy default_server_flag", "RFC 9110 section 7.4"],
            enforced_in: "gateway/sites/_default.conf: `default_server`, `ssl_reject_handshake`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.unknown_host == UnknownHost::FirstServer).then(|| {
                Found::in_value(
                    &gateway.unknown_host,
                    "any host is answered by the first server",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.unknown_host.mend(UnknownHost::Refused, self.id());
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
        assert_eq!(places(&UnknownHostRefused, |_| {}), "gateway");
        assert_eq!(mended(&UnknownHostRefused, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&UnknownHostRefused, |s| s.gateway.unknown_host = written(UnknownHost::Refused)),
            ""
        );
    }
}
