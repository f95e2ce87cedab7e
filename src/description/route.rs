//! A route: one path of the gateway and what is asked of its requests.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::cors::Cors;
use super::keys::keys;
use super::leaf::leaves;
use super::one_or_more::OneOrMore;
use super::read::{Located, Read, wrong_value};
use super::word::Method;
use crate::diagnostic::Problems;
use crate::stack::{
    AllowListName, Bytes, HeaderName, HostName, PolicyName, RateName, Seconds, VolumeName,
};
use crate::yaml::{Key, Kind, Node, Scalar, Value};

keys! {
    /// What is asked of the requests of one path.
    pub struct Route("a route") {
        /// The host that has the path: a name of `hosts`, or a full host name. Default: `domain`.
        pub host: Option<Located<HostName>>,
        /// A policy of `auth`, or `none` for a path that everybody may ask. Default: `auth.default`.
        pub auth: Option<Located<PolicyChoice>>,
        /// A rate of `rates`, on top of `default`; `none` takes even that away and needs an
        /// exception.
        pub rate: Option<Located<RateChoice>>,
        /// Methods that are let through. Default: all that the gateway knows.
        pub methods: Option<Located<Vec<Located<Method>>>>,
        /// Address lists of `allow_lists`, one or several, of which the client must be in one.
        pub allow: OneOrMore<AllowListName>,
        /// Largest body of a request, for example 16k.
        pub body: Option<Located<Bytes>>,
        /// Time for the service to answer, for example 120s.
        pub timeout: Option<Located<Seconds>>,
        /// The service sees the path without the route's own. Default: false.
        pub strip_prefix: Option<Located<bool>>,
        /// The gateway collects answers and bodies before it passes them on. Default: true.
        pub buffering: Option<Located<bool>>,
        /// Which origins may read answers, instead of the stack's own rule.
        pub cors: Option<Located<Cors>>,
        /// Lets WebSocket handshakes through, besides plain requests. Default: false.
        pub websocket: Option<Located<bool>>,
        /// Requests are signed by their sender and checked by the service; replaces `auth`.
        pub webhook: Option<Located<Webhook>>,
        /// Writes every request to the audit log; requests that change something are there
        /// anyway. Default: false.
        pub audit: Option<Located<bool>>,
        /// `own`: the service's 4xx bodies mean something and are passed on. Default: gateway.
        pub errors: Option<Located<ErrorChoice>>,
        /// True: as a plain proxy would pass requests on. Stands for `auth: none`,
        /// `websocket: true` and `errors: own`, each unless the route says otherwise, and for the
        /// rate `passthrough` where no `default` is written. Without `body:` it also stands for
        /// `body: 1g` and `buffering: false`: large bodies go on to the service as they come.
        /// Default: false.
        pub passthrough: Option<Located<bool>>,
    }
}

/// A route's keys, or the word `passthrough`.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteForm(Route);

impl Deref for RouteForm {
    type Target = Route;

    fn deref(&self) -> &Route {
        &self.0
    }
}

impl Read for RouteForm {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mut route = match node.scalar() {
            Some(scalar) if scalar.text == PASSTHROUGH => Route::read(&long(node), problems)?,
            Some(scalar) if !node.is_null() => {
                let message = format!("{} is no route", problems.quoted(&scalar.text));
                let help = "write `passthrough`, or a map such as {auth: none}".to_owned();
                wrong_value(node, &message, problems, help);
                return None;
            }
            _ => Route::read(node, problems)?,
        };
        if let Some(Located { value: true, at }) = route.passthrough {
            if route.webhook.is_none() {
                route.auth.get_or_insert(Located { value: PolicyChoice::None, at });
            }
            route.websocket.get_or_insert(Located { value: true, at });
            route.errors.get_or_insert(Located { value: ErrorChoice::Own, at });
            if route.body.is_none() {
                route.body = Some(Located { value: PASSED_ON, at });
                route.buffering.get_or_insert(Located { value: false, at });
            }
        }
        Some(Self(route))
    }
}

/// Largest body where everything passes through: uploads fit (the nginx of Nextcloud's manual takes
/// 512 MiB), and a client that never ends is cut.
const PASSED_ON: Bytes = Bytes(1 << 30);

/// The word that stands for a route's keys.
const PASSTHROUGH: &str = "passthrough";

/// The same as a map.
fn long(node: &Node) -> Node {
    let truth = Scalar { text: "true".to_owned(), kind: Kind::Boolean, quoted: false };
    let key = Key { text: PASSTHROUGH.to_owned(), at: node.at };
    let value = Node { value: Value::Scalar(truth), at: node.at };
    Node { value: Value::Mapping(vec![(key, value)]), at: node.at }
}

impl JsonSchema for RouteForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RouteForm".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = generator.subschema_for::<Route>();
        json_schema!({"anyOf": [keys, {"const": PASSTHROUGH}]})
    }
}

keys! {
    /// A sender that signs its requests.
    pub struct Webhook("a webhook") {
        /// Header that carries the signature.
        pub signature: Located<HeaderName>,
    }
}

keys! {
    /// Files that the gateway itself serves, read-only and without a listing.
    pub struct StaticFiles("static files") {
        /// The volume that holds them.
        pub volume: Located<VolumeName>,
        /// The host that has the path: a name of `hosts`, or a full host name. Default: `domain`.
        pub host: Option<Located<HostName>>,
        /// A policy of `auth`, or `none`. Default: `auth.default`.
        pub auth: Option<Located<PolicyChoice>>,
        /// Address lists of `allow_lists`, one or several, of which the client must be in one.
        pub allow: OneOrMore<AllowListName>,
        /// A rate of `rates`, on top of `default`.
        pub rate: Option<Located<RateChoice>>,
        /// Which origins may read answers, instead of the stack's own rule.
        pub cors: Option<Located<Cors>>,
    }
}

/// A policy, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyChoice {
    /// Everybody may ask.
    None,
    /// This one.
    Named(PolicyName),
}

/// A rate, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateChoice {
    /// Not even the default one.
    None,
    /// This one, besides the default.
    Named(RateName),
}

/// Who writes 4xx bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorChoice {
    /// The gateway, in one form.
    Gateway,
    /// The service.
    Own,
}

impl PolicyChoice {
    fn new(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            _ => PolicyName::new(text)
                .map(Self::Named)
                .map_err(|_| "write the name of a policy under `auth:`, or `none`".to_owned()),
        }
    }
}

impl RateChoice {
    fn new(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            _ => RateName::new(text)
                .map(Self::Named)
                .map_err(|_| "write the name of a rate under `rates:`; limits such as `5/min burst 5` stand there".to_owned()),
        }
    }
}

impl ErrorChoice {
    fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            "gateway" => Ok(Self::Gateway),
            "own" => Ok(Self::Own),
            _ => Err("write own or gateway"),
        }
    }
}

leaves! {
    PolicyChoice, "a policy", Self::new, {"type": "string", "pattern": PolicyName::PATTERN};
    RateChoice, "a rate's name", Self::new, {"type": "string", "pattern": RateName::PATTERN};
    ErrorChoice, "a source of errors", Self::new, {"enum": ["own", "gateway"]};
}
