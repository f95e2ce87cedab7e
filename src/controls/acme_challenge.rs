//! The authority's challenge arrives.

use std::net::IpAddr;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway};
use crate::stack::{Gateway, Stack, TlsIssuer};

/// Where certificates come by ACME, the authority reaches the gateway on port 80.
pub(super) struct AcmeChallenge;

/// The port that http-01 asks, whatever the stack publishes (RFC 8555, section 8.3).
const ASKED: u16 = 80;

impl Control for AcmeChallenge {
    fn page(&self) -> &'static Page {
        &Page {
            id: "acme-challenge",
            title: "Where certificates come by ACME, the authority reaches the gateway on port 80",
            section: Section::Tls,
            severity: Severity::Low,
            why: "The authority proves that a name is yours by asking that name on port 80, from \
                  the internet. Where nothing answers there, no certificate comes, and clients \
                  keep seeing the stand-in of the stack's own authority.",
            example: indoc! {"
                publish: {http: 80, https: 443}
                tls: {issuer: acme, email: ops@example.com}
            "},
            references: &["RFC 8555 8.3"],
            enforced_in: "compose.yaml: `ports` of the gateway",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        asks(&stack.gateway)
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let mut found = Vec::new();
            if !asks(gateway) {
                return found;
            }
            let (http, address) = (&gateway.publish.http, &gateway.publish.address);
            let port = **http;
            if port != ASKED {
                let words =
                    format!("the gateway's HTTP is on port {port}, the authority asks port 80");
                let advice = format!(
                    "write `publish: {{http: 80}}`, or let what stands in front pass \
                     `http://HOST/.well-known/acme-challenge/` of port 80 on to port {port} here; \
                     `curl -i http://HOST/.well-known/acme-challenge/x` from \
                     outside shows it: 404, no redirect"
                );
                found.push(Found::in_value(http, words, advice));
            }
            if !is_public(**address) {
                let words = format!("{} is no address of the internet", **address);
                let advice = "write `publish: {address: 0.0.0.0}`, or let what stands in front \
                              pass `http://HOST/.well-known/acme-challenge/` on to this address";
                found.push(Found::in_value(address, words, advice));
            }
            found
        })
    }
}

fn asks(gateway: &Gateway) -> bool {
    matches!(*gateway.tls.issuer, TlsIssuer::Acme { .. })
}

/// True for every address of the machine, and for one that is not kept for private use (RFC 1918,
/// RFC 4193) or for one link (RFC 3927, RFC 4291).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local())
        }
        IpAddr::V6(address) => {
            !(address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_the_authority_asks_in_vain() {
        let port = |s: &mut Stack| s.gateway.publish.http = written(8080);
        assert_eq!(places(&AcmeChallenge, |s| port(acme(s))), "gateway");
        for address in ["10.0.0.5", "127.0.0.1", "fd00::1"] {
            let bind =
                |s: &mut Stack| s.gateway.publish.address = written(address.parse().unwrap());
            assert_eq!(places(&AcmeChallenge, |s| bind(acme(s))), "gateway", "{address}");
        }
    }

    #[test]
    fn spares_port_80_of_the_internet_and_other_issuers() {
        assert_eq!(places(&AcmeChallenge, |s| _ = acme(s)), "");
        assert_eq!(places(&AcmeChallenge, |s| s.gateway.publish.http = written(8080)), "");
    }

    fn acme(stack: &mut Stack) -> &mut Stack {
        let email = "ops@shop.test".to_owned();
        stack.gateway.tls.issuer = written(TlsIssuer::Acme { email });
        stack
    }
}
