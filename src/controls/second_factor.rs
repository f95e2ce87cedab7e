//! A stolen password is not enough for people who operate.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway};
use crate::stack::{Policy, PolicyKind, PolicyName, Stack};

/// People sign in with a second factor.
pub(super) struct SecondFactor;

impl Control for SecondFactor {
    fn page(&self) -> &'static Page {
        &Page {
            id: "second-factor",
            title: "The identity provider asks for a second factor",
            section: Section::Authentication,
            severity: Severity::Medium,
            why: "Sign-in by OpenID Connect is as strong as the provider makes it: the gateway \
                  sees only that the provider is content.",
            example: indoc! {"
                auth:
                  staff:
                    oidc: {issuer: 'https://auth.example.com/realms/shop', client_id: gateway, client_secret: oidc_client_secret, groups: [staff]}
            "},
            references: &["OWASP ASVS (multi-factor authentication)", "NIST SP 800-63B"],
            enforced_in: "the identity provider",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let found = |(name, policy): (&PolicyName, &Policy)| {
                let PolicyKind::Oidc(oidc) = &policy.kind else { return None };
                Some(Found::from(
                    &policy.origin,
                    format!("policy {name} believes {}", oidc.issuer),
                    "require a second factor (passkey or TOTP) there for the groups that the policy names",
                ))
            };
            gateway.policies.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::{
        OidcPolicy,
        testing::{secret_name, service},
    };

    #[test]
    fn fires_on_sign_in_by_openid_connect() {
        assert_eq!(places(&SecondFactor, oidc), "gateway");
    }

    #[test]
    fn spares_keys() {
        assert_eq!(places(&SecondFactor, |_| {}), "");
    }

    fn oidc(stack: &mut Stack) {
        let policy = stack.gateway.policies.values_mut().next().unwrap();
        policy.kind = PolicyKind::Oidc(OidcPolicy {
            issuer: "https://id.shop.test".to_owned(),
            issuer_service: Vec::new(),
            client_id: "gateway".to_owned(),
            client_secret: secret_name("oidc"),
            cookie_secret: secret_name("cookie"),
            groups: ["staff".to_owned()].into(),
            email_domains: Default::default(),
            proxy: service("gateway-staff"),
        });
    }
}
