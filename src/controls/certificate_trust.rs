//! Clients know who signs the certificates.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway};
use crate::stack::{Stack, TlsIssuer};

/// Clients can tell the gateway from an impostor.
pub(super) struct CertificateTrust;

impl Control for CertificateTrust {
    fn page(&self) -> &'static Page {
        &Page {
            id: "certificate-trust",
            title: "Clients trust the certificates without an extra step",
            section: Section::Tls,
            severity: Severity::Low,
            why: "Certificates of the stack's own authority are as good as any other for who has \
                  its certificate. Everybody else sees a warning, and learns to click it away.",
            example: indoc! {"
                tls: {issuer: acme, email: ops@example.com}
            "},
            references: &["OWASP TLS Cheat Sheet", "RFC 8555"],
            enforced_in: "secrets: the authority certificate; RUNBOOK.md: `--cacert`",
            refuses: false,
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
            let issuer = &gateway.tls.issuer;
            (**issuer == TlsIssuer::Internal).then(|| {
                let advice = "give clients the authority's certificate (the runbook says where it is), \
                              or write `tls: {issuer: acme, email: …}` for a public name";
                Found::in_value(issuer, "the stack's own authority signs the certificates", advice)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_the_own_authority() {
        assert_eq!(places(&CertificateTrust, |_| {}), "gateway");
    }

    #[test]
    fn spares_loopback_and_public_issuers() {
        assert_eq!(places(&CertificateTrust, |s| s.local = true), "");
        assert_eq!(
            places(&CertificateTrust, |s| s.gateway.tls.issuer = written(TlsIssuer::Files)),
            ""
        );
    }
}
