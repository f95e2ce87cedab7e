//! A webhook is what its sender signed.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, routes};
use crate::stack::{Access, Stack};

/// The service checks the signature of each webhook.
pub(super) struct WebhookSignature;

impl Control for WebhookSignature {
    fn page(&self) -> &'static Page {
        &Page {
            id: "webhook-signature",
            title: "Services check the signature of every webhook",
            section: Section::Authentication,
            severity: Severity::High,
            why: "The gateway asks for the signature's header, limits size and rate and passes the \
                  body on untouched. Whether the signature is right only the service can say, \
                  since only it has the sender's key and rules.",
            example: indoc! {"
                services:
                  app:
                    routes: {/hooks/provider: {webhook: {signature: X-Signature}, body: 256k}}
            "},
            references: &["OWASP API Security API2:2023", "CWE-347"],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        routes(stack, |route| {
            let Access::Webhook(webhook) = &*route.access else { return None };
            let words = format!("the gateway asks only that {} is there", webhook.signature);
            Some(Found::in_value(&route.access, words, ADVICE))
        })
    }
}

const ADVICE: &str = "compute the HMAC over the raw body before it is parsed, compare it in constant \
     time, refuse a timestamp older than five minutes, and remember the sender's id (passed on in \
     X-Request-Id) so that a repeated delivery does nothing";

#[cfg(test)]
mod tests {
    use super::super::contract::{places, route};
    use super::*;
    use crate::stack::{HeaderName, Webhook, testing::written};

    #[test]
    fn fires_on_a_webhook() {
        let webhook = |s: &mut Stack| {
            let signature = HeaderName::new("X-Signature").unwrap();
            route(s).access = written(Access::Webhook(Webhook { signature }));
        };
        assert_eq!(places(&WebhookSignature, webhook), "route api.shop.test/api/");
    }

    #[test]
    fn spares_other_routes() {
        assert_eq!(places(&WebhookSignature, |_| {}), "");
    }
}
