//! A validator checks all of a token.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, PolicyKind, Stack};

/// What a validator must check is known.
pub(super) struct TokenValidation;

impl Control for TokenValidation {
    fn page(&self) -> &'static Page {
        &Page {
            id: "token-validation",
            title: "Validators check a token's issuer, audience and times",
            section: Section::Authentication,
            severity: Severity::High,
            why: "The gateway asks a validator and believes it. A validator that checks only the \
                  signature accepts tokens made for another service, or by another tenant, or that \
                  ended last year. Only its code can do that.",
            example: indoc! {"
                services:
                  core-app:
                    settings: {AUTH_ISSUER: 'https://auth.example.com/realms/shop', AUTH_AUDIENCE: shop}
            "},
            references: &[
                "RFC 8725 section 3",
                "OWASP API Security API2:2023",
                "OWASP ASVS (tokens)",
            ],
            enforced_in: "the validator's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let policies = stack.gateway.policies.iter();
        policies
            .filter_map(|(name, policy)| {
                let PolicyKind::Validator(validator) = &policy.kind else { return None };
                let found = Found::from(
                    &policy.origin,
                    format!("policy {name} believes what {} answers", validator.path),
                    "test that it refuses a token with a wrong `iss`, a wrong `aud`, a past `exp`, a future \
                     `nbf` and `alg: none`, and that it answers 204 without a body (a body costs the \
                     gateway its kept connections)",
                );
                Some(found.at(Place::Service(validator.service.clone())))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::{UrlPath, ValidatorPolicy, testing::service};

    #[test]
    fn fires_on_a_validator() {
        let validator = |s: &mut Stack| {
            let path = UrlPath::new("/auth/check").unwrap();
            let validator = ValidatorPolicy { service: service("app"), path };
            s.gateway.policies.values_mut().next().unwrap().kind = PolicyKind::Validator(validator);
        };
        assert_eq!(places(&TokenValidation, validator), "service app");
    }

    #[test]
    fn spares_keys() {
        assert_eq!(places(&TokenValidation, |_| {}), "");
    }
}
