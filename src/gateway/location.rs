//! One route as one nginx location.

use std::collections::BTreeSet;

use serde::Serialize;

use super::cors::CorsNames;
use super::identity::snake;
use super::lookalike::{self, Lookalike};
use super::upstream::Upstreams;
use super::{DrawError, Sheet, allow, rate};
use crate::stack::{
    Access, ErrorSource, Host, MountSource, Origin, PolicyKind, PolicyName, Route, RoutePath,
    Seconds, ServiceName, Target, VolumeName,
};

/// nginx's default of `proxy_read_timeout`, which `conf.d/proxy.conf` repeats.
const PLAIN_TIMEOUT: Seconds = Seconds(60);

/// How long a WebSocket may be silent where the route says nothing.
const SILENCE: Seconds = Seconds(3600);

/// The values of one location; an empty text and 0 stand for nothing.
#[derive(Default, Serialize)]
pub(super) struct Location {
    pub(super) exact: bool,
    pub(super) path: String,
    /// The prefix without its slash, which nginx would redirect by itself before any guard.
    pub(super) bare: String,
    audit: bool,
    allow: String,
    own_errors: bool,
    /// What would be a way around a narrower route.
    lookalikes: Vec<Lookalike>,
    signature: String,
    methods: Vec<String>,
    /// nginx refuses by itself to write to files.
    refuses_methods: bool,
    cors: String,
    cors_closed: bool,
    websocket: bool,
    rates: Vec<String>,
    retry_after: u32,
    body: String,
    pub(super) policy: String,
    /// The header that carries the policy's keys, which a listed origin's script may send.
    key_header: String,
    errors: &'static str,
    alias: String,
    root: String,
    read_timeout: u64,
    unbuffered: bool,
    /// What the service does not see of the path: `/a/b`.
    prefix: String,
    /// The same without its first slash.
    prefix_below: String,
    upstream: String,
}

/// What locations are drawn from.
pub(super) struct Routes<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    pub(super) upstreams: &'a Upstreams,
    pub(super) cors: &'a CorsNames,
    /// The host whose routes they are.
    pub(super) host: &'a Host,
    /// The origins of most of them.
    pub(super) of_host: Option<&'a BTreeSet<String>>,
}

impl Routes<'_> {
    /// The location of one route.
    pub(super) fn location(&self, path: &RoutePath, route: &Route) -> Result<Location, DrawError> {
        let gateway = &self.sheet.stack.gateway;
        let cors = self.cors.lines(&route.cors, self.of_host);
        let mut location = Location {
            exact: !path.is_prefix(),
            path: path.to_string(),
            bare: self.bare(path, route),
            audit: route.audit,
            allow: allow::variable(&route.allow),
            own_errors: route.errors == ErrorSource::Own,
            lookalikes: lookalike::below(self.host, path, route),
            methods: methods(route),
            refuses_methods: !route.methods.is_empty()
                && matches!(route.target, Target::Service { .. }),
            cors: cors.snippet,
            cors_closed: cors.closed,
            rates: rate::of_route(gateway, route)?.iter().map(rate::Count::name).collect(),
            retry_after: rate::retry_after(gateway, route)?,
            ..Location::default()
        };
        if *route.body != *gateway.body_limit {
            location.body = route.body.to_string();
        }
        match &*route.access {
            Access::Policy(name) => {
                location.policy = name.to_string();
                location.key_header = self.key_header(name, &location.cors);
            }
            Access::Webhook(webhook) => location.signature = snake(webhook.signature.as_str()),
            Access::Unstated | Access::Open => {}
        }
        match &route.target {
            Target::Static { volume } => self.serve(&mut location, path, volume)?,
            Target::Service { service, port } => {
                self.ask(&mut location, path, route)?;
                location.upstream = self.upstreams.name(service, *port)?.to_owned();
            }
        }
        Ok(location)
    }

    /// Empty where no preflight asks for it.
    fn key_header(&self, policy: &PolicyName, cors: &str) -> String {
        let policy = self.sheet.stack.gateway.policies.get(policy);
        match policy.map(|policy| &policy.kind) {
            Some(PolicyKind::ApiKey(keys)) if !cors.is_empty() => keys.header.to_string(),
            _ => String::new(),
        }
    }

    /// Files of a volume.
    fn serve(
        &self,
        location: &mut Location,
        path: &RoutePath,
        volume: &VolumeName,
    ) -> Result<(), DrawError> {
        let gateway = self.sheet.stack.services.get(ServiceName::GATEWAY);
        let mounts = gateway.into_iter().flat_map(|service| &service.mounts);
        let wanted = MountSource::Volume(volume.clone());
        let mount = mounts.into_iter().find(|mount| mount.source == wanted);
        let mount = mount.ok_or_else(|| DrawError::NotMounted(volume.clone()))?;
        let root = mount.target.trim_end_matches('/');
        let (_, file) = path.as_str().rsplit_once('/').unwrap_or_default();
        location.alias = format!("{root}/{file}");
        location.root = root.to_owned();
        // Without a list of its own a location keeps its server's.
        location.errors = if location.retry_after > 1 { "errors" } else { "" };
        Ok(())
    }

    /// A service's answers.
    fn ask(
        &self,
        location: &mut Location,
        path: &RoutePath,
        route: &Route,
    ) -> Result<(), DrawError> {
        location.websocket = route.websocket;
        location.unbuffered = !route.buffering;
        location.read_timeout = match route.timeout.origin() {
            Origin::Default if route.websocket => SILENCE.0,
            _ if *route.timeout == PLAIN_TIMEOUT && !route.websocket => 0,
            _ => route.timeout.0,
        };
        location.errors = match route.errors {
            ErrorSource::Gateway => "errors-upstream",
            ErrorSource::Own => "errors-upstream-5xx",
        };
        let prefix = if route.strip_prefix { self.prefix(path, route) } else { "" };
        if let Some(below) = prefix.strip_prefix('/').filter(|below| !below.is_empty()) {
            location.prefix = prefix.to_owned();
            location.prefix_below = below.to_owned();
        }
        Ok(())
    }

    /// What is stripped, without a slash at the end: the path of a prefix route; of an exact one
    /// the longest prefix beside it that strips for the same service, else all but its last part.
    fn prefix<'p>(&self, path: &'p RoutePath, route: &Route) -> &'p str {
        let text = path.as_str();
        if path.is_prefix() {
            return text.trim_end_matches('/');
        }
        let covering = self.host.routes.iter().filter(|(other, candidate)| {
            other.is_prefix()
                && other.covers(text)
                && candidate.strip_prefix
                && candidate.target == route.target
        });
        let longest = covering.map(|(other, _)| other.as_str().len()).max();
        let end = longest.map_or_else(|| text.rfind('/').unwrap_or(0), |length| length - 1);
        text.get(..end).unwrap_or_default()
    }

    /// Files are not redirected: what is not in the folder is not there.
    fn bare(&self, path: &RoutePath, route: &Route) -> String {
        if matches!(route.target, Target::Static { .. }) {
            return String::new();
        }
        let bare = path.as_str().trim_end_matches('/');
        let exact = RoutePath::new(bare).is_ok_and(|bare| self.host.routes.contains_key(&bare));
        let guarded = *self.sheet.stack.gateway.guards.paths && bare.contains("/.");
        if path.is_prefix() && !exact && !guarded { bare.to_owned() } else { String::new() }
    }
}

/// The methods that a route is limited to, GET with HEAD (RFC 9110, 9.3.2); files are only read.
fn methods(route: &Route) -> Vec<String> {
    let mut methods = (*route.methods).clone();
    if methods.is_empty() && matches!(route.target, Target::Static { .. }) {
        methods.insert("GET".to_owned());
    }
    if methods.contains("GET") {
        methods.insert("HEAD".to_owned());
    }
    methods.into_iter().collect()
}
