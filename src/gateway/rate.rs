//! Rates: the zones that count, and which of them count a route's requests.
//!
//! nginx counts before it asks a validator, so a count per credential is kept under what the
//! client sends. Each policy has counts of its own, keyed by the one credential that it looks
//! at: a client cannot leave its count by sending a header that the policy ignores. A key is
//! looked up by nginx itself, so its count is its client's.

use std::collections::BTreeSet;

use serde::Serialize;

use super::identity::snake;
use super::{DrawError, Sheet};
use crate::stack::{
    Access, Gateway, PolicyKind, PolicyName, Rate, RateKey, RateName, RateUnit, Route,
};

/// One count: a rate, and the policy whose credential keys it; none for a rate per address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Count {
    rate: RateName,
    policy: Option<PolicyName>,
}

impl Count {
    /// The name of the zone and of the snippet.
    pub(super) fn name(&self) -> String {
        match &self.policy {
            Some(policy) => format!("{}.{policy}", self.rate),
            None => self.rate.to_string(),
        }
    }
}

/// A `limit_req_zone`.
#[derive(Debug, Serialize)]
pub(super) struct Zone {
    name: String,
    key: String,
    rate: String,
}

/// Where a policy's credential stands.
#[derive(Debug, Serialize)]
pub(super) struct CredentialKey {
    variable: String,
    source: String,
    otherwise: &'static str,
    /// Sent by the client, so of any length: the location looks for its end.
    sent: bool,
}

#[derive(Serialize)]
struct View {
    zone: String,
    burst: u32,
    /// The credential that the location looks for the end of; a key of the gateway's own needs none.
    sent: Option<CredentialKey>,
}

/// Draws `snippets/rate-NAME.conf` for every count that is used.
pub(super) fn draw(sheet: &mut Sheet) -> Result<(), DrawError> {
    for count in counts(&sheet.stack.gateway)? {
        let zone = count.name();
        let burst = rate(&sheet.stack.gateway, &count.rate)?.burst;
        let key = count.policy.as_ref().map(|name| credential_key(&sheet.stack.gateway, name));
        let sent = key.transpose()?.filter(|key| key.sent);
        sheet.file(
            format!("snippets/rate-{zone}.conf"),
            "snippets/rate.conf",
            &View { zone, burst, sent },
        )?;
    }
    Ok(())
}

/// The zones of all counts.
pub(super) fn zones(gateway: &Gateway) -> Result<Vec<Zone>, DrawError> {
    let mut zones = Vec::new();
    for count in counts(gateway)? {
        let rate = rate(gateway, &count.rate)?;
        let unit = match rate.unit {
            RateUnit::Second => "s",
            RateUnit::Minute => "m",
        };
        let key = match &count.policy {
            Some(policy) => format!("credential_of_{}", snake(policy.as_str())),
            None => "client_net".to_owned(),
        };
        zones.push(Zone { name: count.name(), key, rate: format!("{}r/{unit}", rate.requests) });
    }
    Ok(zones)
}

/// Where the credentials stand that key some count.
pub(super) fn credential_keys(gateway: &Gateway) -> Result<Vec<CredentialKey>, DrawError> {
    let counts = counts(gateway)?;
    let policies: BTreeSet<_> = counts.iter().filter_map(|count| count.policy.as_ref()).collect();
    policies.into_iter().map(|name| credential_key(gateway, name)).collect()
}

fn credential_key(gateway: &Gateway, name: &PolicyName) -> Result<CredentialKey, DrawError> {
    let policy = gateway.policies.get(name);
    let policy = policy.ok_or_else(|| DrawError::UnknownPolicy(name.clone()))?;
    let variable = snake(name.as_str());
    let (source, otherwise, sent) = match &policy.kind {
        PolicyKind::Validator(_) => ("http_authorization".to_owned(), "session_or_address", true),
        PolicyKind::Oidc(_) => ("http_cookie".to_owned(), "client_net", true),
        // The client of the key: an unknown key, or a known one in another case, is no way out
        // of a count.
        PolicyKind::ApiKey(_) => (format!("client_of_{variable}"), "client_net", false),
    };
    Ok(CredentialKey { variable, source, otherwise, sent })
}

/// The counts of one route.
pub(super) fn of_route(gateway: &Gateway, route: &Route) -> Result<Vec<Count>, DrawError> {
    let policy = match &*route.access {
        Access::Policy(name) => Some(name),
        Access::Unstated | Access::Open | Access::Webhook(_) => None,
    };
    route.rates.iter().map(|name| count(gateway, name, policy)).collect()
}

/// The counts of the gateway's own pages for one policy: the rate called `default`, where there
/// is one.
pub(super) fn of_policy(gateway: &Gateway, policy: &PolicyName) -> Result<Vec<Count>, DrawError> {
    let default = gateway.rates.keys().find(|name| name.as_str() == "default");
    default.into_iter().map(|name| count(gateway, name, Some(policy))).collect()
}

/// Seconds until a client that met the strictest of these rates may ask again.
pub(super) fn retry_after(gateway: &Gateway, route: &Route) -> Result<u32, DrawError> {
    let mut longest = 0;
    for name in route.rates.iter() {
        longest = longest.max(rate(gateway, name)?.retry_after());
    }
    Ok(longest)
}

/// Every count that something uses, each once.
fn counts(gateway: &Gateway) -> Result<BTreeSet<Count>, DrawError> {
    let mut counts = BTreeSet::new();
    for (_, _, route) in gateway.routes() {
        counts.extend(of_route(gateway, route)?);
        if let Access::Policy(name) = &*route.access {
            let oidc = gateway.policies.get(name).map(|policy| &policy.kind);
            if matches!(oidc, Some(PolicyKind::Oidc(_))) {
                counts.extend(of_policy(gateway, name)?);
            }
        }
    }
    Ok(counts)
}

fn count(
    gateway: &Gateway,
    name: &RateName,
    policy: Option<&PolicyName>,
) -> Result<Count, DrawError> {
    let policy = match rate(gateway, name)?.key {
        RateKey::Address => None,
        RateKey::Credential => policy.cloned(),
    };
    Ok(Count { rate: name.clone(), policy })
}

fn rate(gateway: &Gateway, name: &RateName) -> Result<Rate, DrawError> {
    let rate = gateway.rates.get(name);
    rate.map(|rate| **rate).ok_or_else(|| DrawError::UnknownRate(name.clone()))
}
