//! An account at the provider is not yet a right here.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway};
use crate::stack::{Policy, PolicyKind, PolicyName, Stack};

/// Sign-in is restricted to groups or mail domains.
pub(super) struct OidcRestriction;

impl Control for OidcRestriction {
    fn page(&self) -> &'static Page {
        &Page {
            id: "oidc-restriction",
            title: "Sign-in is restricted to groups or mail domains",
            section: Section::Authentication,
            severity: Severity::Medium,
            why: "A provider where anybody may register (a public realm, a large mail service) \
                  signs everybody in. Who may pass must be named: groups, or domains of e-mail \
                  addresses.",
            example: indoc! {"
                auth:
                  staff:
                    oidc: {issuer: 'https://auth.example.com/realms/shop', client_id: gateway, client_secret: oidc_client_secret, groups: [staff]}
            "},
            references: &["OWASP Top 10 A01:2021", "CWE-862"],
            enforced_in: "compose.yaml: `OAUTH2_PROXY_EMAIL_DOMAINS`, and `OAUTH2_PROXY_ALLOWED_GROUPS` for groups",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        let mut policies = stack.gateway.policies.values();
        policies.any(|policy| matches!(policy.kind, PolicyKind::Oidc(_)))
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let found = |(name, policy): (&PolicyName, &Policy)| {
                let PolicyKind::Oidc(oidc) = &policy.kind else { return None };
                (oidc.groups.is_empty() && oidc.email_domains.is_empty()).then(|| {
                    Found::from(
                        &policy.origin,
                        format!("policy {name} lets in every account of the provider"),
                        "write `groups:` or `email_domains:`",
                    )
                })
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
    fn fires_where_everybody_is_let_in() {
        assert_eq!(places(&OidcRestriction, |s| oidc(s, &[])), "gateway");
    }

    #[test]
    fn spares_named_groups() {
        assert_eq!(places(&OidcRestriction, |s| oidc(s, &["staff"])), "");
    }

    fn oidc(stack: &mut Stack, groups: &[&str]) {
        let policy = stack.gateway.policies.values_mut().next().unwrap();
        policy.kind = PolicyKind::Oidc(OidcPolicy {
            issuer: "https://id.shop.test".to_owned(),
            issuer_service: Vec::new(),
            client_id: "gateway".to_owned(),
            client_secret: secret_name("oidc"),
            cookie_secret: secret_name("cookie"),
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
            email_domains: Default::default(),
            proxy: service("gateway-staff"),
        });
    }
}
