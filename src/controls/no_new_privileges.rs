//! A program cannot gain rights that it did not start with.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Stack};

/// Set-user-id programs gain nothing.
pub(super) struct NoNewPrivileges;

impl Control for NoNewPrivileges {
    fn page(&self) -> &'static Page {
        &Page {
            id: "no-new-privileges",
            title: "No program gains rights while it runs",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "Without it `su`, `sudo` and every other set-user-id file of an image lead from \
                  the service's user back to root.",
            example: indoc! {"
                services:
                  app:
                    security_opt: ['no-new-privileges:true']
            "},
            references: &[
                "CIS Docker 5.26",
                "OWASP Docker rule 4",
                "KICS 27fcc7d6",
                "KICS 610e266e",
                "compose-lint CL-0003",
            ],
            enforced_in: "compose.yaml: `no-new-privileges:true`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (!*service.no_new_privileges).then(|| {
                Found::in_value(
                    &service.no_new_privileges,
                    "set-user-id programs take effect",
                    "a program that must change its user needs an exception",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.no_new_privileges.mend(true, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&NoNewPrivileges, |_| {}), "service app, service db, service gateway");
    }

    #[test]
    fn spares_where_it_is_set() {
        let set = |s: &mut Stack| app(s).no_new_privileges = written(true);
        assert_eq!(places(&NoNewPrivileges, set), "service db, service gateway");
        assert_eq!(mended(&NoNewPrivileges, |_| {}), "");
    }
}
