//! Methods that nothing here means are refused.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Unusual methods are refused.
pub(super) struct MethodGuard;

impl Control for MethodGuard {
    fn page(&self) -> &'static Page {
        &Page {
            id: "method-guard",
            title: "Unusual methods are refused",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "TRACE reflects headers, CONNECT tunnels, WebDAV methods write. Only GET, HEAD, \
                  POST, PUT, PATCH, DELETE and OPTIONS pass; a route can narrow that further.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/: {methods: [GET, POST]}}
            "},
            references: &["OWASP ASVS (HTTP methods)", "CWE-650"],
            enforced_in: "gateway/conf.d/guard.conf: `$bad_method`; gateway/snippets/guard.conf: `return 405`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.guards.methods).then(|| {
                Found::in_value(
                    &gateway.guards.methods,
                    "every method is passed on",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.guards.methods.mend(true, self.id());
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
        assert_eq!(places(&MethodGuard, |_| {}), "gateway");
        assert_eq!(mended(&MethodGuard, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&MethodGuard, |s| s.gateway.guards.methods = written(true)), "");
    }
}
