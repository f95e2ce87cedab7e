//! An environment variable that is not secret.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::Read;
use super::template::Template;
use crate::diagnostic::Problems;
use crate::yaml::Node;

/// What a setting is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// This text; a number or boolean as it is spelled.
    Text(Template),
    /// A key without a value: who starts the stack has to give it.
    Required,
}

impl Read for Setting {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.is_null() {
            return Some(Self::Required);
        }
        Template::read(node, problems).map(Self::Text)
    }
}

impl JsonSchema for Setting {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Setting".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number", "boolean", "null"]})
    }
}
