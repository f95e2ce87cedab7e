//! A key is too long to be tried.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, secret_at};
use crate::stack::{Place, PolicyKind, Secret, SecretName, Stack};

/// Client keys have 16 characters or more.
pub(super) struct SecretLength;

impl Control for SecretLength {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secret-length",
            title: "Client keys have 16 characters or more",
            section: Section::Secrets,
            severity: Severity::Medium,
            why: "Whoever may ask the gateway may try keys. Sixteen random characters of a-z and \
                  0-9 are 82 bits: no rate of trying finds one. A shorter value is refused when \
                  secrets are filled and when they are unsealed.",
            example: indoc! {"
                secrets:
                  stack_api_key: {provided: true, minimum: 32}
            "},
            references: &["OWASP ASVS (cryptography)", "NIST SP 800-63B", "CWE-521"],
            enforced_in: "secrets/ENV.yaml: checked by `secrets fill` and `secrets unseal`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !keys(stack).is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let short = keys(stack).into_iter().filter(|(_, secret)| *secret.minimum < FEWEST);
        short
            .map(|(name, secret)| {
                let words = format!("a key of {} characters would do", (*secret.minimum).max(1));
                let advice = "write `minimum: 16` or more";
                Found::in_value(&secret.minimum, words, advice).at(Place::Secret(name.clone()))
            })
            .collect()
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(secret) = secret_at(stack, at) {
            secret.minimum.mend(FEWEST, self.id());
        }
    }
}

/// Fewest characters of a key that a client presents.
const FEWEST: u32 = 16;

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
    fn fires_on_a_key_without_a_minimum() {
        assert_eq!(places(&SecretLength, |_| {}), "secret stack_api_key");
        assert_eq!(mended(&SecretLength, |_| {}), "");
    }

    #[test]
    fn spares_a_larger_minimum() {
        assert_eq!(places(&SecretLength, |s| minimum(s, 32)), "");
        assert_eq!(places(&SecretLength, |s| s.gateway.policies.clear()), "");
    }

    fn minimum(stack: &mut Stack, characters: u32) {
        stack.secrets.get_mut("stack_api_key").unwrap().minimum = written(characters);
    }
}
