//! The model's names and amounts as values of a description, with their schema.

use std::net::IpAddr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::{Read, parsed, text};
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::{
    AddressRange, Alias, AllowListName, Bytes, CpuShare, DatabaseName, EnvironmentName, HeaderName,
    HostName, ImageReference, PolicyName, ProfileName, ProjectName, Rate, RateName, RoutePath,
    Seconds, SecretName, ServiceName, SettingName, Unknown, UrlPath, VolumeName,
};
use crate::yaml::Node;

/// Implements [`Read`] and the schema for types that are written as one word.
macro_rules! leaves {
    ($($type:ty, $what:literal, $parse:expr, $schema:tt;)*) => {$(
        impl $crate::description::read::Read for $type {
            fn read(
                node: &$crate::yaml::Node,
                problems: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                $crate::description::read::parsed(node, $what, problems, $parse)
            }
        }

        impl ::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($schema)
            }
        }
    )*};
}

pub(super) use leaves;

macro_rules! names {
    ($($type:ident, $what:literal;)*) => {leaves! {$(
        $type, $what, |text| $type::new(text).map_err(must),
            {"type": "string", "pattern": $type::PATTERN};
    )*}};
}

names! {
    ProjectName, "a project's name";
    EnvironmentName, "an environment's name";
    VolumeName, "a volume's name";
    SettingName, "a setting's name";
    PolicyName, "a policy's name";
    RateName, "a rate's name";
    AllowListName, "an allow list's name";
    ProfileName, "a profile's name";
    DatabaseName, "a database's name";
    HostName, "a host name";
    HeaderName, "a header's name";
    Alias, "an alias";
}

leaves! {
    RoutePath, "a path", |text| Self::new(text), {"type": "string", "pattern": UrlPath::PATTERN};
    UrlPath, "a path", |text| Self::new(text), {"type": "string", "pattern": UrlPath::PATTERN};
    Rate, "a rate", Self::parse, {"type": "string", "examples": ["60/min burst 20"]};
    AddressRange, "an address range", Self::parse,
        {"type": "string", "examples": ["203.0.113.0/24"]};
    ImageReference, "an image", Self::parse, {"type": "string", "examples": ["postgres:17"]};
    Bytes, "a size", Self::parse,
        {"type": ["string", "integer"], "examples": ["256k", "16m", "2g"]};
    Seconds, "a time", Self::parse, {"type": "string", "examples": ["30s", "90d"]};
    Unknown, "what is not known", Self::parse,
        {"type": "string", "enum": Self::WORDS.map(|(word, _)| word)};
    CpuShare, "a share of processors", |text| Self::parse(text).filter(|share| share.0 > 0)
        .ok_or("write a number above zero with at most three decimals, such as 0.5 or 2"),
        {"type": ["string", "number"], "examples": [2, 0.5]};
}

fn must(error: crate::stack::InvalidName) -> String {
    format!("it must {}", error.rule)
}

/// Names of services are narrower here than Compose has them: they become parts of the names of
/// networks (`FROM--TO`), roles and secrets, and `gateway` is ours.
impl Read for ServiceName {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        parsed(node, "a service's name", problems, service_name)
    }
}

pub(super) fn service_name(text: &str) -> Result<ServiceName, &'static str> {
    const RULE: &str = "it must start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters";
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.starts_with(|c: char| c.is_ascii_lowercase())
        || !text.chars().all(plain)
        || text.len() > 40
    {
        return Err(RULE);
    }
    if text.contains("--") {
        return Err("it must not hold '--', which joins the two ends of a link");
    }
    let name = ServiceName::new(text).map_err(|_| RULE)?;
    if name.is_reserved() {
        return Err(
            "`gateway` and `gateway-*` are the names of the stack's own services: choose another",
        );
    }
    Ok(name)
}

impl JsonSchema for ServiceName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ServiceName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"})
    }
}

impl Read for IpAddr {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        parsed(node, "an IP address", problems, |text| {
            text.parse().map_err(|_| "write an address such as 127.0.0.1 or 0.0.0.0")
        })
    }
}

/// The name of a secret. What stands there instead may be the secret itself, so it is not shown.
impl Read for SecretName {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let name = Self::new(text(node, "the name of a secret", problems)?);
        if let Err(error) = &name {
            let message = "this is not the name of a secret";
            let help = format!("it must {}; its value never stands in this file", error.rule);
            problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help).secret());
        }
        name.ok()
    }
}

impl JsonSchema for SecretName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": Self::PATTERN})
    }
}
