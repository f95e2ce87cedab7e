//! A service has time to end well.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Origin, Place, Seconds, Stack};

/// A service has time to finish what it does.
pub(super) struct StopGrace;

impl Control for StopGrace {
    fn page(&self) -> &'static Page {
        &Page {
            id: "stop-grace",
            title: "Every service has time to end well",
            section: Section::Health,
            severity: Severity::Low,
            why: "Docker kills a container ten seconds after SIGTERM. A database that is writing \
                  its buffers, or a service with a long request, needs more: what is killed has to \
                  recover at its next start.",
            example: indoc! {"
                services:
                  clipper:
                    stop_grace: 2m
            "},
            references: &["OWASP Docker rule 7", "Docker Compose stop_grace_period"],
            enforced_in: "compose.yaml: `stop_grace_period`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let nobody_chose = *service.stop_grace.origin() == Origin::Default;
            (nobody_chose && *service.stop_grace < WANTED).then(|| {
                Found::in_value(
                    &service.stop_grace,
                    format!("it is killed {} after the signal to end", *service.stop_grace),
                    "write `stop_grace:` where it needs longer",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.stop_grace.mend(WANTED, self.id());
        }
    }
}

/// What Kubernetes gives by default (terminationGracePeriodSeconds).
const WANTED: Seconds = Seconds(30);

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&StopGrace, |_| {}), "service app, service db, service gateway");
        assert_eq!(mended(&StopGrace, |_| {}), "");
    }

    #[test]
    fn spares_a_time_that_a_person_wrote() {
        assert_eq!(
            places(&StopGrace, |s| app(s).stop_grace = written(Seconds(5))),
            "service db, service gateway"
        );
    }
}
