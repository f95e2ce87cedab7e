//! The gateway does not name its version.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// The server does not name its version.
pub(super) struct ServerTokens;

impl Control for ServerTokens {
    fn page(&self) -> &'static Page {
        &Page {
            id: "server-tokens",
            title: "The server does not name its version",
            section: Section::ErrorResponses,
            severity: Severity::Low,
            why: "The version in the Server header and on error pages tells a scanner which \
                  published flaws to try first.",
            example: indoc! {"
                headers:
                  Server: nginx
            "},
            references: &[
                "CIS NGINX (information disclosure)",
                "OWASP ASVS (information leakage)",
                "gixy version_disclosure",
            ],
            enforced_in: "gateway/conf.d/core.conf: `server_tokens off`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.server_tokens).then(|| {
                Found::in_value(
                    &gateway.server_tokens,
                    "the version is named in every answer",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.server_tokens.mend(false, self.id());
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
        assert_eq!(places(&ServerTokens, |_| {}), "gateway");
        assert_eq!(mended(&ServerTokens, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&ServerTokens, |s| s.gateway.server_tokens = written(false)), "");
    }
}
