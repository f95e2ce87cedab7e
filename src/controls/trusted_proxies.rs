//! Only a load balancer says who a client is.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{AddressRange, Place, Sourced, Stack};

/// Only narrow ranges may name the client.
pub(super) struct TrustedProxies;

impl Control for TrustedProxies {
    fn page(&self) -> &'static Page {
        &Page {
            id: "trusted-proxies",
            title: "Only narrow address ranges may name the client",
            section: Section::Network,
            severity: Severity::High,
            why: "Whoever is in a trusted range can write any address into X-Forwarded-For: rates, \
                  allow lists and logs then believe it. A range as wide as a continent trusts \
                  everybody.",
            example: indoc! {"
                trusted_proxies: [203.0.113.10/32]
            "},
            references: &["CWE-348", "gixy host_spoofing"],
            enforced_in: "gateway/conf.d/client-ip.conf: `set_real_ip_from`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !stack.gateway.trusted_proxies.is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let found = |range: &Sourced<AddressRange>| {
                let narrowest = if range.first().is_ipv4() { WIDEST_V4 } else { WIDEST_V6 };
                (range.prefix() < narrowest).then(|| {
                    Found::in_value(
                        range,
                        format!("{} trusts far more than a load balancer", **range),
                        "write the addresses of the load balancer itself",
                    )
                })
            };
            gateway.trusted_proxies.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            let narrow = |range: &Sourced<AddressRange>| {
                range.prefix() >= if range.first().is_ipv4() { WIDEST_V4 } else { WIDEST_V6 }
            };
            gateway.trusted_proxies.retain(narrow);
        }
    }
}

/// The private 10.0.0.0/8 (RFC 1918) is the widest range that one operator owns.
const WIDEST_V4: u8 = 8;
/// The unique local fc00::/7 is everybody's; one site has a /48 (RFC 4193).
const WIDEST_V6: u8 = 32;

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_everybody() {
        for range in ["0.0.0.0/0", "::/0", "0.0.0.0/1"] {
            assert_eq!(places(&TrustedProxies, |s| trust(s, range)), "gateway", "{range}");
            assert_eq!(mended(&TrustedProxies, |s| trust(s, range)), "");
        }
    }

    #[test]
    fn spares_a_load_balancer() {
        for range in ["203.0.113.10/32", "10.0.0.0/8", "2001:db8::/32"] {
            assert_eq!(places(&TrustedProxies, |s| trust(s, range)), "", "{range}");
        }
    }

    fn trust(stack: &mut Stack, range: &str) {
        stack.gateway.trusted_proxies.push(written(AddressRange::parse(range).unwrap()));
    }
}
