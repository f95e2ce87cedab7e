//! What a container's process is and who runs it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::keys::keys;
use super::leaf::leaves;
use super::read::{Located, Read, text, wrong_type, wrong_value};
use crate::diagnostic::{Problems, is_invisible, looks_secret, names_a_secret};
use crate::stack::{Ulimit, User};
use crate::yaml::{Node, Value};

/// Program and arguments, handed over as they are; at least the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments(pub Vec<Located<String>>);

impl Arguments {
    /// The words alone.
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(|word| word.value.clone()).collect()
    }
}

impl Read for Arguments {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Sequence(items) if items.is_empty() => {
                wrong_value(
                    node,
                    "a command needs a program",
                    problems,
                    "write [PROGRAM, ARGUMENT]".into(),
                );
                None
            }
            Value::Sequence(items) => {
                let words: Vec<_> =
                    items.iter().filter_map(|item| argument(item, problems)).collect();
                (words.len() == items.len()).then_some(Self(words))
            }
            Value::Scalar(scalar) => {
                let hidden = |word| looks_secret("", word) || names_a_secret(word);
                let secret = scalar.text.split_whitespace().any(hidden);
                let words: Vec<_> = scalar.text.split_whitespace().filter(|_| !secret).collect();
                let plain = !words.is_empty()
                    && !scalar
                        .text
                        .contains(['"', '\'', '`', ',', ':', '{', '[', '#', '&', '|', '\\', '$']);
                let list = if plain { words.join(", ") } else { "PROGRAM, ARGUMENT".to_owned() };
                wrong_type(
                    node,
                    "a list",
                    problems,
                    format!("write program and arguments as a list: [{list}]"),
                );
                None
            }
            Value::Null | Value::Mapping(_) => {
                wrong_type(node, "a list", problems, "write a list: [PROGRAM, ARGUMENT]".into());
                None
            }
        }
    }
}

fn argument(node: &Node, problems: &mut Problems) -> Option<Located<String>> {
    let word = text(node, "text", problems)?;
    // Requests that a health check writes by hand end their lines as HTTP does (RFC 9112 2.2).
    let shown = word.replace("\r\n", "\n");
    if shown.chars().any(|c| is_invisible(c) && !matches!(c, '\n' | '\t')) {
        let help = "remove it; line breaks and tabs are allowed".to_owned();
        wrong_value(node, "the argument holds an invisible character", problems, help);
        return None;
    }
    Some(Located { value: word.to_owned(), at: node.at })
}

impl JsonSchema for Arguments {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Arguments".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "minItems": 1, "items": {"type": ["string", "number", "boolean"]}})
    }
}

/// Who runs the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunAs(pub User);

impl RunAs {
    fn new(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "write UID:GID, for example \"1000:1000\", or a user of the image";
        let (user, group) = text.split_once(':').unwrap_or((text, text));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits(user) && digits(group) {
            // The largest id is -1 to the kernel: nobody (chown(2)).
            let id = |text: &str| text.parse().ok().filter(|id: &u32| *id != u32::MAX).ok_or(RULE);
            return Ok(Self(User::Numeric { uid: id(user)?, gid: id(group)? }));
        }
        // The names that useradd(8) takes.
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        let name = |text: &str| {
            text.len() <= 32
                && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && text.chars().all(plain)
        };
        if name(user) && name(group) { Ok(Self(User::Named(text.to_owned()))) } else { Err(RULE) }
    }
}

leaves! {
    RunAs, "a user", Self::new, {"type": ["string", "integer"], "examples": ["1000:1000"]};
}

/// A limit of setrlimit(2): one number for both, or {soft, hard}.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UlimitRange(pub Ulimit);

keys! {
    /// A limit of setrlimit(2).
    pub(super) struct UlimitKeys("a ulimit") {
        /// What applies.
        pub soft: Located<u32>,
        /// What the process may raise it to.
        pub hard: Located<u32>,
    }
}

impl Read for UlimitRange {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let (soft, hard) = match &node.value {
            Value::Mapping(_) => {
                let keys = UlimitKeys::read(node, problems)?;
                (keys.soft.value, keys.hard.value)
            }
            Value::Null | Value::Scalar(_) | Value::Sequence(_) => {
                let both = u32::read(node, problems)?;
                (both, both)
            }
        };
        if soft > hard {
            let help = "write the smaller number as `soft`".to_owned();
            wrong_value(node, "the soft limit is above the hard one", problems, help);
            return None;
        }
        Some(Self(Ulimit { soft: soft.into(), hard: hard.into() }))
    }
}

impl JsonSchema for UlimitRange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "UlimitRange".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = generator.subschema_for::<UlimitKeys>();
        json_schema!({"anyOf": [{"type": "integer", "minimum": 0}, keys]})
    }
}
