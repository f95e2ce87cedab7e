//! Everything but the topology: nginx.conf, `conf.d`, the fixed snippets and the default sites.

use std::collections::BTreeSet;

use serde::Serialize;

use super::allow::{self, AllowList};
use super::cors::{self, HostOrigins};
use super::identity::{self, Identity, KeyHeader, snake};
use super::rate::{self, CredentialKey, Zone};
use super::upstream::{Upstreams, used_policies};
use super::{DrawError, Sheet};
use crate::stack::{
    Access, AccessLog, ErrorBodies, ErrorSource, Gateway, IdentityHeaders, OriginRule, PolicyKind,
    Route, Stack, TlsVersion, UnknownHost,
};

/// Path and template of every file that is filled from a [`Frame`].
const FILES: &[&str] = &[
    "conf.d/client-ip.conf",
    "conf.d/core.conf",
    "conf.d/guard.conf",
    "conf.d/headers.conf",
    "conf.d/limits.conf",
    "conf.d/log.conf",
    "conf.d/proxy.conf",
    "conf.d/route.conf",
    "conf.d/tls.conf",
    "mime.types",
    "nginx.conf",
    "sites/_default.conf",
    "sites/_health.conf",
    "snippets/auth-endpoint.conf",
    "snippets/drop.conf",
    "snippets/errors-upstream-5xx.conf",
    "snippets/errors-upstream.conf",
    "snippets/errors.conf",
    "snippets/guard.conf",
    "snippets/proxy-headers.conf",
    "snippets/server.conf",
];

/// Methods that every route admits (RFC 9110 without CONNECT and TRACE, and RFC 5789).
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The values of the frame's templates.
#[derive(Serialize)]
pub(super) struct Frame {
    // Of the surroundings.
    resolver: String,
    scratch: String,
    log: String,
    secrets_dir: String,
    tls_dir: String,
    acme_dir: String,
    http: String,
    pub(super) https: String,
    health: String,
    status_page: bool,
    // Of the gateway as a whole, one for each field.
    public_port: String,
    public_port_number: u16,
    trusted_proxies: Vec<String>,
    tls_protocols: &'static [&'static str],
    tls_ciphers: String,
    hsts: u64,
    server_tokens: bool,
    json_log: bool,
    quiet_errors: bool,
    refuse_unknown: bool,
    pub(super) default_deny: bool,
    pub(super) json_errors: bool,
    strip_identity: bool,
    guard_methods: bool,
    guard_paths: bool,
    guard_arguments: bool,
    guard_misdirected: bool,
    security_headers: bool,
    steering: bool,
    client_timeout: u64,
    connections_per_client: u32,
    pub(super) limit_status: u16,
    body_limit: String,
    audit_log: bool,
    // Of all policies and routes together.
    #[serde(flatten)]
    used: Used,
    hosts: Vec<String>,
    first_host: String,
    further_hosts: Vec<String>,
    upstreams: Vec<String>,
    streams: Vec<String>,
    identities: Vec<Identity>,
    /// Those that no location asks for.
    unanswered: Vec<Identity>,
    key_headers: Vec<KeyHeader>,
    stripped: Vec<&'static str>,
    key_policies: Vec<KeyPolicy>,
    zones: Vec<Zone>,
    credential_keys: Vec<CredentialKey>,
    allow_lists: Vec<AllowList>,
    closed: Vec<String>,
    methods: Vec<String>,
    host_origins: Vec<HostOrigins>,
}

/// What some route has: the files say nothing of what none has.
#[derive(Serialize)]
struct Used {
    policies: bool,
    /// Policies that a service answers for.
    asks: bool,
    cors: bool,
    websockets: bool,
    webhooks: bool,
    strips: bool,
    /// Routes for listed addresses only, with error bodies of their own.
    own_lists: bool,
    sign_in: bool,
}

/// The lookup of one `api_key` policy.
#[derive(Serialize)]
struct KeyPolicy {
    variable: String,
    header_variable: String,
    table: String,
}

/// Draws the frame and hands its values on.
pub(super) fn draw(
    sheet: &mut Sheet,
    upstreams: &Upstreams,
    streams: Vec<String>,
) -> Result<Frame, DrawError> {
    let frame = frame(sheet, upstreams, streams)?;
    for path in FILES {
        sheet.file(*path, path, &frame)?;
    }
    for (wanted, paths) in [
        (frame.json_errors, &["conf.d/errors.conf"][..]),
        (frame.declares_policies(), &["conf.d/policies.conf"]),
        (frame.used.cors, &["conf.d/cors.conf", "snippets/preflight.conf"][..]),
        (frame.used.websockets, &["conf.d/websocket.conf", "snippets/proxy-websocket.conf"]),
        (frame.used.sign_in, &["snippets/proxy-sign-in.conf"]),
        (!frame.streams.is_empty(), &["conf.d/stream.conf"]),
    ] {
        for path in paths.iter().filter(|_| wanted) {
            sheet.file(*path, path, &frame)?;
        }
    }
    Ok(frame)
}

impl Frame {
    /// Something is to be said of policies that no location says.
    fn declares_policies(&self) -> bool {
        !self.used.policies || !self.unanswered.is_empty() || !self.key_headers.is_empty()
    }
}

fn frame(sheet: &Sheet, upstreams: &Upstreams, streams: Vec<String>) -> Result<Frame, DrawError> {
    let (around, gateway) = (sheet.surroundings, &sheet.stack.gateway);
    let identities = identity::identities(gateway)?;
    let key_headers = identity::key_headers(gateway)?;
    let hosts: Vec<_> = gateway.hosts.keys().map(ToString::to_string).collect();
    let port = *gateway.publish.https;
    Ok(Frame {
        resolver: around.resolver.clone(),
        scratch: around.scratch_dir.clone(),
        log: around.log.clone(),
        secrets_dir: around.secrets_dir.clone(),
        tls_dir: around.tls_dir.clone(),
        acme_dir: around.acme_dir.clone(),
        http: around.listen.http.clone(),
        https: around.listen.https.clone(),
        health: around.listen.health.clone(),
        status_page: around.status_page,
        public_port: if port == 443 { String::new() } else { format!(":{port}") },
        public_port_number: port,
        trusted_proxies: gateway.trusted_proxies.iter().map(|range| range.to_string()).collect(),
        tls_protocols: protocols(*gateway.tls.minimum),
        tls_ciphers: gateway.tls.ciphers.join(":"),
        hsts: if sheet.stack.local { 0 } else { gateway.tls.hsts.0 },
        server_tokens: *gateway.server_tokens,
        json_log: *gateway.access_log == AccessLog::Json,
        quiet_errors: !*gateway.requests_in_error_log,
        refuse_unknown: *gateway.unknown_host == UnknownHost::Refused,
        default_deny: *gateway.default_deny,
        json_errors: *gateway.error_bodies == ErrorBodies::Json,
        strip_identity: *gateway.identity_headers == IdentityHeaders::Stripped,
        guard_methods: *gateway.guards.methods,
        guard_paths: *gateway.guards.paths,
        guard_arguments: *gateway.guards.arguments,
        guard_misdirected: *gateway.guards.misdirected,
        security_headers: *gateway.security_headers,
        steering: *gateway.upstream_steering,
        client_timeout: gateway.client_timeout.0,
        connections_per_client: *gateway.connections_per_client,
        limit_status: *gateway.limit_status,
        body_limit: gateway.body_limit.to_string(),
        audit_log: *gateway.audit_log,
        used: used(sheet.stack),
        first_host: hosts.first().cloned().ok_or(DrawError::NoHost)?,
        further_hosts: hosts.iter().skip(1).cloned().collect(),
        hosts,
        upstreams: upstreams.names().into_iter().map(str::to_owned).collect(),
        streams,
        stripped: identity::stripped(&identities, &key_headers),
        host_origins: cors::hosts(gateway)?,
        unanswered: unanswered(sheet.stack, &identities),
        identities,
        key_headers,
        key_policies: key_policies(sheet.stack),
        zones: rate::zones(gateway)?,
        credential_keys: rate::credential_keys(gateway)?,
        allow_lists: allow::lists(gateway)?,
        closed: closed(gateway),
        methods: methods(gateway),
    })
}

fn used(stack: &Stack) -> Used {
    let gateway = &stack.gateway;
    Used {
        policies: !used_policies(stack).is_empty(),
        asks: used_kinds(stack).any(|kind| !matches!(kind, PolicyKind::ApiKey(_))),
        cors: some(gateway, |route| route.cors.origins != OriginRule::Closed),
        websockets: some(gateway, |route| route.websocket),
        webhooks: some(gateway, |route| matches!(*route.access, Access::Webhook(_))),
        strips: some(gateway, |route| route.strip_prefix),
        own_lists: some(gateway, |route| {
            !allow::variable(&route.allow).is_empty() && route.errors == ErrorSource::Own
        }),
        sign_in: used_kinds(stack).any(|kind| matches!(kind, PolicyKind::Oidc(_))),
    }
}

fn used_kinds(stack: &Stack) -> impl Iterator<Item = &PolicyKind> {
    let used = used_policies(stack).into_iter();
    used.filter_map(|name| stack.gateway.policies.get(name)).map(|policy| &policy.kind)
}

/// `auth_request_set` makes the variables of all others.
fn unanswered(stack: &Stack, identities: &[Identity]) -> Vec<Identity> {
    let used = used_policies(stack).into_iter();
    let policies = used.filter_map(|name| stack.gateway.policies.get(name));
    let asked = policies.filter(|policy| !matches!(policy.kind, PolicyKind::ApiKey(_)));
    let answers: BTreeSet<String> =
        asked.flat_map(identity::answers).map(|answer| answer.variable).collect();
    identities.iter().filter(|identity| !answers.contains(&identity.variable)).cloned().collect()
}

fn some(gateway: &Gateway, has: fn(&Route) -> bool) -> bool {
    gateway.routes().any(|(_, _, route)| has(route))
}

fn protocols(minimum: TlsVersion) -> &'static [&'static str] {
    match minimum {
        TlsVersion::V1_0 => &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
        TlsVersion::V1_2 => &["TLSv1.2", "TLSv1.3"],
        TlsVersion::V1_3 => &["TLSv1.3"],
    }
}

fn key_policies(stack: &Stack) -> Vec<KeyPolicy> {
    let used = used_policies(stack);
    let policies = stack.gateway.policies.iter().filter(|(name, _)| used.contains(name));
    let keyed = policies.filter_map(|(name, policy)| match &policy.kind {
        PolicyKind::ApiKey(keys) => Some(KeyPolicy {
            variable: snake(name.as_str()),
            header_variable: snake(keys.header.as_str()),
            table: keys.table.to_string(),
        }),
        PolicyKind::Validator(_) | PolicyKind::Oidc(_) => None,
    });
    keyed.collect()
}

/// Closed paths without a slash at the end.
fn closed(gateway: &Gateway) -> Vec<String> {
    let trimmed: BTreeSet<_> =
        gateway.closed.keys().map(|path| path.as_str().trim_end_matches('/')).collect();
    trimmed.into_iter().map(str::to_owned).collect()
}

/// What some route admits, in a fixed order.
fn methods(gateway: &Gateway) -> Vec<String> {
    let further: BTreeSet<_> =
        gateway.routes().flat_map(|(_, _, route)| route.methods.iter()).collect();
    let further = further.into_iter().filter(|method| !METHODS.contains(&method.as_str()));
    METHODS.iter().map(|method| (*method).to_owned()).chain(further.cloned()).collect()
}
