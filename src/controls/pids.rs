//! No container starts processes without end.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Role, Stack};

/// No container starts processes without end.
pub(super) struct Pids;

impl Control for Pids {
    fn page(&self) -> &'static Page {
        &Page {
            id: "pids",
            title: "The number of processes of every container is limited",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "A fork bomb in one container otherwise takes every process number of the host. \
                  Threads count as well. `nproc` is no substitute: it counts per user of the \
                  host, and services share users.",
            example: indoc! {"
                services:
                  clipper:
                    limits: {pids: 256}
            "},
            references: &["CIS Docker 5.29", "OWASP Docker rule 7", "KICS 221e0658"],
            enforced_in: "compose.yaml: `pids_limit`, also below `deploy.resources.limits`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (*service.limits.pids == 0).then(|| {
                Found::in_value(&service.limits.pids, "it may start any number of processes", GUESS)
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.limits.pids.mend(guess(&service.role), self.id());
        }
    }
}

const GUESS: &str = "the limit is a guess: measure, then write `limits: {pids: …}`";

/// Threads of a JVM or of an interpreter's pool fit into 256; ours need a few per processor.
fn guess(role: &Role) -> u32 {
    match role {
        Role::Application | Role::Known(_) => 256,
        Role::Gateway | Role::OidcProxy(_) | Role::AcmeClient => 64,
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&Pids, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&Pids, |_| {}), "");
    }

    #[test]
    fn spares_a_limit_that_a_person_wrote() {
        let own = |s: &mut Stack| app(s).limits.pids = written(32);
        assert_eq!(places(&Pids, own), "service db, service gateway");
    }
}
