//! A stack comes back after a reboot.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, Stack};

/// Secrets are unsealed again after a reboot.
pub(super) struct AfterReboot;

impl Control for AfterReboot {
    fn page(&self) -> &'static Page {
        &Page {
            id: "after-reboot",
            title: "Secrets are unsealed again after a reboot",
            section: Section::Operations,
            severity: Severity::Info,
            why: "Unsealed secrets lie in memory, so that a disk that is lost or sold holds none \
                  of them. After a reboot they are gone: containers that mount them end at once, \
                  and `unless-stopped` does not try again.",
            example: indoc! {"
                secrets:
                  session_key: {generate: {length: 43}}
            "},
            references: &["Docker restart policies", "NIST SP 800-57"],
            enforced_in: "RUNBOOK.md: after a reboot",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        if stack.secrets.is_empty() {
            return Vec::new();
        }
        let advice =
            "unseal before the engine starts the stack, or unseal and `up -d`, as the runbook says";
        vec![Found::unsaid("unsealed secrets do not outlive a reboot", advice).at(Place::Stack)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;

    #[test]
    fn fires_on_a_stack_with_secrets() {
        assert_eq!(places(&AfterReboot, |_| {}), "stack");
    }

    #[test]
    fn spares_a_stack_without() {
        assert_eq!(places(&AfterReboot, |s| s.secrets.clear()), "");
    }
}
