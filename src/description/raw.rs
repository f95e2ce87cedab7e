//! Keys in the words of another file format, kept as they are until something understands them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::{Read, wrong_type};
use crate::diagnostic::Problems;
use crate::yaml::Node;

/// A map that is not looked into here.
#[derive(Debug, Clone, PartialEq)]
pub struct RawKeys(pub Node);

impl Read for RawKeys {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.mapping().is_none() {
            wrong_type(
                node,
                "a map",
                problems,
                "write a map with keys of a Compose service".into(),
            );
            return None;
        }
        Some(Self(node.clone()))
    }
}

impl JsonSchema for RawKeys {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawKeys".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object"})
    }
}
