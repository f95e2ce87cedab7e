//! What no control understands is named.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Sourced, Stack};

/// Keys that no control judges are looked at by a person.
pub(super) struct UnmodelledKeys;

impl Control for UnmodelledKeys {
    fn page(&self) -> &'static Page {
        &Page {
            id: "unmodelled-keys",
            title: "Keys that no control judges are looked at by a person",
            section: Section::Operations,
            severity: Severity::Info,
            why: "A raw `compose:` key that this tool has no word for is carried unchanged, so \
                  that nothing is lost. No control judges it, and a report that was silent about \
                  it would claim too much.",
            example: indoc! {"
                services:
                  app:
                    compose: {hostname: app-1}
            "},
            references: &[
                "CIS Docker 5",
                "OWASP Docker rule 3",
                "KICS 4d9f44c6",
                "KICS 8af7162d",
                "KICS baa452f0",
                "compose-lint CL-0009",
                "compose-lint CL-0010",
                "compose-lint CL-0017",
            ],
            enforced_in: "compose.yaml: the keys themselves",
            refuses: false,
            by_people: true,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(|service| !service.carried.is_empty())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(key, value): (&String, &Sourced<String>)| {
                let words = format!("`{key}` is carried as it is");
                Found::in_value(
                    value,
                    words,
                    "see that it weakens nothing, or declare an exception",
                )
            };
            service.carried.iter().map(found).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_key_that_is_carried() {
        let carry =
            |s: &mut Stack| drop(app(s).carried.insert("hostname".into(), written("app-1".into())));
        assert_eq!(places(&UnmodelledKeys, carry), "service app");
    }

    #[test]
    fn spares_keys_with_a_word() {
        assert_eq!(places(&UnmodelledKeys, |_| {}), "");
    }
}
