//! The engine's system call filter stays on.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Confinement, Place, Stack};

/// System calls are filtered.
pub(super) struct Seccomp;

impl Control for Seccomp {
    fn page(&self) -> &'static Page {
        &Page {
            id: "seccomp",
            title: "System calls are filtered",
            section: Section::Containers,
            severity: Severity::High,
            why: "Docker's profile refuses some 44 system calls that containers do not need and \
                  through which most ways out of a container lead. `seccomp:unconfined` lets all \
                  of them pass.",
            example: indoc! {"
                exceptions:
                  - {control: seccomp, service: debugger, reason: 'traces other processes'}
            "},
            references: &[
                "CIS Docker 5.22",
                "OWASP Docker rule 6",
                "KICS 404fde2c",
                "compose-lint CL-0009",
            ],
            enforced_in: "compose.yaml: no `seccomp`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (*service.seccomp == Confinement::Unconfined).then(|| {
                Found::in_value(
                    &service.seccomp,
                    "system calls are not filtered",
                    "remove `seccomp:unconfined`, or name a profile of your own",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.seccomp.mend(Confinement::Default, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    fn off(stack: &mut Stack) {
        app(stack).seccomp = written(Confinement::Unconfined);
    }

    #[test]
    fn fires_where_it_is_off() {
        assert_eq!(places(&Seccomp, off), "service app");
        assert_eq!(mended(&Seccomp, off), "");
    }

    #[test]
    fn spares_a_profile() {
        let own = |s: &mut Stack| app(s).seccomp = written(Confinement::Custom("a.json".into()));
        assert_eq!(places(&Seccomp, own), "");
    }
}
