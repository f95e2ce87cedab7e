//! How a service is asked whether it is well.

use std::num::NonZeroU16;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::keys::keys;
use super::process::Arguments;
use super::read::{Located, Read, wrong_type};
use crate::diagnostic::Problems;
use crate::stack::{Seconds, UrlPath};
use crate::yaml::{Node, Value};

/// The question.
#[derive(Debug, Clone, PartialEq)]
pub enum HealthCheck {
    /// A path that answers 2xx on the service's port.
    Path(UrlPath),
    /// A program in the container that ends with 0.
    Command(Box<HealthCommand>),
}

keys! {
    /// A program in the container that says by its exit code whether the service is well.
    pub struct HealthCommand("a health check") {
        /// Program and arguments.
        pub command: Located<Arguments>,
        /// Time between two questions. Default: 10s.
        pub interval: Option<Located<Seconds>>,
        /// Time for an answer. Default: 5s.
        pub timeout: Option<Located<Seconds>>,
        /// Failures in a row until it counts as ill. Default: 5.
        pub retries: Option<Located<NonZeroU16>>,
        /// Time after the start in which failures do not count. Default: 30s.
        pub start_period: Option<Located<Seconds>>,
    }
}

impl Read for HealthCheck {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Scalar(_) => UrlPath::read(node, problems).map(Self::Path),
            Value::Mapping(_) => {
                HealthCommand::read(node, problems).map(|keys| Self::Command(Box::new(keys)))
            }
            Value::Null | Value::Sequence(_) => {
                let help = "write `/path` or `{command: [PROGRAM, ARGUMENT]}`".to_owned();
                wrong_type(node, "a path or a command", problems, help);
                None
            }
        }
    }
}

impl JsonSchema for HealthCheck {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HealthCheck".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let path = generator.subschema_for::<UrlPath>();
        let command = generator.subschema_for::<HealthCommand>();
        json_schema!({"anyOf": [path, command]})
    }
}
