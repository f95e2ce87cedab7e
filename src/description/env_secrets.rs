//! Environment variables that secrets fill: a map, or a list where each secret is named after its
//! variable.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::{Located, Map, Read, text};
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::{SecretName, SettingName};
use crate::yaml::{Node, Value};

/// `{SESSION_KEY: session_key}`, or `[SESSION_KEY]` for the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EnvSecrets(Map<SettingName, Located<SecretName>>);

impl EnvSecrets {
    /// The secret that fills a variable of a list: its name in lower case.
    pub fn secret_of(variable: &str) -> String {
        variable.to_ascii_lowercase()
    }
}

impl Deref for EnvSecrets {
    type Target = Map<SettingName, Located<SecretName>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Read for EnvSecrets {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Sequence(items) = &node.value else {
            return Map::read(node, problems).map(Self);
        };
        let mut map = Map::new();
        for item in items {
            let Some(variable) = variable(item, problems) else { continue };
            match SecretName::new(Self::secret_of(variable.value.as_str())) {
                Ok(secret) => {
                    map.insert(variable, Located { value: secret, at: item.at });
                }
                Err(error) => {
                    let message = "no secret can be named after this variable";
                    let help = format!("it would have to {}: write a map NAME: secret", error.rule);
                    let problem = Diagnostic::at(item.at, "wrong-value", message).help(help);
                    problems.add(problem.secret());
                }
            }
        }
        Some(Self(map))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// The name of a variable. What stands there instead may be the secret itself, so it is not shown.
fn variable(node: &Node, problems: &mut Problems) -> Option<Located<SettingName>> {
    let name = text(node, "the name of a variable", problems)?;
    if let Ok(value) = SettingName::new(name) {
        return Some(Located { value, at: node.at });
    }
    let help = "write the variable that the secret fills: [SESSION_KEY]";
    let message = "this is not the name of a variable";
    problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help).secret());
    None
}

impl JsonSchema for EnvSecrets {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EnvSecrets".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let map = generator.subschema_for::<Map<SettingName, Located<SecretName>>>();
        let names = generator.subschema_for::<Vec<SettingName>>();
        json_schema!({"anyOf": [map, names, {"type": "null"}]})
    }
}
