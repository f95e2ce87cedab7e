//! Browsers never try plain HTTP again.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Seconds, Stack};

/// Browsers are told to use HTTPS only.
pub(super) struct Hsts;

impl Control for Hsts {
    fn page(&self) -> &'static Page {
        &Page {
            id: "hsts",
            title: "Browsers are told to use HTTPS only",
            section: Section::Tls,
            severity: Severity::Medium,
            why: "Without Strict-Transport-Security the first request of each visit goes out in \
                  plain HTTP, where anybody on the way can answer it. Two years is what preload \
                  lists ask for. A stack that is published on loopback is spared.",
            example: indoc! {"
                tls:
                  hsts: 63072000
            "},
            references: &[
                "RFC 6797",
                "Mozilla TLS 6.0 intermediate",
                "OWASP ASVS (HTTP security headers)",
                "gixy hsts_header",
            ],
            enforced_in: "gateway/conf.d/headers.conf: `Strict-Transport-Security`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !stack.local
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        if stack.local {
            return Vec::new();
        }
        gateway(stack, |gateway| {
            let hsts = &gateway.tls.hsts;
            (**hsts == Seconds(0)).then(|| {
                Found::in_value(
                    hsts,
                    "browsers may use plain HTTP",
                    "write `tls: {hsts: 63072000}`, or declare an exception for the control `hsts`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.tls.hsts.mend(TWO_YEARS, self.id());
        }
    }
}

/// Two years, as Mozilla's guideline 6.0 has it.
const TWO_YEARS: Seconds = Seconds(63_072_000);

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&Hsts, |_| {}), "gateway");
        assert_eq!(mended(&Hsts, |s| s.gateway.tls.hsts = written(Seconds(0))), "");
    }

    #[test]
    fn spares_loopback_and_a_shorter_time() {
        assert_eq!(places(&Hsts, |s| s.local = true), "");
        assert_eq!(places(&Hsts, |s| s.gateway.tls.hsts = written(Seconds(300))), "");
    }
}
