//! Nothing can be changed in a container's own files.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Stack};

/// The root file system is read-only.
pub(super) struct ReadOnlyRoot;

impl Control for ReadOnlyRoot {
    fn page(&self) -> &'static Page {
        &Page {
            id: "read-only-root",
            title: "The root file system is read-only",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "Whoever takes over a program cannot replace its files or leave a tool behind \
                  where nothing can be written. What the program must write is declared: volumes \
                  and `writable:` paths.",
            example: indoc! {"
                services:
                  clipper:
                    writable: [/tmp/render]
            "},
            references: &[
                "CIS Docker 5.13",
                "OWASP Docker rule 8",
                "compose-lint CL-0007",
                "compose-harden read_only",
            ],
            enforced_in: "compose.yaml: `read_only: true`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (!*service.read_only_root).then(|| {
                Found::in_value(
                    &service.read_only_root,
                    "the root file system is writable",
                    "name what the program writes in `writable:` or `volumes:`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.read_only_root.mend(true, self.id());
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
        assert_eq!(places(&ReadOnlyRoot, |_| {}), "service app, service db, service gateway");
    }

    #[test]
    fn spares_what_is_read_only() {
        assert_eq!(
            places(&ReadOnlyRoot, |s| app(s).read_only_root = written(true)),
            "service db, service gateway"
        );
        assert_eq!(mended(&ReadOnlyRoot, |_| {}), "");
    }
}
