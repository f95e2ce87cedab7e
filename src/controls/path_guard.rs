//! A path means one thing to all.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Paths that normalise to something else are refused.
pub(super) struct PathGuard;

impl Control for PathGuard {
    fn page(&self) -> &'static Page {
        &Page {
            id: "path-guard",
            title: "Paths that normalise to something else are refused",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "nginx chooses a location by the normalised path and passes the raw one on: \
                  `/api/private/../public/x` is public to nginx and private to the service. \
                  Encoded slashes, dot segments, doubled slashes and hidden files are refused \
                  before any route.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/public/: {auth: none}}
            "},
            references: &["CWE-22", "CWE-436", "OWASP ASVS (input validation)"],
            enforced_in: "gateway/conf.d/guard.conf: `$bad_uri`; gateway/snippets/guard.conf: `return 400`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.guards.paths).then(|| {
                Found::in_value(
                    &gateway.guards.paths,
                    "paths reach services as they were sent",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.guards.paths.mend(true, self.id());
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
        assert_eq!(places(&PathGuard, |_| {}), "gateway");
        assert_eq!(mended(&PathGuard, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&PathGuard, |s| s.gateway.guards.paths = written(true)), "");
    }
}
