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
        let Some(keys) = node.mapping() else {
            let help = "write a map with keys of a Compose service".to_owned();
            wrong_type(node, "a map", problems, help);
            return None;
        };
        // The reports name the keys that nothing understands; Compose has none with other characters.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if let Some((key, _)) = keys.iter().find(|(key, _)| !key.text.chars().all(plain)) {
            let help = "write a key of a Compose service: letters, digits, '.', '_' and '-'";
            problems.report(key.at, "wrong-value", "this is no key of a Compose service", help);
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
