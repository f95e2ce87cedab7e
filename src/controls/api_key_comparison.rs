//! A service does not leak a key by its timing.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Access, HeaderName, Place, PolicyKind, PolicyName, ServiceName, Stack, Target};

/// A forwarded key is compared in constant time.
pub(super) struct ApiKeyComparison;

impl Control for ApiKeyComparison {
    fn page(&self) -> &'static Page {
        &Page {
            id: "api-key-comparison",
            title: "Services compare forwarded keys in constant time",
            section: Section::Authentication,
            severity: Severity::High,
            why: "The gateway looks keys up by hash, so that its time tells nothing. A service \
                  that gets the key as well (`forward: true`) and compares it with `==` ends at \
                  the first wrong character, which can be measured.",
            example: indoc! {"
                auth:
                  stack: {api_key: stack_api_key, header: X-API-Key, forward: true}
            "},
            references: &["CWE-208", "OWASP ASVS (cryptography)"],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut seen = BTreeSet::new();
        for (_, _, route) in stack.gateway.routes() {
            let (Access::Policy(name), Target::Service { service, .. }) =
                (&*route.access, &route.target)
            else {
                continue;
            };
            let policy = stack.gateway.policies.get(name);
            if let Some(PolicyKind::ApiKey(policy)) = policy.map(|policy| &policy.kind)
                && policy.forward
            {
                seen.insert((service, &policy.header, name));
            }
        }
        let found = |(service, header, name): (&ServiceName, &HeaderName, &PolicyName)| {
            let words = format!("the key of policy {name} is passed on in {header}");
            Found::unsaid(words, ADVICE).at(Place::Service(service.clone()))
        };
        seen.into_iter().map(found).collect()
    }
}

const ADVICE: &str = "compare it in constant time: `hmac.compare_digest` (Python), \
     `crypto.timingSafeEqual` (Node), `subtle.ConstantTimeCompare` (Go); or leave the check to \
     the gateway (`forward: false`)";

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;

    #[test]
    fn fires_on_a_key_that_is_passed_on() {
        assert_eq!(places(&ApiKeyComparison, |s| forward(s, true)), "service app");
    }

    #[test]
    fn spares_a_key_that_ends_at_the_gateway() {
        assert_eq!(places(&ApiKeyComparison, |s| forward(s, false)), "");
    }

    fn forward(stack: &mut Stack, forward: bool) {
        for policy in stack.gateway.policies.values_mut() {
            if let PolicyKind::ApiKey(policy) = &mut policy.kind {
                policy.forward = forward;
            }
        }
    }
}
