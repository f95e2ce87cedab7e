//! An engine can ask every service whether it is well.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Probe, Stack};

/// Every service can be asked whether it is well.
pub(super) struct HealthCheck;

impl Control for HealthCheck {
    fn page(&self) -> &'static Page {
        &Page {
            id: "health-check",
            title: "Every service has a health check",
            section: Section::Health,
            severity: Severity::Low,
            why: "Without a health check an engine knows only that a process exists: others start \
                  too early, and a hung service keeps getting requests. The check must use what \
                  the image has.",
            example: indoc! {r#"
                services:
                  webui:
                    health: {command: [python3, -c, 'import urllib.request as u; u.urlopen("http://127.0.0.1:8080/health", timeout=3)']}
            "#},
            references: &["CIS Docker 5.27", "KICS 698ed579", "compose-auditor OPS002"],
            enforced_in: "compose.yaml: `healthcheck`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let (words, advice) = match service.health.probe {
                _ if service.once => return None,
                Probe::Exec(_) | Probe::Shell(_) => return None,
                Probe::Image => ("only the image may have a health check, if any", SAY),
                Probe::Disabled => ("the health check is switched off", SAY),
                Probe::Impossible => ("the image has nothing that could ask", WATCH),
            };
            Some(Found::in_value(&service.health, words, advice))
        })
    }
}

const SAY: &str = "write `health:` with a path, or a command that the image has";
const WATCH: &str = "watch it from outside; who needs it waits for its start only";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::{Health, Sourced, testing::written};

    #[test]
    fn fires_where_nothing_is_asked() {
        for probe in [Probe::Image, Probe::Disabled, Probe::Impossible] {
            let change =
                |s: &mut Stack| app(s).health = written(Health { probe, ..Health::default() });
            assert_eq!(places(&HealthCheck, change), "service app");
        }
    }

    #[test]
    fn spares_checks_and_jobs() {
        let job = |s: &mut Stack| {
            app(s).once = true;
            app(s).health = Sourced::default();
        };
        assert_eq!(places(&HealthCheck, job), "");
    }
}
