//! Browsers are told to be strict.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Every answer carries security headers.
pub(super) struct SecurityHeaders;

impl Control for SecurityHeaders {
    fn page(&self) -> &'static Page {
        &Page {
            id: "security-headers",
            title: "Every answer carries security headers",
            section: Section::ErrorResponses,
            severity: Severity::Low,
            why: "`nosniff` keeps a browser from running an upload as a script, `Referrer-Policy` \
                  keeps paths from other sites, and the request id lets a person name a request \
                  that failed. They stand on errors as well.",
            example: indoc! {"
                headers:
                  X-Content-Type-Options: nosniff
                  Referrer-Policy: strict-origin-when-cross-origin
            "},
            references: &["OWASP Secure Headers", "OWASP ASVS (HTTP security headers)"],
            enforced_in: "gateway/conf.d/headers.conf: `X-Content-Type-Options nosniff`, `Referrer-Policy`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.security_headers).then(|| {
                Found::in_value(
                    &gateway.security_headers,
                    "answers carry no security headers",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.security_headers.mend(true, self.id());
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
        assert_eq!(places(&SecurityHeaders, |_| {}), "gateway");
        assert_eq!(mended(&SecurityHeaders, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&SecurityHeaders, |s| s.gateway.security_headers = written(true)), "");
    }
}
