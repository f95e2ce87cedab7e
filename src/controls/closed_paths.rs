//! Nobody asks a validator but the gateway.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Gateway, Origin, Place, PolicyKind, Stack, UrlPath};

/// Validators' own paths are closed from outside.
pub(super) struct ClosedPaths;

impl Control for ClosedPaths {
    fn page(&self) -> &'static Page {
        &Page {
            id: "closed-paths",
            title: "Validators' own paths are closed from outside",
            section: Section::Authentication,
            severity: Severity::High,
            why: "A validator answers whether a credential is good, without a rate: reachable from \
                  outside it is a place to try keys, and its answers carry identities.",
            example: indoc! {"
                auth:
                  user: {validator: core-app/api/auth/validate}
                blocked: [/api/auth/token]
            "},
            references: &["OWASP API Security API2:2023", "CWE-307"],
            enforced_in: "gateway/conf.d/guard.conf: `$closed`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        let mut policies = stack.gateway.policies.values();
        policies.any(|policy| matches!(policy.kind, PolicyKind::Validator(_)))
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let found = |path: &UrlPath| {
                Found::unsaid(format!("{path} answers from outside"), "nothing: it is closed")
            };
            open_validators(gateway).into_iter().map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(gateway) = gateway_at(stack, at) else { return };
        let open: Vec<UrlPath> = open_validators(gateway).into_iter().cloned().collect();
        gateway.closed.extend(open.into_iter().map(|path| (path, Origin::Control(self.id()))));
    }
}

/// Paths of validators that nothing closes.
fn open_validators(gateway: &Gateway) -> Vec<&UrlPath> {
    let closes = |closed: &UrlPath, path: &UrlPath| {
        let rest = path.as_str().strip_prefix(closed.as_str().trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let policies = gateway.policies.values();
    let validators = policies.filter_map(|policy| match &policy.kind {
        PolicyKind::Validator(validator) => Some(&validator.path),
        PolicyKind::ApiKey(_) | PolicyKind::Oidc(_) => None,
    });
    validators.filter(|path| !gateway.closed.keys().any(|closed| closes(closed, path))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::{ValidatorPolicy, testing::service};

    #[test]
    fn fires_on_a_validator_that_is_open() {
        assert_eq!(places(&ClosedPaths, validator), "gateway");
        assert_eq!(mended(&ClosedPaths, validator), "");
    }

    #[test]
    fn spares_what_lies_below_a_closed_path() {
        let above = |s: &mut Stack| {
            validator(s);
            s.gateway.closed.insert(UrlPath::new("/auth").unwrap(), Origin::Derived);
        };
        assert_eq!(places(&ClosedPaths, above), "");
        assert_eq!(places(&ClosedPaths, |_| {}), "");
    }

    fn validator(stack: &mut Stack) {
        let policy = stack.gateway.policies.values_mut().next().unwrap();
        policy.kind = PolicyKind::Validator(ValidatorPolicy {
            service: service("app"),
            path: UrlPath::new("/auth/check").unwrap(),
        });
    }
}
