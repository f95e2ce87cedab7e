//! Plain attacks end at the gateway.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Obvious injections in the query are refused.
pub(super) struct InjectionGuard;

impl Control for InjectionGuard {
    fn page(&self) -> &'static Page {
        &Page {
            id: "injection-guard",
            title: "Obvious injections in the query are refused",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "A small filter for script tags, UNION SELECT, parent folders and JNDI lookups in \
                  the query. It stops scanners, not people: it is no web application firewall, and \
                  the application still validates what it gets.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/search: {auth: user}}
            "},
            references: &["OWASP Top 10 A03:2021", "CWE-79", "CWE-89"],
            enforced_in: "gateway/conf.d/guard.conf: `$bad_args`; gateway/snippets/guard.conf: `return 403`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.guards.arguments).then(|| {
                Found::in_value(
                    &gateway.guards.arguments,
                    "queries are not looked at",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.guards.arguments.mend(true, self.id());
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
        assert_eq!(places(&InjectionGuard, |_| {}), "gateway");
        assert_eq!(mended(&InjectionGuard, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&InjectionGuard, |s| s.gateway.guards.arguments = written(true)), "");
    }
}
