//! Policies: each name looked up, keys and secrets of its own declared.

use std::collections::BTreeMap;

use super::{Resolution, accounts};
use crate::description::{
    self, ApiKey, ApiKeys, Located, PolicyChoice, PolicyKind as Kind, Validator,
};
use crate::diagnostic::Position;
use crate::stack::{
    ApiKeyPolicy, Derived, HeaderName, OidcPolicy, Origin, Policy, PolicyKind, PolicyName,
    SecretKind, SecretName, ServiceName, ValidatorPolicy,
};

/// oauth2-proxy takes cookie secrets of exactly 16, 24 or 32 bytes.
const COOKIE_SECRET_LENGTH: u32 = 32;
/// Header of an API key where the description names none.
const API_KEY_HEADER: &str = "X-API-Key";

/// Add every policy of the description; the default has to be one of them, whether or not a route
/// takes it.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    if let Some(default) = &resolution.description.auth.default {
        look_up(resolution, default);
    }
    for (name, policy) in &resolution.description.auth.policies {
        let kind = match &policy.kind {
            Kind::Validator(validator) => self::validator(resolution, validator),
            Kind::ApiKey(keys) => api_key(resolution, &name.value, keys),
            Kind::Oidc(oidc) => self::oidc(resolution, &name.value, oidc),
        };
        match kind {
            Some(kind) => {
                for header in policy.identity.keys() {
                    refuse_reserved(resolution, header);
                }
                let identity =
                    policy.identity.iter().map(|(to, from)| (to.value.clone(), from.value.clone()));
                let policy =
                    Policy { kind, identity: identity.collect(), origin: Origin::Written(name.at) };
                resolution.stack.gateway.policies.insert(name.value.clone(), policy);
            }
            None => resolution.problems.spoil(name.value.as_str()),
        }
    }
}

/// Reports a policy that is not there.
pub(super) fn look_up(resolution: &mut Resolution<'_>, choice: &Located<PolicyChoice>) {
    let PolicyChoice::Named(name) = &choice.value else { return };
    let policies = &resolution.description.auth.policies;
    if !policies.contains_key(name) {
        let known = policies.keys().map(|key| key.value.as_str()).chain(["none"]);
        resolution.unknown("policy", name.as_str(), choice.at, known);
    }
}

fn refuse_reserved(resolution: &mut Resolution<'_>, header: &Located<HeaderName>) {
    if header.value.is_reserved() {
        let message = format!("the gateway itself writes the header `{}`", header.value);
        let help = "use a header of your own, such as X-User-Id";
        resolution.problems.report(header.at, "reserved-header", message, help);
    }
}

fn validator(
    resolution: &mut Resolution<'_>,
    validator: &Located<Validator>,
) -> Option<PolicyKind> {
    let service = &validator.value.service;
    if !resolution.service_exists(service, validator.at) {
        return None;
    }
    let port = resolution.stack.services.get(service).map_or(0, |service| *service.port);
    if port == 0 && !resolution.problems.is_spoiled(service.as_str()) {
        let message = format!("`{service}` is asked about requests but has no `port:`");
        resolution.problems.report(validator.at, "no-port", message, "add `port:` to it");
    }
    let path = validator.value.path.clone();
    Some(PolicyKind::Validator(ValidatorPolicy { service: service.clone(), path }))
}

fn api_key(
    resolution: &mut Resolution<'_>,
    name: &PolicyName,
    keys: &ApiKey,
) -> Option<PolicyKind> {
    let clients: BTreeMap<String, (SecretName, Position)> = match &keys.keys.value {
        ApiKeys::One(secret) => {
            BTreeMap::from([(name.to_string(), (secret.clone(), keys.keys.at))])
        }
        ApiKeys::PerClient(clients) => clients
            .iter()
            .map(|(client, key)| (client.value.to_string(), (key.value.clone(), key.at)))
            .collect(),
    };
    for (secret, at) in clients.values() {
        require(resolution, secret, *at);
    }
    let table = resolution.own_secret(&["gateway", "keys", name.as_str()])?;
    let header = match &keys.header {
        Some(header) => {
            refuse_reserved(resolution, header);
            header.value.clone()
        }
        None => HeaderName::new(API_KEY_HEADER).ok()?,
    };
    let clients: BTreeMap<String, SecretName> =
        clients.into_iter().map(|(client, (secret, _))| (client, secret)).collect();
    let lookup = clients.iter().map(|(client, secret)| (client.clone(), secret.clone())).collect();
    if let Some(secret) = resolution.stack.secrets.get_mut(&table) {
        secret.kind = SecretKind::Derived(Derived::ApiKeys { clients: lookup });
    }
    let forward = keys.forward.is_some_and(|forward| forward.value);
    Some(PolicyKind::ApiKey(ApiKeyPolicy { clients, header, forward, table }))
}

fn oidc(
    resolution: &mut Resolution<'_>,
    name: &PolicyName,
    oidc: &Located<description::Oidc>,
) -> Option<PolicyKind> {
    let keys = &oidc.value;
    require(resolution, &keys.client_secret.value, keys.client_secret.at);
    let cookie_secret = resolution.own_secret(&["gateway", "oidc", name.as_str(), "cookie"])?;
    if let Some(secret) = resolution.stack.secrets.get_mut(&cookie_secret) {
        *secret = accounts::generated(COOKIE_SECRET_LENGTH);
    }
    let open = keys.groups.is_empty() && keys.email_domains.is_empty();
    // A list that could not be read has been reported: that it is empty only follows.
    let told = open && resolution.problems.is_spoiled(name.as_str());
    let issuer = resolution.fill(&keys.issuer.value).filter(|_| !told);
    let Some(issuer) = issuer else {
        resolution.problems.spoil(keys.client_secret.value.as_str());
        return None;
    };
    Some(PolicyKind::Oidc(OidcPolicy {
        issuer,
        issuer_service: Vec::new(),
        client_id: keys.client_id.value.as_str().to_owned(),
        client_secret: keys.client_secret.value.clone(),
        cookie_secret,
        groups: keys.groups.iter().map(|group| group.value.to_string()).collect(),
        email_domains: keys.email_domains.iter().map(|domain| domain.value.to_string()).collect(),
        proxy: ServiceName::new(format!("gateway-oidc-{name}")).ok()?,
    }))
}

/// The secret exists.
fn require(resolution: &mut Resolution<'_>, name: &SecretName, at: Position) {
    if !resolution.stack.secrets.contains_key(name) {
        let known: Vec<String> = resolution.stack.secrets.keys().map(ToString::to_string).collect();
        resolution.unknown("secret", name.as_str(), at, known.iter().map(String::as_str));
    }
}
