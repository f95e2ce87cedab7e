//! A declared secret: where its value comes from and what is asked of it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::keys::{has_unknown_keys, keys};
use super::leaf::leaves;
use super::read::{Located, Read, number, wrong_value};
use super::template::Template;
use crate::diagnostic::{Diagnostic, Problems};
use crate::stack::Seconds;
use crate::yaml::Node;

/// A declared secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    /// Where its value comes from.
    pub source: SecretSource,
    /// Fewest characters of its value.
    pub minimum: Option<Located<u32>>,
    /// Age at which it should be replaced.
    pub rotate_after: Option<Located<Seconds>>,
    /// Kept for people and CI, read by no service.
    pub for_people: bool,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretSource {
    /// Text with other secrets in it.
    Template(Located<Template>),
    /// So many random characters of a-z and 0-9.
    Generated(Length),
    /// A person gives it.
    Provided,
}

/// Characters of a generated secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(pub u32);

impl Default for Length {
    /// 43 characters of a-z and 0-9 hold over 220 bits.
    fn default() -> Self {
        Self(43)
    }
}

keys! {
    /// A declared secret: exactly one of `template`, `generate` and `provided`. The words
    /// `generate` and `provided`, and the text of a template, stand for the same.
    pub(super) struct SecretKeys("a secret") {
        /// Text with other secrets in it: `{{ NAME }}`; also `{{ url }}` and `{{ urls.NAME }}`.
        pub template: Option<Located<Template>>,
        /// Drawn from the operating system's random source, once.
        pub generate: Option<Located<Generate>>,
        /// True: a person gives it, with `portcullis secrets fill`.
        pub provided: Option<Located<bool>>,
        /// Fewest characters that its value may have.
        pub minimum: Option<Located<u32>>,
        /// Age at which it should be replaced, for example 90d.
        pub rotate_after: Option<Located<Seconds>>,
        /// `people`: kept for people and CI, read by no service.
        pub readers: Option<Located<Readers>>,
    }
}

keys! {
    /// What is drawn.
    pub(super) struct Generate("`generate`") {
        /// Characters of a-z and 0-9, from 16 to 1024. Default: 43.
        pub length: Option<Located<Length>>,
    }
}

/// Who reads a secret that no service reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// People and CI.
    People,
}

impl Readers {
    fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            "people" => Ok(Self::People),
            _ => Err(
                "write people; services read a secret by naming it in their `secrets:` or `env_secrets:`",
            ),
        }
    }
}

leaves! {
    Readers, "a kind of reader", Self::new, {"enum": ["people"]};
}

impl Read for Length {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        // 16 characters of a-z and 0-9 hold 82 bits, the least that cannot be guessed offline.
        number(node, 16, 1024, problems).map(Self)
    }
}

impl JsonSchema for Length {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Length".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({"type": "integer", "minimum": 16, "maximum": 1024})
    }
}

impl Read for Secret {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if let Some(scalar) = node.scalar().filter(|_| !node.is_null()) {
            return in_a_word(node, &scalar.text, problems);
        }
        let keys = SecretKeys::read(node, problems)?;
        let SecretKeys { template, generate, provided, minimum, rotate_after, readers } = keys;
        if let Some(provided) = provided.filter(|provided| !provided.value) {
            let help = "write `provided: true`, or another source";
            problems.report(provided.at, "wrong-value", "`provided` is true or not there", help);
            return None;
        }
        let source = match (template, generate, provided) {
            (Some(template), None, None) => SecretSource::Template(template),
            (None, Some(generate), None) => {
                let length =
                    generate.value.length.map_or_else(Length::default, |length| length.value);
                SecretSource::Generated(length)
            }
            (None, None, Some(_)) => SecretSource::Provided,
            (None, None, None) => {
                // An unreadable or misspelt one has been reported; one that is not there has not.
                let sources = ["template", "generate", "provided"];
                let written = |key| node.get(key).is_some_and(|value| !value.is_null());
                let misspelt = has_unknown_keys(node, SecretKeys::KEYS);
                if !misspelt && !sources.into_iter().any(written) {
                    let message = "a secret needs one of `template`, `generate` and `provided`";
                    let help = "add `generate: {length: 43}` or `provided: true`";
                    problems.add(Diagnostic::at(node.at, "missing-key", message).help(help));
                }
                return None;
            }
            _ => {
                let message = "a secret is one of `template`, `generate` and `provided`";
                wrong_value(node, message, problems, "keep one of them".to_owned());
                return None;
            }
        };
        check_minimum(&source, minimum, problems);
        Some(Self { source, minimum, rotate_after, for_people: readers.is_some() })
    }
}

/// `generate`, `provided`, or the text of a template. Anything else may be the secret itself, so it
/// is not shown.
fn in_a_word(node: &Node, text: &str, problems: &mut Problems) -> Option<Secret> {
    let source = match text {
        "generate" => SecretSource::Generated(Length::default()),
        "provided" => SecretSource::Provided,
        _ if text.contains("{{") => {
            SecretSource::Template(Located { value: Template::read(node, problems)?, at: node.at })
        }
        _ => {
            let message = "this does not say where the value comes from";
            let help = "write `generate`, `provided` or a text with `{{ NAME }}`; the value never stands in this file";
            problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help).secret());
            return None;
        }
    };
    Some(Secret { source, minimum: None, rotate_after: None, for_people: false })
}

fn check_minimum(source: &SecretSource, minimum: Option<Located<u32>>, problems: &mut Problems) {
    if let (SecretSource::Generated(length), Some(minimum)) = (source, minimum)
        && minimum.value > length.0
    {
        let message = format!("{} characters are drawn, fewer than the minimum", length.0);
        let help = format!("write `generate: {{length: {}}}`", minimum.value);
        problems.report(minimum.at, "wrong-value", message, help);
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = generator.subschema_for::<SecretKeys>();
        json_schema!({"anyOf": [
            keys,
            {"enum": ["generate", "provided"]},
            {"type": "string", "pattern": "\\{\\{", "description": "a template"},
        ]})
    }
}
