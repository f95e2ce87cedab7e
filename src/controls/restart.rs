//! What ends by accident starts again; a job does not.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Restart, Service, Stack};

/// Services are started again, jobs are not.
pub(super) struct RestartPolicy;

impl Control for RestartPolicy {
    fn page(&self) -> &'static Page {
        &Page {
            id: "restart",
            title: "Services start again, jobs run once",
            section: Section::Health,
            severity: Severity::Low,
            why: "A service that ends at night must not wait for a person. A job that ran to its \
                  end must not run again and again.",
            example: indoc! {"
                services:
                  migrate:
                    once: true
            "},
            references: &[
                "CIS Docker 5.15",
                "OWASP Docker rule 7",
                "KICS 2fc99041",
                "compose-auditor OPS001",
            ],
            enforced_in: "compose.yaml: `restart`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            wanted(service).map(|wanted| {
                let words = match wanted {
                    Restart::No => "a job is started again after its end",
                    _ => "it is not started again when it ends",
                };
                Found::in_value(&service.restart, words, "a job says `once: true`")
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at)
            && let Some(restart) = wanted(service)
        {
            service.restart.mend(restart, self.id());
        }
    }
}

/// What it should be, where that is something else: a written `no` of a service stands.
fn wanted(service: &Service) -> Option<Restart> {
    match (service.once, &*service.restart) {
        (true, Restart::Always | Restart::UnlessStopped) => Some(Restart::No),
        (false, Restart::No) if !service.restart.origin().is_written() => {
            Some(Restart::UnlessStopped)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_service_without_and_on_a_job_with_it() {
        assert_eq!(places(&RestartPolicy, |_| {}), "service app, service db, service gateway");
        let job = |s: &mut Stack| {
            app(s).once = true;
            app(s).restart = written(Restart::Always);
        };
        assert_eq!(mended(&RestartPolicy, job), "");
    }

    #[test]
    fn spares_a_job_and_what_a_person_wrote() {
        let change = |s: &mut Stack| {
            app(s).once = true;
            db(s).restart = written(Restart::No);
        };
        assert_eq!(places(&RestartPolicy, change), "service gateway");
    }
}
