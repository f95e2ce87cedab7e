//! One client cannot hold all connections.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Connections of one client are limited.
pub(super) struct ConnectionLimit;

impl Control for ConnectionLimit {
    fn page(&self) -> &'static Page {
        &Page {
            id: "connection-limit",
            title: "Connections of one client are limited",
            section: Section::RateLimiting,
            severity: Severity::Medium,
            why: "Rates count requests; a client that opens connections and says little is not \
                  counted, and holds one of the gateway's connections each.",
            example: indoc! {"
                rates:
                  default: 60/min burst 20
            "},
            references: &["CIS NGINX (request limits)", "CWE-770"],
            enforced_in: "gateway/conf.d/limits.conf: `limit_conn`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.connections_per_client == 0).then(|| {
                Found::in_value(
                    &gateway.connections_per_client,
                    "one client may hold every connection",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.connections_per_client.mend(MOST, self.id());
        }
    }
}

/// More than browsers open to one host, also behind one address.
const MOST: u32 = 50;

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&ConnectionLimit, |_| {}), "gateway");
        assert_eq!(mended(&ConnectionLimit, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&ConnectionLimit, |s| s.gateway.connections_per_client = written(20)),
            ""
        );
    }
}
