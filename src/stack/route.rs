//! Routes: which requests reach what, and what is asked of them.

use std::collections::BTreeSet;
use std::fmt;

use super::{
    AllowListName, Bytes, CorsRule, HeaderName, Origin, PolicyName, RateName, Seconds, ServiceName,
    Sourced, VolumeName,
};

/// Why a path was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a URL path: '/' first, then letters, digits and any of - . _ ~ @ + , = : /, without '//', '.' or '..' parts, at most 200 characters"
)]
pub struct InvalidPath;

/// A path of a URL in the one form that nginx, upstreams and we read alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(String);

impl UrlPath {
    /// The regular expression that every path matches (beside the rule on dots).
    pub const PATTERN: &'static str = "^/[A-Za-z0-9._~@+,=:/-]{0,199}$";

    /// Check and take a path.
    ///
    /// # Errors
    /// [`InvalidPath`] where it needs escaping somewhere or names a hidden part, except `.well-known`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidPath> {
        let text = text.into();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~@+,=:/".contains(c);
        let hidden = |part: &str| part.starts_with('.') && part != ".well-known";
        let valid = text.starts_with('/')
            && text.len() <= 200
            && text.chars().all(plain)
            && !text.contains("//")
            && !text.split('/').any(hidden);
        if valid { Ok(Self(text)) } else { Err(InvalidPath) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a route: ending in `/` it stands for everything below it, else for itself alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutePath(UrlPath);

impl RoutePath {
    /// Check and take a route's path.
    ///
    /// # Errors
    /// [`InvalidPath`] as [`UrlPath::new`].
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidPath> {
        UrlPath::new(text).map(Self)
    }

    /// True where it stands for everything below it.
    pub fn is_prefix(&self) -> bool {
        self.0.as_str().ends_with('/')
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// True where a request for `path` falls under this route.
    pub fn covers(&self, path: &str) -> bool {
        if self.is_prefix() { path.starts_with(self.as_str()) } else { path == self.as_str() }
    }
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Requests of one path and what is asked of them; plain defaults are nginx's.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Who answers.
    pub target: Target,
    /// Who may ask.
    pub access: Sourced<Access>,
    /// Rates that count its requests, all of them. nginx: none.
    pub rates: Sourced<Vec<RateName>>,
    /// Methods that are let through; none: every one that the guards admit.
    pub methods: Sourced<BTreeSet<String>>,
    /// Address lists of which the client must be in one; none: everybody.
    pub allow: Sourced<BTreeSet<AllowListName>>,
    /// Largest body. nginx: 1 MiB.
    pub body: Sourced<Bytes>,
    /// Time for the service to answer, or to send the next piece. nginx: 60 s.
    pub timeout: Sourced<Seconds>,
    /// The service sees the path without the route's prefix.
    pub strip_prefix: bool,
    /// Answers and bodies are collected before they are passed on. nginx: yes.
    pub buffering: bool,
    /// Which origins may read answers. nginx: says nothing.
    pub cors: Sourced<CorsRule>,
    /// WebSocket handshakes are let through as well.
    pub websocket: bool,
    /// Every request is written to the audit log, not only those that change something.
    pub audit: bool,
    /// Who writes 4xx bodies.
    pub errors: ErrorSource,
    /// Where it is declared.
    pub origin: Origin,
}

/// Who answers a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A service, at its port.
    Service {
        /// Which one.
        service: ServiceName,
        /// Where it listens.
        port: u16,
    },
    /// The gateway itself, from a volume that it mounts read-only.
    Static {
        /// Which one.
        volume: VolumeName,
    },
}

/// Who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Nobody said; nginx lets everybody ask.
    Unstated,
    /// Everybody, on purpose (`auth: none`).
    Open,
    /// Who satisfies this policy.
    Policy(PolicyName),
    /// Senders whose signature the service checks.
    Webhook(Webhook),
}

/// A webhook's part at the gateway; the signature itself is checked by the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Header that must be there.
    pub signature: HeaderName,
}

/// Who writes the bodies of 4xx answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorSource {
    /// The gateway, uniformly.
    Gateway,
    /// The service: its protocol gives them a meaning.
    Own,
}

impl Route {
    /// A route as nginx treats a `location` with nothing in it but its target.
    pub fn new(target: Target, origin: Origin) -> Self {
        Self {
            target,
            access: Sourced::plain(Access::Unstated),
            rates: Sourced::default(),
            methods: Sourced::default(),
            allow: Sourced::default(),
            body: Sourced::plain(Bytes(1 << 20)),
            timeout: Sourced::plain(Seconds(60)),
            strip_prefix: false,
            buffering: true,
            cors: Sourced::default(),
            websocket: false,
            audit: false,
            errors: ErrorSource::Gateway,
            origin,
        }
    }

    /// True where anybody may ask.
    pub fn is_open(&self) -> bool {
        matches!(*self.access, Access::Open | Access::Unstated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_read_differently_somewhere_are_refused() {
        for bad in [
            "", "api", "/a//b", "/a/../b", "/./", "/.git", "/a b", "/a%2f", "/a;b", "/a{", "/$x",
            "/é", "/a\\b", "/a?b",
        ] {
            assert!(UrlPath::new(bad).is_err(), "{bad:?}");
        }
        for good in ["/", "/api/", "/api/health", "/.well-known/openid", "/v1/a@b:c"] {
            assert!(UrlPath::new(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_prefix_covers_what_is_below_it() {
        let path = |text| RoutePath::new(text).map_err(|e| e.to_string());
        assert_eq!(path("/api/").map(|p| p.covers("/api/x")), Ok(true));
        assert_eq!(path("/api").map(|p| p.covers("/api/x")), Ok(false));
    }
}
