//! Only a validator says who somebody is.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{IdentityHeaders, Place, Stack};

/// A client's own identity headers are removed.
pub(super) struct IdentityHeadersStripped;

impl Control for IdentityHeadersStripped {
    fn page(&self) -> &'static Page {
        &Page {
            id: "identity-headers",
            title: "A client's own identity headers are removed",
            section: Section::Authentication,
            severity: Severity::High,
            why: "A service behind the gateway trusts X-User-Id. If a client may send it, a client \
                  may be anybody; one location that forgets to overwrite it is enough. So it is \
                  removed from every request, and set from the validator's answer alone.",
            example: indoc! {"
                auth:
                  user:
                    validator: core-app/api/auth/validate
                    identity: {X-User-Id: x-user-id}
            "},
            references: &["CWE-290", "OWASP API Security API2:2023"],
            enforced_in: "gateway/snippets/proxy-headers.conf: `proxy_set_header`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.gateway.routes().next().is_some()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.identity_headers == IdentityHeaders::PassedOn).then(|| {
                Found::in_value(
                    &gateway.identity_headers,
                    "identity headers of clients are passed on",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.identity_headers.mend(IdentityHeaders::Stripped, self.id());
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
        assert_eq!(places(&IdentityHeadersStripped, |_| {}), "gateway");
        assert_eq!(mended(&IdentityHeadersStripped, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&IdentityHeadersStripped, |s| s.gateway.identity_headers =
                written(IdentityHeaders::Stripped)),
            ""
        );
    }
}
