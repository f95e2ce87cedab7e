//! An error tells no more than its status.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{ErrorBodies, Place, Stack};

/// Errors have one form and tell nothing inside.
pub(super) struct UniformErrors;

impl Control for UniformErrors {
    fn page(&self) -> &'static Page {
        &Page {
            id: "error-bodies",
            title: "Errors have one form and tell nothing inside",
            section: Section::ErrorResponses,
            severity: Severity::Medium,
            why: "A stack trace names files, versions and queries; two different bodies for a \
                  wrong and a missing key tell which keys exist. Every error of the gateway is one \
                  JSON form, and 5xx bodies of services are replaced by it.",
            example: indoc! {"
                services:
                  mcp:
                    routes: {/mcp/: {errors: own}}
            "},
            references: &["OWASP API Security API8:2023", "CWE-209", "OWASP ASVS (error handling)"],
            enforced_in: "gateway/snippets/errors.conf: `error_page`; gateway/snippets/server.conf: `/__gw/error`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.error_bodies == ErrorBodies::Html).then(|| {
                Found::in_value(
                    &gateway.error_bodies,
                    "errors are HTML pages, and whatever a service says",
                    "`errors: own` on a route keeps a service's 4xx bodies",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.error_bodies.mend(ErrorBodies::Json, self.id());
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
        assert_eq!(places(&UniformErrors, |_| {}), "gateway");
        assert_eq!(mended(&UniformErrors, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&UniformErrors, |s| s.gateway.error_bodies = written(ErrorBodies::Json)),
            ""
        );
    }
}
