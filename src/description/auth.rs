//! Named policies: how the gateway knows who is asking.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::keys::{Object, has_unknown_keys, keys};
use super::leaf::{leaves, service_name};
use super::path::split_service;
use super::read::{Located, Map, Read, key_node, wrong_type, wrong_value};
use super::route::PolicyChoice;
use super::template::Template;
use super::word::{ClientId, ClientName, GroupName};
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::{HeaderName, HostName, PolicyName, SecretName, ServiceName, UrlPath};
use crate::yaml::{Node, Value};

/// The policies, and which one holds where a route names none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Auth {
    /// The policy of a route that names none; without it every route must say.
    pub default: Option<Located<PolicyChoice>>,
    /// The policies by name.
    pub policies: Map<PolicyName, Policy>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// How it authenticates.
    pub kind: PolicyKind,
    /// Header of the request to the service: header of the validator's answer.
    pub identity: Map<HeaderName, Located<HeaderName>>,
}

/// How a policy authenticates.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyKind {
    /// A service is asked about every request.
    Validator(Located<Validator>),
    /// A key, checked at the gateway.
    ApiKey(ApiKey),
    /// OpenID Connect.
    Oidc(Located<Oidc>),
}

/// `SERVICE/PATH`: who is asked, and at which path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validator {
    /// Who is asked.
    pub service: ServiceName,
    /// At which path.
    pub path: UrlPath,
}

/// A key that clients send in a header.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKey {
    /// The keys.
    pub keys: Located<ApiKeys>,
    /// Header that carries the key. Default: X-API-Key.
    pub header: Option<Located<HeaderName>>,
    /// True where the service sees the key as well. Default: false.
    pub forward: Option<Located<bool>>,
}

/// One key for everybody, or one for each client.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiKeys {
    /// One secret.
    One(SecretName),
    /// A secret for each client.
    PerClient(Map<ClientName, Located<SecretName>>),
}

keys! {
    /// OpenID Connect, in front of people.
    pub struct Oidc("an oidc policy") {
        /// The issuer's URL; `{{ urls.NAME }}` where it is a host of this stack.
        pub issuer: Located<Template>,
        /// The gateway's id at the issuer.
        pub client_id: Located<ClientId>,
        /// The secret that holds the client's secret at the issuer.
        pub client_secret: Located<SecretName>,
        /// Groups of which a person must be in one.
        pub groups: Vec<Located<GroupName>>,
        /// Domains of e-mail addresses that are let in.
        pub email_domains: Vec<Located<HostName>>,
    }
}

keys! {
    /// How the gateway knows who is asking: exactly one of `validator`, `api_key` and `oidc`.
    pub(super) struct PolicyKeys("a policy") {
        /// SERVICE/PATH of a service that is asked about every request and answers 2xx or 401.
        pub validator: Option<Located<Validator>>,
        /// The secret that clients send as their key, or a map CLIENT: SECRET.
        pub api_key: Option<Located<ApiKeys>>,
        /// OpenID Connect.
        pub oidc: Option<Located<Oidc>>,
        /// Identity headers: header of the request to the service: header of the validator's
        /// answer. Clients cannot send them.
        pub identity: Map<HeaderName, Located<HeaderName>>,
        /// Header that carries the key of `api_key`. Default: X-API-Key.
        pub header: Option<Located<HeaderName>>,
        /// True where the service sees the key of `api_key` as well. Default: false.
        pub forward: Option<Located<bool>>,
    }
}

impl Read for Auth {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.is_null() {
            return Some(Self::default());
        }
        let Some(entries) = node.mapping() else {
            wrong_type(node, "a map", problems, "write {default: NAME, NAME: {...}}".to_owned());
            return None;
        };
        let mut auth = Self::default();
        for (key, value) in entries {
            if key.text == "default" {
                auth.default = Option::read(value, problems).flatten();
                continue;
            }
            let before = problems.len();
            let name = PolicyName::read(&key_node(key), problems);
            let policy = problems.under(&key.text, |problems| Policy::read(value, problems));
            if problems.len() > before {
                problems.spoil(&key.text);
            }
            if let (Some(name), Some(policy)) = (name, policy) {
                auth.policies.insert(Located { value: name, at: key.at }, policy);
            }
        }
        Some(auth)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl Read for Policy {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let keys = PolicyKeys::read(node, problems)?;
        let PolicyKeys { validator, api_key, oidc, identity, header, forward } = keys;
        let places = [
            validator.as_ref().map(|v| v.at),
            api_key.as_ref().map(|k| k.at),
            oidc.as_ref().map(|o| o.at),
        ];
        if places.iter().flatten().count() > 1 {
            let help = "keep one of them; two policies are two names".to_owned();
            wrong_value(
                node,
                "a policy is one of `validator`, `api_key` and `oidc`",
                problems,
                help,
            );
            return None;
        }
        if api_key.is_none() {
            for at in [header.as_ref().map(|h| h.at), forward.as_ref().map(|f| f.at)]
                .into_iter()
                .flatten()
            {
                let message = "`header` and `forward` belong to `api_key`";
                problems.report(at, "wrong-value", message, "remove it");
            }
        }
        let kind = match (validator, api_key, oidc) {
            (Some(validator), _, _) => PolicyKind::Validator(validator),
            (_, Some(keys), _) => PolicyKind::ApiKey(ApiKey { keys, header, forward }),
            (_, _, Some(oidc)) => PolicyKind::Oidc(oidc),
            // An unreadable or misspelt one has been reported; a key that is not there has not.
            (None, None, None) => {
                let written =
                    ["validator", "api_key", "oidc"].iter().any(|key| node.get(key).is_some());
                if !written && !has_unknown_keys(node, PolicyKeys::KEYS) {
                    let message = "a policy needs one of `validator`, `api_key` and `oidc`";
                    let help = "add `validator: SERVICE/PATH`, `api_key: SECRET` or `oidc: {...}`";
                    problems.add(Diagnostic::at(node.at, "missing-key", message).help(help));
                }
                return None;
            }
        };
        if let PolicyKind::Oidc(oidc) = &kind {
            check_oidc(oidc, problems);
        }
        Some(Self { kind, identity })
    }
}

/// What nobody could sign in with. Who may is a control's question.
fn check_oidc(oidc: &Located<Oidc>, problems: &mut Problems) {
    if let Some(issuer) = oidc.issuer.plain()
        && !is_https(&issuer)
    {
        let help = "write https://HOST/PATH, or {{ urls.NAME }}/PATH for a host of this stack";
        problems.report(oidc.issuer.at, "wrong-value", "the issuer is no https URL", help);
    }
}

fn is_https(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:".contains(c);
    url.strip_prefix("https://").is_some_and(|rest| {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        HostName::new(host).is_ok() && port.parse::<u16>().is_ok() && path.chars().all(plain)
    })
}

impl Validator {
    fn new(text: &str) -> Result<Self, String> {
        let (service, path) = split_service(text)
            .ok_or("write SERVICE/PATH, for example core-app/api/auth/validate")?;
        Ok(Self {
            service: service_name(service)?,
            path: UrlPath::new(path).map_err(|error| format!("the path {error}"))?,
        })
    }
}

leaves! {
    Validator, "a validator", Self::new,
        {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}/[A-Za-z0-9._~@+,=:/-]{0,199}$"};
}

impl Read for ApiKeys {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Mapping(_) => Map::read(node, problems).map(Self::PerClient),
            Value::Null | Value::Scalar(_) | Value::Sequence(_) => {
                SecretName::read(node, problems).map(Self::One)
            }
        }
    }
}

impl JsonSchema for ApiKeys {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ApiKeys".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<SecretName>();
        json_schema!({"anyOf": [one, {"type": "object", "additionalProperties": one}]})
    }
}

impl JsonSchema for Auth {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Auth".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut object = Object::new("Named policies; a route names one, or `none`.");
        object.key::<Option<Located<PolicyChoice>>>(
            "default",
            "The policy of a route that names none; without it every route must say.",
            generator,
        );
        let mut schema = object.schema();
        let policy = generator.subschema_for::<PolicyKeys>();
        schema.insert("additionalProperties".to_owned(), policy.to_value());
        schema
    }
}
