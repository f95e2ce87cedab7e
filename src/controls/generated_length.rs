//! What is drawn is long enough.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Made, Place, SecretKind, Stack};

/// Generated secrets are long enough.
pub(super) struct GeneratedLength;

impl Control for GeneratedLength {
    fn page(&self) -> &'static Page {
        &Page {
            id: "generated-length",
            title: "Generated secrets have 16 characters or more",
            section: Section::Secrets,
            severity: Severity::Medium,
            why: "Nobody types a generated secret, so its length costs nothing: 16 characters of \
                  a-z and 0-9 are 82 bits, the default of 43 is 222.",
            example: indoc! {"
                secrets:
                  session_key: {generate: {length: 43}}
            "},
            references: &["OWASP ASVS (cryptography)", "CWE-331"],
            enforced_in: "secrets/ENV.yaml: `kind: generated`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        let mut secrets = stack.secrets.values();
        secrets.any(|secret| matches!(secret.kind, SecretKind::Generated(Made::Text { .. })))
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let each = stack.secrets.iter().filter_map(|(name, secret)| {
            let SecretKind::Generated(Made::Text { length }) = secret.kind else { return None };
            let wanted = (*secret.minimum).max(FEWEST);
            (length < wanted).then(|| {
                let words = format!("it is drawn with {length} characters, {wanted} are wanted");
                let advice = "write a larger `length:`; 43 is the default";
                Found::from(&secret.origin, words, advice).at(Place::Secret(name.clone()))
            })
        });
        each.collect()
    }
}

/// 82 bits of a-z and 0-9.
const FEWEST: u32 = 16;

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::testing::{generated, secret_name};

    #[test]
    fn fires_on_a_short_one() {
        let short = |s: &mut Stack| drop(s.secrets.insert(secret_name("pin"), generated(6)));
        assert_eq!(places(&GeneratedLength, short), "secret pin");
    }

    #[test]
    fn spares_the_default() {
        assert_eq!(places(&GeneratedLength, |_| {}), "");
        let just = |s: &mut Stack| drop(s.secrets.insert(secret_name("pin"), generated(16)));
        assert_eq!(places(&GeneratedLength, just), "");
    }
}
