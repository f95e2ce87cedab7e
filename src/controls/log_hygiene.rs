//! The access log holds no secret.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{AccessLog, Place, Stack};

/// The access log is JSON without queries and credentials.
pub(super) struct LogHygiene;

impl Control for LogHygiene {
    fn page(&self) -> &'static Page {
        &Page {
            id: "log-hygiene",
            title: "The access log is JSON without queries and credentials",
            section: Section::Logging,
            severity: Severity::Medium,
            why: "Query strings carry tokens, sign-in codes and e-mail addresses, and logs go \
                  where many can read. One JSON object a line has the request id, who, what, \
                  status and times, and neither query, referer, cookie nor key.",
            example: indoc! {"
                log:
                  req_id: 4f1c
                  method: GET
                  path: /api/users
                  status: 200
            "},
            references: &["CWE-532", "OWASP Top 10 A09:2021", "OWASP ASVS (logging)"],
            enforced_in: "gateway/conf.d/log.conf: `log_format gateway escape=json`, no `$args`, no `$http_referer`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.access_log == AccessLog::Combined).then(|| {
                Found::in_value(
                    &gateway.access_log,
                    "query strings and referers are written to the access log",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.access_log.mend(AccessLog::Json, self.id());
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
        assert_eq!(places(&LogHygiene, |_| {}), "gateway");
        assert_eq!(mended(&LogHygiene, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&LogHygiene, |s| s.gateway.access_log = written(AccessLog::Json)), "");
    }
}
