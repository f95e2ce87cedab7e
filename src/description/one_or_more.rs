//! One value or a list of them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::{Located, Read};
use crate::diagnostic::Problems;
use crate::yaml::{Node, Value};

/// `office` or `[office, home]`.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOrMore<T>(pub Vec<Located<T>>);

impl<T: Read> Read for OneOrMore<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Scalar(_) => Located::read(node, problems).map(|one| Self(vec![one])),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
                Vec::read(node, problems).map(Self)
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OneOrMore{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "items": one}]})
    }
}
