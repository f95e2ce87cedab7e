//! Headers that say who asks: where they come from, and which are never taken from a client.

use std::collections::BTreeMap;

use serde::Serialize;

use super::DrawError;
use crate::stack::{Gateway, HeaderName, Policy, PolicyKind};

/// Identity headers that applications and proxies are known to believe. Sources: oauth2-proxy
/// (`X-Auth-Request-*`, `X-Forwarded-*`), Authelia (`Remote-*`), Grafana auth proxy
/// (`X-WebAuth-*`), Istio and Kong (`X-Authenticated-*`, `X-Consumer-*`), and our own presets.
const BELIEVED: &[&str] = &[
    "Remote-Email",
    "Remote-Groups",
    "Remote-Name",
    "Remote-User",
    "X-Auth-Request-Access-Token",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Auth-Request-Preferred-Username",
    "X-Auth-Request-User",
    "X-Authenticated-User",
    "X-Authenticated-Userid",
    "X-Consumer-Id",
    "X-Consumer-Username",
    "X-Forwarded-Access-Token",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-User",
    "X-Remote-User",
    "X-Roles",
    "X-Scopes",
    "X-User",
    "X-User-Email",
    "X-User-Id",
    "X-User-Roles",
    "X-WebAuth-User",
];

/// What oauth2-proxy answers to `/oauth2/auth` with `--set-xauthrequest` (its documentation).
const OIDC_ANSWERS: &[&str] =
    &["X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups"];

/// A header that a policy gives to services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Identity {
    /// The header towards the service.
    pub(super) header: String,
    /// nginx's name for that header in `$http_...`.
    pub(super) header_variable: String,
    /// The variable that carries the value.
    pub(super) variable: String,
}

/// An identity and where one policy takes it from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Answer {
    /// The variable that carries the value.
    pub(super) variable: String,
    /// nginx's name for the answer's header in `$upstream_http_...`.
    answer: String,
}

/// A header that carries keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct KeyHeader {
    pub(super) name: String,
    pub(super) variable: String,
}

/// Every header that some policy writes, each once whatever its case.
pub(super) fn identities(gateway: &Gateway) -> Result<Vec<Identity>, DrawError> {
    let mut found: BTreeMap<String, Identity> = BTreeMap::new();
    for policy in gateway.policies.values() {
        for (header, _) in pairs(policy) {
            let lower = header.to_ascii_lowercase();
            found.entry(lower.clone()).or_insert_with(|| Identity {
                header_variable: snake(&lower),
                variable: variable(&lower),
                header,
            });
        }
        for (header, _) in &policy.identity {
            refuse_reserved(header)?;
            let lower = header.as_str().to_ascii_lowercase();
            let shares = |other: &Identity| other.variable == variable(&lower);
            if found.iter().any(|(name, other)| *name != lower && shares(other)) {
                return Err(DrawError::ReservedHeader(header.clone()));
            }
        }
    }
    Ok(found.into_values().collect())
}

/// What one policy writes.
pub(super) fn answers(policy: &Policy) -> Vec<Answer> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for (header, answer) in pairs(policy) {
        let variable = variable(&header.to_ascii_lowercase());
        // The first line wins: what the description says stands before what the kind brings.
        answers.entry(variable.clone()).or_insert(Answer { variable, answer: snake(&answer) });
    }
    answers.into_values().collect()
}

/// Every header that carries keys of some policy.
pub(super) fn key_headers(gateway: &Gateway) -> Result<Vec<KeyHeader>, DrawError> {
    let mut found = BTreeMap::new();
    for policy in gateway.policies.values() {
        if let PolicyKind::ApiKey(keys) = &policy.kind {
            refuse_reserved(&keys.header)?;
            let variable = snake(keys.header.as_str());
            let name = keys.header.to_string();
            found.entry(variable.clone()).or_insert(KeyHeader { name, variable });
        }
    }
    Ok(found.into_values().collect())
}

/// What is removed from every request although no policy of this stack writes it.
pub(super) fn stripped(identities: &[Identity], keys: &[KeyHeader]) -> Vec<&'static str> {
    let written = |header: &str| {
        identities.iter().any(|identity| identity.header.eq_ignore_ascii_case(header))
            || keys.iter().any(|key| key.name.eq_ignore_ascii_case(header))
    };
    BELIEVED.iter().copied().filter(|header| !written(header)).collect()
}

/// nginx's form of a header's name in a variable.
pub(super) fn snake(header: &str) -> String {
    header.to_ascii_lowercase().replace('-', "_")
}

/// (header to the service, header of the answer).
fn pairs(policy: &Policy) -> Vec<(String, String)> {
    let written = policy.identity.iter();
    let mut pairs: Vec<_> = written.map(|(to, from)| (to.to_string(), from.to_string())).collect();
    if matches!(policy.kind, PolicyKind::Oidc(_)) {
        pairs.extend(OIDC_ANSWERS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())));
    }
    pairs
}

/// `x-user-id` is `$auth_user_id`; any other header, and the one that would meet `$auth_status`,
/// keeps its whole name behind two underscores.
fn variable(lower: &str) -> String {
    match lower.strip_prefix("x-") {
        Some(rest) if rest != "status" => format!("auth_{}", snake(rest)),
        _ => format!("auth__{}", snake(lower)),
    }
}

fn refuse_reserved(header: &HeaderName) -> Result<(), DrawError> {
    if header.is_reserved() {
        return Err(DrawError::ReservedHeader(header.clone()));
    }
    Ok(())
}
