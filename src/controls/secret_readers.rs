//! Every secret has a reader.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, PolicyKind, SecretName, Stack};

/// Every declared secret is read by somebody.
pub(super) struct SecretReaders;

impl Control for SecretReaders {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secret-readers",
            title: "Every declared secret is read by somebody",
            section: Section::Secrets,
            severity: Severity::Medium,
            why: "A secret that nobody reads is a mistake in a name, or was forgotten when its \
                  reader went: it stays valid, and nobody would miss it. `readers: people` says \
                  that people keep it.",
            example: indoc! {"
                secrets:
                  smoke_test_key: {provided: true, readers: people}
            "},
            references: &["OWASP Secrets Management Cheat Sheet", "CWE-1164"],
            enforced_in: "exposure.yaml: `secrets`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.secrets.values().any(|secret| secret.origin.is_written())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let used = used(stack);
        let declared = stack.secrets.iter().filter(|(_, secret)| secret.origin.is_written());
        declared
            .filter(|(name, secret)| !secret.for_people && !used.contains(name))
            .map(|(name, secret)| {
                let advice =
                    "name it in a service's `secrets:`, write `readers: people`, or remove it";
                Found::from(&secret.origin, "nobody reads it", advice)
                    .at(Place::Secret(name.clone()))
            })
            .collect()
    }
}

/// Every secret that a service reads, another one is made of, or a policy names.
fn used(stack: &Stack) -> BTreeSet<&SecretName> {
    let read = stack.services.values().flat_map(|service| &service.secrets);
    let mut used: BTreeSet<&SecretName> = read.map(|used| &used.secret).collect();
    used.extend(stack.secrets.values().flat_map(|secret| secret.kind.parts()));
    for policy in stack.gateway.policies.values() {
        match &policy.kind {
            PolicyKind::Validator(_) => {}
            PolicyKind::ApiKey(policy) => {
                used.extend(policy.clients.values().chain([&policy.table]))
            }
            PolicyKind::Oidc(policy) => used.extend([&policy.client_secret, &policy.cookie_secret]),
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;

    #[test]
    fn fires_on_a_secret_that_nobody_reads() {
        assert_eq!(places(&SecretReaders, |s| app(s).secrets.clear()), "secret db_app_password");
    }

    #[test]
    fn spares_what_a_policy_a_template_or_people_use() {
        assert_eq!(places(&SecretReaders, |_| {}), "");
        let people = |s: &mut Stack| {
            app(s).secrets.clear();
            s.secrets.get_mut("db_app_password").unwrap().for_people = true;
        };
        assert_eq!(places(&SecretReaders, people), "");
    }
}
