//! No container takes all memory.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Bytes, Place, Role, Stack};

/// No container takes all memory.
pub(super) struct Memory;

impl Control for Memory {
    fn page(&self) -> &'static Page {
        &Page {
            id: "memory",
            title: "The memory of every container is limited",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "One container with a leak, or with a request that makes it grow, takes the \
                  memory of all others and of the host. With a limit the kernel ends that \
                  container alone, and swap does not hide it.",
            example: indoc! {"
                services:
                  clipper:
                    limits: {memory: 1g}
            "},
            references: &[
                "CIS Docker 5.11",
                "OWASP Docker rule 7",
                "KICS bb9ac4f7",
                "compose-lint CL-0026",
                "compose-auditor RES001",
            ],
            enforced_in: "compose.yaml: `mem_limit`, `memswap_limit`, also below `deploy.resources.limits`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (*service.limits.memory == Bytes(0)).then(|| {
                Found::in_value(&service.limits.memory, "it may take all memory of the host", GUESS)
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.limits.memory.mend(guess(&service.role), self.id());
        }
    }
}

const GUESS: &str = "the limit is a guess: measure, then write `limits: {memory: …}`";

/// A start for a small stack; nginx and oauth2-proxy stay well below 128 MiB.
fn guess(role: &Role) -> Bytes {
    match role {
        Role::Application => Bytes(512 << 20),
        Role::Known(_) => Bytes(1 << 30),
        Role::Gateway | Role::OidcProxy(_) | Role::AcmeClient => Bytes(128 << 20),
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&Memory, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&Memory, |_| {}), "");
    }

    #[test]
    fn spares_a_limit_that_a_person_wrote() {
        let own = |s: &mut Stack| app(s).limits.memory = written(Bytes(1 << 30));
        assert_eq!(places(&Memory, own), "service db, service gateway");
    }
}
