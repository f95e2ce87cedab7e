//! The error log holds no secret.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// The error log holds no request line.
pub(super) struct ErrorLogHygiene;

impl Control for ErrorLogHygiene {
    fn page(&self) -> &'static Page {
        &Page {
            id: "error-log-hygiene",
            title: "The error log holds no request line",
            section: Section::Logging,
            severity: Severity::Medium,
            why: "nginx's error log prints the whole request line, query included, for every \
                  limited or failed request: secrets that the access log leaves out reappear \
                  there. What is lost stands in the access log's own fields.",
            example: indoc! {"
                log:
                  level: crit
            "},
            references: &["CWE-532", "OWASP ASVS (logging)"],
            enforced_in: "gateway/conf.d/log.conf: `error_log stderr crit`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.requests_in_error_log).then(|| {
                Found::in_value(
                    &gateway.requests_in_error_log,
                    "request lines with their queries are written to the error log",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.requests_in_error_log.mend(false, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&ErrorLogHygiene, |_| {}), "gateway");
        assert_eq!(mended(&ErrorLogHygiene, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(
            places(&ErrorLogHygiene, |s| s.gateway.requests_in_error_log = written(false)),
            ""
        );
    }
}
