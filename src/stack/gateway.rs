//! What the gateway does with requests: a struct of fields whose defaults are nginx's own.
//!
//! Controls mend these fields and the drawing reads them, so nothing is enforced here.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AddressRange, AllowListName, Bytes, HeaderName, HostName, Origin, Policy, PolicyName, Publish,
    Rate, RateName, Route, RoutePath, Seconds, ServiceName, Sourced, UrlPath,
};

/// nginx in front of the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Gateway {
    /// Where it is reached from outside.
    pub publish: Publish,
    /// Addresses of load balancers in front; without them every client is who connects.
    pub trusted_proxies: Vec<Sourced<AddressRange>>,
    /// Encryption.
    pub tls: Tls,
    /// Public hosts with their routes. The first in the description is the domain.
    pub hosts: BTreeMap<HostName, Host>,
    /// Named ways to authenticate.
    pub policies: BTreeMap<PolicyName, Policy>,
    /// Named rates.
    pub rates: BTreeMap<RateName, Sourced<Rate>>,
    /// Named address lists.
    pub allow_lists: BTreeMap<AllowListName, Vec<AddressRange>>,
    /// Paths closed on every host, with all below them, in any case.
    pub closed: BTreeMap<UrlPath, Origin>,
    /// Ports that carry something other than HTTP.
    pub streams: Vec<Stream>,
    /// The server names its version. nginx: yes.
    pub server_tokens: Sourced<bool>,
    /// Format of the access log. nginx: combined, with query strings and referers.
    pub access_log: Sourced<AccessLog>,
    /// Request lines, query included, stand in the error log. nginx: yes.
    pub requests_in_error_log: Sourced<bool>,
    /// What a host that nobody named gets. nginx: the first server.
    pub unknown_host: Sourced<UnknownHost>,
    /// Paths without a route answer 404. nginx: it serves files of its root.
    pub default_deny: Sourced<bool>,
    /// Who writes error bodies. nginx: HTML pages, and upstreams their own.
    pub error_bodies: Sourced<ErrorBodies>,
    /// What becomes of a client's own identity headers. nginx: passed on.
    pub identity_headers: Sourced<IdentityHeaders>,
    /// Refusals before any route. nginx: none.
    pub guards: Guards,
    /// `nosniff`, `Referrer-Policy` and the request id on every answer. nginx: no.
    pub security_headers: Sourced<bool>,
    /// Upstreams steer nginx by `X-Accel-*`. nginx: yes.
    pub upstream_steering: Sourced<bool>,
    /// Time for a client to send its header or the next piece of its body. nginx: 60 s.
    pub client_timeout: Sourced<Seconds>,
    /// Connections of one client. nginx: without end, which is 0.
    pub connections_per_client: Sourced<u32>,
    /// Status of a request over its limit. nginx: 503.
    pub limit_status: Sourced<u16>,
    /// Largest body where a route says nothing. nginx: 1 MiB.
    pub body_limit: Sourced<Bytes>,
    /// Non-GET requests are written to an audit log. nginx: no.
    pub audit_log: Sourced<bool>,
}

impl Gateway {
    /// nginx as it comes, published at one place.
    pub fn new(publish: Publish, tls: Tls) -> Self {
        Self {
            publish,
            tls,
            trusted_proxies: Vec::new(),
            hosts: BTreeMap::new(),
            policies: BTreeMap::new(),
            rates: BTreeMap::new(),
            allow_lists: BTreeMap::new(),
            closed: BTreeMap::new(),
            streams: Vec::new(),
            server_tokens: Sourced::plain(true),
            access_log: Sourced::plain(AccessLog::Combined),
            requests_in_error_log: Sourced::plain(true),
            unknown_host: Sourced::plain(UnknownHost::FirstServer),
            default_deny: Sourced::plain(false),
            error_bodies: Sourced::plain(ErrorBodies::Html),
            identity_headers: Sourced::plain(IdentityHeaders::PassedOn),
            guards: Guards::default(),
            security_headers: Sourced::plain(false),
            upstream_steering: Sourced::plain(true),
            client_timeout: Sourced::plain(Seconds(60)),
            connections_per_client: Sourced::plain(0),
            limit_status: Sourced::plain(503),
            body_limit: Sourced::plain(Bytes(1 << 20)),
            audit_log: Sourced::plain(false),
        }
    }

    /// Every route with its host, in the order of hosts and paths.
    pub fn routes(&self) -> impl Iterator<Item = (&HostName, &RoutePath, &Route)> {
        self.hosts.iter().flat_map(|(name, host)| {
            host.routes.iter().map(move |(path, route)| (name, path, route))
        })
    }

    /// Every header that carries an identity under some policy.
    pub fn identity_header_names(&self) -> BTreeSet<&HeaderName> {
        self.policies.values().flat_map(|policy| policy.identity.iter().map(|(to, _)| to)).collect()
    }
}

/// One public host.
#[derive(Debug, Clone, PartialEq)]
pub struct Host {
    /// True for the description's `domain`.
    pub main: bool,
    /// Where it is declared.
    pub origin: Origin,
    /// Its routes; a path stands for itself or for everything below it.
    pub routes: BTreeMap<RoutePath, Route>,
}

/// Encryption towards clients.
#[derive(Debug, Clone, PartialEq)]
pub struct Tls {
    /// Who issues certificates.
    pub issuer: Sourced<TlsIssuer>,
    /// Oldest version that is spoken. nginx (1.27.3 and later): TLS 1.2.
    pub minimum: Sourced<TlsVersion>,
    /// Cipher suites of TLS 1.2; empty: nginx's `HIGH:!aNULL:!MD5`.
    pub ciphers: Sourced<Vec<String>>,
    /// `max-age` of Strict-Transport-Security; 0: no header, as nginx has it.
    pub hsts: Sourced<Seconds>,
}

/// Who issues certificates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsIssuer {
    /// The stack's own certificate authority.
    Internal,
    /// The provided secrets `tls_cert` and `tls_key`.
    Files,
    /// An ACME authority (RFC 8555), http-01.
    Acme {
        /// Account address.
        email: String,
    },
}

/// Versions of TLS that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.0 (RFC 2246), refused by every current browser.
    V1_0,
    /// TLS 1.2 (RFC 5246).
    V1_2,
    /// TLS 1.3 (RFC 8446).
    V1_3,
}

/// Format of the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLog {
    /// nginx's `combined`.
    Combined,
    /// One JSON object a line, without query strings, referers and credentials.
    Json,
}

/// What a request for a host that nobody named gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnknownHost {
    /// The first server's answer.
    FirstServer,
    /// No handshake and no answer.
    Refused,
}

/// Who writes the body of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorBodies {
    /// nginx's HTML pages, and whatever an upstream says.
    Html,
    /// One JSON form for every error that the gateway makes or masks.
    Json,
}

/// What becomes of identity headers that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityHeaders {
    /// Passed on to services.
    PassedOn,
    /// Removed; only a validator's answer sets them.
    Stripped,
}

/// Refusals before any route is looked at. nginx: none of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Guards {
    /// Methods other than GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
    pub methods: Sourced<bool>,
    /// Paths that normalise to something else than what an upstream would see; hidden files.
    pub paths: Sourced<bool>,
    /// Obvious injections in the query.
    pub arguments: Sourced<bool>,
    /// Requests for another host than the TLS connection was opened for (RFC 9110, 421).
    pub misdirected: Sourced<bool>,
}

/// A port that carries something other than HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Published port.
    pub port: u16,
    /// Protocol.
    pub transport: Transport,
    /// Who answers.
    pub service: ServiceName,
    /// Its port.
    pub service_port: u16,
    /// Why HTTP cannot carry it.
    pub reason: String,
    /// Where it is declared.
    pub origin: Origin,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Which origins may read answers from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CorsRule {
    /// The origins.
    pub origins: OriginRule,
}

/// Origins of a [`CorsRule`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OriginRule {
    /// None: no CORS header at all, as nginx has it.
    #[default]
    Closed,
    /// Exactly these, each `scheme://host[:port]` (RFC 6454).
    Listed(BTreeSet<String>),
    /// Every one: `*`, without credentials.
    Any,
}
