//! No memory is written to disk, no file table is filled.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Origin, Place, Sourced, Stack, Ulimit};

/// Core dumps are off, open files are bounded.
pub(super) struct Ulimits;

impl Control for Ulimits {
    fn page(&self) -> &'static Page {
        &Page {
            id: "ulimits",
            title: "Core dumps are off and open files are bounded",
            section: Section::Containers,
            severity: Severity::Low,
            why: "A core dump is the memory of a program, with every secret in it, in a file. Open \
                  files are a table that all containers of a host share.",
            example: indoc! {"
                services:
                  app:
                    ulimits: {nofile: 65536}
            "},
            references: &["CIS Docker 5.19", "OWASP Docker rule 7"],
            enforced_in: "compose.yaml: `ulimits`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let core = match service.ulimits.get(CORE) {
                None => Some(Found::unsaid("the engine decides about core dumps", NONE)),
                Some(core) if core.hard > 0 => {
                    Some(Found::in_value(core, "core dumps are written", NONE))
                }
                Some(_) => None,
            };
            let files = (!service.ulimits.contains_key(FILES))
                .then(|| Found::unsaid("the engine decides how many files may be open", MORE));
            core.into_iter().chain(files).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        let mended = |soft| Sourced::from(Ulimit { soft, hard: soft }, Origin::Control(self.id()));
        if service.ulimits.get(CORE).is_none_or(|core| core.hard > 0) {
            service.ulimits.insert(CORE.to_owned(), mended(0));
        }
        service.ulimits.entry(FILES.to_owned()).or_insert_with(|| mended(OPEN_FILES));
    }
}

const CORE: &str = "core";
const FILES: &str = "nofile";
/// Two for each of nginx's 4,096 connections, which is also plenty for a service.
const OPEN_FILES: u64 = 8192;
const NONE: &str = "a core dump needs an exception";
const MORE: &str = "write `ulimits: {nofile: …}` where a service holds more connections";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default_and_on_core_dumps() {
        assert_eq!(places(&Ulimits, |_| {}), "service app, service db, service gateway");
        let dumps = written(Ulimit { soft: 0, hard: 1 });
        assert_eq!(mended(&Ulimits, |s| drop(app(s).ulimits.insert(CORE.to_owned(), dumps))), "");
    }

    #[test]
    fn spares_numbers_that_a_person_wrote() {
        let own = |s: &mut Stack| {
            let ulimits = &mut app(s).ulimits;
            ulimits.insert(FILES.to_owned(), written(Ulimit { soft: 65536, hard: 65536 }));
            ulimits.insert(CORE.to_owned(), written(Ulimit::default()));
        };
        assert_eq!(places(&Ulimits, own), "service db, service gateway");
    }
}
