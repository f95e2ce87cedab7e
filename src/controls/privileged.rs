//! No container may do all that the host may.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Stack};

/// No container is privileged.
pub(super) struct Privileged;

impl Control for Privileged {
    fn page(&self) -> &'static Page {
        &Page {
            id: "privileged",
            title: "No container is privileged",
            section: Section::Containers,
            severity: Severity::Critical,
            why: "`privileged: true` gives every capability, every device and no system call \
                  filter: root in the container is root on the host.",
            example: indoc! {"
                exceptions:
                  - {control: privileged, service: agent, reason: 'reads hardware counters'}
            "},
            references: &[
                "CIS Docker 5.5",
                "OWASP Docker rule 3",
                "KICS ae5b6871",
                "compose-lint CL-0002",
            ],
            enforced_in: "compose.yaml: no `privileged: true`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            service.privileged.then(|| {
                Found::in_value(
                    &service.privileged,
                    "the container is privileged",
                    "remove `privileged`, or declare an exception for the control `privileged`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.privileged.mend(false, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_privileged_service() {
        let all = |s: &mut Stack| app(s).privileged = written(true);
        assert_eq!(places(&Privileged, all), "service app");
        assert_eq!(mended(&Privileged, all), "");
    }

    #[test]
    fn spares_dockers_default() {
        assert_eq!(places(&Privileged, |_| {}), "");
    }
}
