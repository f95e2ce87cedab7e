//! A program's own log holds no secret.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Role, Stack};

/// Programs that read secrets keep them out of their logs.
pub(super) struct ApplicationLogs;

impl Control for ApplicationLogs {
    fn page(&self) -> &'static Page {
        &Page {
            id: "application-logs",
            title: "Programs keep secrets and bodies out of their own logs",
            section: Section::Logging,
            severity: Severity::Low,
            why: "The gateway's log is clean, but what a service prints itself only its code \
                  decides: a framework that logs requests prints Authorization headers, an \
                  exception prints the connection string.",
            example: indoc! {"
                services:
                  app:
                    secrets: [database_url]
            "},
            references: &["CWE-532", "OWASP Logging Cheat Sheet", "OWASP ASVS (logging)"],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let reads = service.role == Role::Application && !service.recipe.is_empty();
            (reads && !service.secrets.is_empty())
                .then(|| Found::from(&service.origin, "it is built here and reads secrets", ADVICE))
        })
    }
}

const ADVICE: &str = "redact Authorization, Cookie and key headers, bodies and connection strings in \
     its logger, log the X-Request-Id, and grep its output for a known secret in a test";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;

    #[test]
    fn fires_on_a_built_service_that_reads_secrets() {
        assert_eq!(places(&ApplicationLogs, |_| {}), "service app");
    }

    #[test]
    fn spares_services_without_secrets() {
        assert_eq!(places(&ApplicationLogs, |s| app(s).secrets.clear()), "");
    }
}
