//! Who changed what is written down.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// Changes are written to an audit log.
pub(super) struct AuditLog;

impl Control for AuditLog {
    fn page(&self) -> &'static Page {
        &Page {
            id: "audit-log",
            title: "Changes are written to an audit log",
            section: Section::Logging,
            severity: Severity::Low,
            why: "After an incident the question is who changed what, and when. Every request that \
                  is not a GET is written with the identity that the validator gave, the path, the \
                  status and the request id; a route can add its reads.",
            example: indoc! {"
                services:
                  admin:
                    routes: {/: {host: admin, auth: staff, audit: true}}
            "},
            references: &["OWASP Top 10 A09:2021", "OWASP ASVS (logging)", "NIST SP 800-53 AU-2"],
            enforced_in: "gateway/conf.d/log.conf: `access_log /dev/stdout audit`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (!*gateway.audit_log).then(|| {
                Found::in_value(
                    &gateway.audit_log,
                    "no audit log is written",
                    "`audit: true` on a route writes its reads as well",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.audit_log.mend(true, self.id());
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
        assert_eq!(places(&AuditLog, |_| {}), "gateway");
        assert_eq!(mended(&AuditLog, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&AuditLog, |s| s.gateway.audit_log = written(true)), "");
    }
}
