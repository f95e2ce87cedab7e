//! Only ciphers without a known weakness are offered.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// TLS 1.2 offers only forward-secret AEAD suites.
pub(super) struct TlsCiphers;

impl Control for TlsCiphers {
    fn page(&self) -> &'static Page {
        &Page {
            id: "tls-ciphers",
            title: "TLS 1.2 offers only forward-secret AEAD suites",
            section: Section::Tls,
            severity: Severity::Medium,
            why: "nginx's default list holds suites without forward secrecy (a stolen key opens \
                  recorded traffic) and CBC modes. Mozilla's intermediate list has six suites, \
                  each with both properties.",
            example: indoc! {"
                tls:
                  minimum: '1.2'
            "},
            references: &[
                "Mozilla TLS 6.0 intermediate",
                "CIS NGINX 4.1.5",
                "OWASP TLS Cheat Sheet",
            ],
            enforced_in: "gateway/conf.d/tls.conf: `ssl_ciphers`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let ciphers = &gateway.tls.ciphers;
            let weak = |cipher: &String| !INTERMEDIATE.contains(&cipher.as_str());
            (ciphers.is_empty() || ciphers.iter().any(weak)).then(|| {
                Found::in_value(
                    ciphers,
                    "suites beyond Mozilla's intermediate list are offered",
                    "nothing",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            let ciphers = INTERMEDIATE.iter().map(|&cipher| cipher.to_owned()).collect();
            gateway.tls.ciphers.mend(ciphers, self.id());
        }
    }
}

/// Mozilla's guideline 6.0, intermediate (ssl-config-generator, May 2026).
const INTERMEDIATE: &[&str] = &[
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
];

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default_and_on_a_weak_suite() {
        assert_eq!(places(&TlsCiphers, |_| {}), "gateway");
        let weak = |s: &mut Stack| s.gateway.tls.ciphers = written(vec!["AES128-SHA".to_owned()]);
        assert_eq!(mended(&TlsCiphers, weak), "");
    }

    #[test]
    fn spares_a_part_of_the_list() {
        let one = |s: &mut Stack| s.gateway.tls.ciphers = written(vec![INTERMEDIATE[0].to_owned()]);
        assert_eq!(places(&TlsCiphers, one), "");
    }
}
