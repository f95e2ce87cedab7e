//! A key has a date by which it is replaced.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, secret_at};
use crate::stack::{Place, PolicyKind, Seconds, Secret, SecretName, Stack};

/// Client keys have a date by which they are replaced.
pub(super) struct SecretRotation;

impl Control for SecretRotation {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secret-rotation",
            title: "Client keys have a date by which they are replaced",
            section: Section::Secrets,
            severity: Severity::Low,
            why: "A key that clients hold leaks sooner or later: into a script, a laptop, a log. \
                  With a date, `secrets check` fails while one is due, so a scheduled job tells you \
                  before anybody else does.",
            example: indoc! {"
                secrets:
                  stack_api_key: {generate: {length: 43}, rotate_after: 90d}
            "},
            references: &[
                "OWASP Secrets Management Cheat Sheet",
                "PCI DSS (key changes)",
                "NIST SP 800-57",
            ],
            enforced_in: "secrets/ENV.yaml: `rotate_after`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !keys(stack).is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let undated =
            keys(stack).into_iter().filter(|(_, secret)| *secret.rotate_after == Seconds(0));
        undated
            .map(|(name, secret)| {
                let advice = "write another `rotate_after:` where 90 days do not fit";
                Found::in_value(&secret.rotate_after, "it is never due to be replaced", advice)
                    .at(Place::Secret(name.clone()))
            })
            .collect()
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(secret) = secret_at(stack, at) {
            secret.rotate_after.mend(QUARTER, self.id());
        }
    }
}

/// Ninety days, as most policies for keys ask.
const QUARTER: Seconds = Seconds(90 * 86_400);

/// The secrets that clients present as keys, each once.
fn keys(stack: &Stack) -> BTreeMap<&SecretName, &Secret> {
    let kinds = stack.gateway.policies.values().map(|policy| &policy.kind);
    let keys = kinds.filter_map(|kind| match kind {
        PolicyKind::ApiKey(policy) => Some(policy.clients.values()),
        PolicyKind::Validator(_) | PolicyKind::Oidc(_) => None,
    });
    keys.flatten().filter_map(|key| stack.secrets.get_key_value(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_key_without_a_date() {
        assert_eq!(places(&SecretRotation, |_| {}), "secret stack_api_key");
        assert_eq!(mended(&SecretRotation, |_| {}), "");
    }

    #[test]
    fn spares_a_date_that_a_person_chose() {
        let year = |s: &mut Stack| {
            let key = s.secrets.get_mut("stack_api_key").unwrap();
            key.rotate_after = written(Seconds(365 * 86_400));
        };
        assert_eq!(places(&SecretRotation, year), "");
    }
}
