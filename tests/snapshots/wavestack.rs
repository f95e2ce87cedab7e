//! A large stack: what the smallest one has no use for.

use crate::case::Case;

/// Every route of the host has a location, behind its policy or open as it says.
#[test]
fn site() {
    let case = Case::of("wavestack");
    let site = case.shown("gateway/sites/api.example.com.conf");
    let locations = ["^~ /api/ {", "= /api/health {", "= /api/auth/login {"];
    for location in locations {
        assert!(site.contains(&format!("location {location}")), "{location}");
    }
    case.shown("gateway/sites/auth.example.com.conf");
}

#[test]
fn upstream() {
    let case = Case::of("wavestack");
    let upstream = case.shown("gateway/upstreams/core-app.conf");
    assert!(upstream.contains("server core-app:3000"), "{upstream}");
}

/// Who validates is asked without the body, and what it says replaces what the client says.
#[test]
fn policy() {
    let case = Case::of("wavestack");
    let endpoint = case.shown("gateway/snippets/policy-user.conf");
    assert!(endpoint.contains("auth/validate"), "{endpoint}");
    let asked = case.shown("gateway/snippets/auth-user.conf");
    assert!(asked.contains("auth_request "), "{asked}");
}

/// Limits by address and by credential.
#[test]
fn limits() {
    let case = Case::of("wavestack");
    let limits = case.shown("gateway/conf.d/limits.conf");
    assert_eq!(limits.matches("limit_req_zone ").count(), limits.matches(" rate=").count());
    assert!(limits.contains("rate=5r/m"), "{limits}");
}

/// It reads files and names variables; no value stands in it.
#[test]
fn entrypoint() {
    let case = Case::of("wavestack");
    let script = case.shown("services/core-app/entrypoint.sh");
    assert!(script.contains("CORE_INTERNAL_TOKEN=$(cat /run/secrets/core_internal_token)"));
    assert!(script.trim_end().ends_with("exec \"$@\""), "{script}");
}

/// Roles and databases come from a secret file, not from the script.
#[test]
fn roles() {
    let case = Case::of("wavestack");
    let script = case.shown("services/postgres/10-roles.sh");
    for service in ["core-app", "migrate", "keycloak"] {
        assert!(!script.contains(service), "{script}");
    }
    assert!(script.contains("/run/secrets/postgres_roles"), "{script}");
}

/// The node and the python of the stack end as users of their own.
#[test]
fn dockerfiles() {
    let case = Case::of("wavestack");
    for service in ["core-app", "clipper"] {
        let text = case.shown(&format!("services/{service}/Dockerfile"));
        assert!(text.contains("\nUSER 10001:10001\n"), "{text}");
    }
}
