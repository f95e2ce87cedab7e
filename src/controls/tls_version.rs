//! Broken versions of TLS are not spoken.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack, TlsVersion};

/// TLS 1.2 is the oldest version.
pub(super) struct OldestTls;

impl Control for OldestTls {
    fn page(&self) -> &'static Page {
        &Page {
            id: "tls-version",
            title: "TLS 1.2 is the oldest version that is spoken",
            section: Section::Tls,
            severity: Severity::High,
            why: "TLS 1.0 and 1.1 rest on MD5 and SHA-1 and were withdrawn in 2021. Every client \
                  of the last ten years speaks 1.2; `minimum: \"1.3\"` asks for more.",
            example: indoc! {"
                tls:
                  minimum: '1.3'
            "},
            references: &["RFC 8996", "Mozilla TLS 6.0 intermediate", "CIS NGINX 4.1.4"],
            enforced_in: "gateway/conf.d/tls.conf: `ssl_protocols`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let minimum = &gateway.tls.minimum;
            (**minimum < TlsVersion::V1_2).then(|| {
                Found::in_value(minimum, "TLS 1.0 is spoken", "write `tls: {minimum: '1.2'}`")
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.tls.minimum.mend(TlsVersion::V1_2, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_an_old_version() {
        let old = |s: &mut Stack| s.gateway.tls.minimum = written(TlsVersion::V1_0);
        assert_eq!(places(&OldestTls, old), "gateway");
        assert_eq!(mended(&OldestTls, old), "");
    }

    #[test]
    fn spares_what_is_stricter() {
        assert_eq!(places(&OldestTls, |s| s.gateway.tls.minimum = written(TlsVersion::V1_3)), "");
        assert_eq!(places(&OldestTls, |_| {}), "");
    }
}
