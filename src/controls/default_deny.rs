//! What no route names is closed.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Host, Place, Stack};

/// Paths without a route answer 404.
pub(super) struct DefaultDeny;

impl Control for DefaultDeny {
    fn page(&self) -> &'static Page {
        &Page {
            id: "default-deny",
            title: "Paths without a route answer 404",
            section: Section::Network,
            severity: Severity::High,
            why: "nginx serves files of its root directory where no location matches, and a proxy \
                  that passes everything on publishes each path that a service ever gets. Closed \
                  by default, a new path is public only when somebody writes a route.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/: {auth: user}}
            "},
            references: &["OWASP API Security API9:2023", "OWASP ASVS (access control)"],
            enforced_in: "gateway/sites/HOST.conf: `location /`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        let everything = |host: &Host| host.routes.keys().any(|path| path.as_str() == "/");
        !stack.gateway.hosts.values().all(everything)
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.default_deny).then(|| {
                Found::in_value(
                    &gateway.default_deny,
                    "paths without a route are answered",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.default_deny.mend(true, self.id());
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
        assert_eq!(places(&DefaultDeny, |_| {}), "gateway");
        assert_eq!(mended(&DefaultDeny, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&DefaultDeny, |s| s.gateway.default_deny = written(true)), "");
    }
}
