//! Ways to authenticate at the gateway.

use std::collections::{BTreeMap, BTreeSet};

use super::{HeaderName, Origin, SecretName, ServiceName, UrlPath};

/// A named policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How it authenticates.
    pub kind: PolicyKind,
    /// (header of the request to the service, header of the validator's answer).
    pub identity: Vec<(HeaderName, HeaderName)>,
    /// Where it is declared.
    pub origin: Origin,
}

/// How a policy authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyKind {
    /// A service is asked about every request.
    Validator(ValidatorPolicy),
    /// A key, checked at the gateway.
    ApiKey(ApiKeyPolicy),
    /// OpenID Connect through oauth2-proxy.
    Oidc(OidcPolicy),
}

/// A service that is asked by a subrequest without a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorPolicy {
    /// Who is asked.
    pub service: ServiceName,
    /// At which path.
    pub path: UrlPath,
}

/// Keys that the gateway looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyPolicy {
    /// Client's name to its key.
    pub clients: BTreeMap<String, SecretName>,
    /// Request header that carries the key.
    pub header: HeaderName,
    /// True where the service sees the key as well.
    pub forward: bool,
    /// The derived secret that holds the lookup table.
    pub table: SecretName,
}

/// OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcPolicy {
    /// Issuer as tokens name it.
    pub issuer: String,
    /// The service of this stack that is the issuer. At most one.
    pub issuer_service: Vec<ServiceName>,
    /// Client's id at the issuer.
    pub client_id: String,
    /// Client's secret at the issuer.
    pub client_secret: SecretName,
    /// Secret that seals the session cookie.
    pub cookie_secret: SecretName,
    /// Groups of which a person must be in one.
    pub groups: BTreeSet<String>,
    /// Domains of e-mail addresses that are let in.
    pub email_domains: BTreeSet<String>,
    /// The oauth2-proxy service of this policy.
    pub proxy: ServiceName,
}

impl HeaderName {
    /// True for a header that the gateway writes itself, so that it can carry neither an identity
    /// nor a key.
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.as_str().to_ascii_lowercase().as_str())
    }
}

/// Headers of every request to a service; a second line of one would send both.
const RESERVED: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "forwarded",
    "host",
    "proxy",
    "transfer-encoding",
    "upgrade",
    "x-api-client",
    "x-auth-request-redirect",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-http-method-override",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-real-ip",
    "x-request-id",
    "x-rewrite-url",
];
