//! A client learns that it asks too often.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// A request over its limit is answered 429.
pub(super) struct LimitStatus;

impl Control for LimitStatus {
    fn page(&self) -> &'static Page {
        &Page {
            id: "limit-status",
            title: "A request over its limit is answered 429",
            section: Section::RateLimiting,
            severity: Severity::Low,
            why: "nginx answers 503, which looks like an outage: clients retry at once and \
                  monitors ring. 429 with Retry-After says what is the matter and when to come \
                  back.",
            example: indoc! {"
                rates:
                  login: 5/min burst 5
            "},
            references: &["RFC 6585 section 4", "OWASP API Security API4:2023"],
            enforced_in: "gateway/conf.d/limits.conf: `limit_req_status`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.limit_status != TOO_MANY).then(|| {
                Found::in_value(
                    &gateway.limit_status,
                    "a request over its limit looks like an outage",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.limit_status.mend(TOO_MANY, self.id());
        }
    }
}

/// Too Many Requests (RFC 6585).
const TOO_MANY: u16 = 429;

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&LimitStatus, |_| {}), "gateway");
        assert_eq!(mended(&LimitStatus, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&LimitStatus, |s| s.gateway.limit_status = written(TOO_MANY)), "");
    }
}
