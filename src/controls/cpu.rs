//! No container takes all processors.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{CpuShare, Place, Role, Stack};

/// No container takes all processors.
pub(super) struct Cpu;

impl Control for Cpu {
    fn page(&self) -> &'static Page {
        &Page {
            id: "cpu",
            title: "The processor share of every container is limited",
            section: Section::Containers,
            severity: Severity::Low,
            why: "A busy loop, or a request that costs much, otherwise slows every other service \
                  and the gateway in front of them.",
            example: indoc! {"
                services:
                  clipper:
                    limits: {cpus: 2}
            "},
            references: &[
                "CIS Docker 5.12",
                "OWASP Docker rule 7",
                "KICS 6b610c50",
                "compose-lint CL-0026",
                "compose-auditor RES002",
            ],
            enforced_in: "compose.yaml: `cpus`, also below `deploy.resources.limits`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (*service.limits.cpus == CpuShare(0)).then(|| {
                Found::in_value(
                    &service.limits.cpus,
                    "it may take all processors of the host",
                    GUESS,
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.limits.cpus.mend(guess(&service.role), self.id());
        }
    }
}

const GUESS: &str = "the limit is a guess: measure, then write `limits: {cpus: …}`";

/// One processor for what people wait for, half of one beside it.
fn guess(role: &Role) -> CpuShare {
    match role {
        Role::Application | Role::Known(_) | Role::Gateway => CpuShare(1000),
        Role::OidcProxy(_) | Role::AcmeClient => CpuShare(500),
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&Cpu, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&Cpu, |_| {}), "");
    }

    #[test]
    fn spares_a_limit_that_a_person_wrote() {
        let own = |s: &mut Stack| app(s).limits.cpus = written(CpuShare(250));
        assert_eq!(places(&Cpu, own), "service db, service gateway");
    }
}
