//! Ended children are reaped.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Stack};

/// A process 1 reaps children where the image has none.
pub(super) struct Init;

impl Control for Init {
    fn page(&self) -> &'static Page {
        &Page {
            id: "init",
            title: "Process 1 of every container reaps children",
            section: Section::Containers,
            severity: Severity::Low,
            why: "A program that was not written to be process 1 ignores SIGTERM by default and \
                  leaves ended children behind as zombies, until the limit of processes is \
                  reached.",
            example: indoc! {"
                services:
                  app:
                    init: true
            "},
            references: &["Docker Compose init", "OWASP Docker rule 7"],
            enforced_in: "compose.yaml: `init`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (!*service.init && !service.image_has_init).then(|| {
                Found::in_value(
                    &service.init,
                    "nobody reaps ended children",
                    "nothing: the engine's own init is used",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.init.mend(true, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&Init, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&Init, |_| {}), "");
    }

    #[test]
    fn spares_an_image_that_brings_one() {
        assert_eq!(places(&Init, |s| app(s).image_has_init = true), "service db, service gateway");
    }
}
