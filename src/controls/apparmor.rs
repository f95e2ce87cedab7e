//! The engine's mandatory access control stays on.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Confinement, Place, Stack};

/// Mandatory access control is on.
pub(super) struct Apparmor;

impl Control for Apparmor {
    fn page(&self) -> &'static Page {
        &Page {
            id: "apparmor",
            title: "Mandatory access control is on",
            section: Section::Containers,
            severity: Severity::High,
            why: "Docker's AppArmor profile keeps a container from the host's /proc and /sys even \
                  where another barrier fails. `apparmor:unconfined` takes it away.",
            example: indoc! {"
                exceptions:
                  - {control: apparmor, service: mounter, reason: 'mounts its own file systems'}
            "},
            references: &["CIS Docker 5.2", "OWASP Docker rule 6", "compose-lint CL-0009"],
            enforced_in: "compose.yaml: no `apparmor`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (*service.apparmor == Confinement::Unconfined).then(|| {
                Found::in_value(
                    &service.apparmor,
                    "access to files is not confined",
                    "remove `apparmor:unconfined`, or name a profile of your own",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.apparmor.mend(Confinement::Default, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_it_is_off() {
        let off = |s: &mut Stack| app(s).apparmor = written(Confinement::Unconfined);
        assert_eq!(places(&Apparmor, off), "service app");
        assert_eq!(mended(&Apparmor, off), "");
    }

    #[test]
    fn spares_a_profile() {
        let own = |s: &mut Stack| app(s).apparmor = written(Confinement::Custom("shop".into()));
        assert_eq!(places(&Apparmor, own), "");
    }
}
