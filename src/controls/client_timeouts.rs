//! Slow clients do not hold the gateway.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Seconds, Stack};

/// A client must send its request within seconds.
pub(super) struct ClientTimeouts;

impl Control for ClientTimeouts {
    fn page(&self) -> &'static Page {
        &Page {
            id: "client-timeouts",
            title: "A client must send its request within seconds",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "A client that sends one byte a minute holds a connection for as long as nginx \
                  waits between two bytes: a few hundred of them are an outage (Slowloris).",
            example: indoc! {"
                services:
                  app:
                    routes: {/reports/: {timeout: 120s}}
            "},
            references: &["CIS NGINX (request limits)", "CWE-400"],
            enforced_in: "gateway/conf.d/core.conf: `client_header_timeout`, `client_body_timeout`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.client_timeout > MOST).then(|| {
                Found::in_value(
                    &gateway.client_timeout,
                    "a client may take a minute between two bytes",
                    "`timeout:` of a route is the service's time, not the client's",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.client_timeout.mend(MOST, self.id());
        }
    }
}

/// A slow mobile connection sends its headers well within it; CIS NGINX asks for 10 s.
const MOST: Seconds = Seconds(10);

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&ClientTimeouts, |_| {}), "gateway");
        assert_eq!(mended(&ClientTimeouts, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&ClientTimeouts, |s| s.gateway.client_timeout = written(Seconds(5))), "");
    }
}
