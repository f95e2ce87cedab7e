//! Reading a node into a type, collecting every mistake on the way.
//!
//! serde stops at the first mistake; this trait goes on: a value that cannot be read is reported
//! and left out, and whatever stands beside it is still read.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::num::{NonZeroU16, NonZeroU32};
use std::ops::Deref;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::yaml::{Kind, Node, Value};

/// A type that can be read from a node.
pub trait Read: Sized {
    /// Read it; `None` where a problem that makes it unusable has been reported.
    fn read(node: &Node, problems: &mut Problems) -> Option<Self>;

    /// The value of a key that is not there; `None` where the key has to be there.
    fn absent() -> Option<Self> {
        None
    }
}

/// A value and its place; compares by value alone.
#[derive(Debug, Clone, Copy)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub at: Position,
}

/// Keys with values in the order of the file; every key knows its place.
pub type Map<K, V> = IndexMap<Located<K>, V>;

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: Hash> Hash for Located<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Borrow<T> for Located<T> {
    fn borrow(&self) -> &T {
        &self.value
    }
}

impl<T: Read> Read for Located<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        Some(Self { value: T::read(node, problems)?, at: node.at })
    }
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.is_null() { Some(None) } else { T::read(node, problems).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self::new()),
            Value::Sequence(items) => {
                Some(items.iter().filter_map(|item| T::read(item, problems)).collect())
            }
            Value::Scalar(_) | Value::Mapping(_) => {
                wrong_type(node, "a list", problems, "write a list: [ONE, TWO]".to_owned());
                None
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl<K: Read + Hash + Eq, V: Read> Read for Map<K, V> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if node.is_null() {
            return Some(Self::new());
        }
        let Some(entries) = node.mapping() else {
            wrong_type(node, "a map", problems, "write a map: {NAME: VALUE}".to_owned());
            return None;
        };
        let mut map = Self::new();
        for (key, value) in entries {
            let before = problems.len();
            let name = K::read(&key_node(key), problems);
            let value = problems.under(&key.text, |problems| V::read(value, problems));
            if problems.len() > before {
                problems.spoil(&key.text);
            }
            if let (Some(name), Some(value)) = (name, value) {
                map.insert(Located { value: name, at: key.at }, value);
            }
        }
        Some(map)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Read for bool {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let scalar = node.scalar().filter(|scalar| scalar.kind == Kind::Boolean);
        let value = scalar.and_then(|scalar| scalar.text.to_ascii_lowercase().parse().ok());
        if value.is_none() {
            wrong_type(
                node,
                "true or false",
                problems,
                "write true or false, without quotes".into(),
            );
        }
        value
    }
}

impl Read for String {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        text(node, "text", problems).map(str::to_owned)
    }
}

impl Read for u32 {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        number(node, 0, Self::MAX, problems)
    }
}

impl Read for NonZeroU16 {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let number: u32 = number(node, 1, u32::from(u16::MAX), problems)?;
        u16::try_from(number).ok().and_then(Self::new)
    }
}

impl Read for NonZeroU32 {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        number(node, 1, u32::MAX, problems).and_then(Self::new)
    }
}

/// A key as a node, so that names are read alike wherever they stand.
pub(super) fn key_node(key: &crate::yaml::Key) -> Node {
    let scalar = crate::yaml::Scalar { text: key.text.clone(), kind: Kind::String, quoted: false };
    Node { value: Value::Scalar(scalar), at: key.at }
}

/// A whole number between two bounds; quotes around it do not matter.
pub(super) fn number(node: &Node, least: u32, most: u32, problems: &mut Problems) -> Option<u32> {
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let plain = |text: &&str| *text == "0" || !text.starts_with('0');
    let help = format!("write a whole number from {least} to {most}");
    let Some(scalar) = node.scalar() else {
        wrong_type(node, "a whole number", problems, help);
        return None;
    };
    let text = Some(scalar.text.as_str()).filter(digits).filter(plain);
    let number = text.and_then(|text| text.parse().ok());
    let number = number.filter(|number| (least..=most).contains(number));
    if number.is_none() {
        let what = if text.is_some() { "within the bounds" } else { "a whole number" };
        let message = format!("{} is not {what}", problems.quoted(&scalar.text));
        wrong_value(node, &message, problems, help);
    }
    number
}

/// The text of a scalar of any kind, as it is spelled.
pub(super) fn text<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> Option<&'n str> {
    let text = node.scalar().map(|scalar| scalar.text.as_str());
    if text.is_none() {
        wrong_type(node, what, problems, format!("write {what}"));
    }
    text
}

/// A scalar that `parse` understands; its error completes "it must ...".
pub(super) fn parsed<T, E: std::fmt::Display>(
    node: &Node,
    what: &str,
    problems: &mut Problems,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let Some(scalar) = node.scalar() else {
        // What the empty text lacks says how the value is written.
        let help = parse("").err().map_or_else(|| format!("write {what}"), |rule| rule.to_string());
        wrong_type(node, what, problems, help);
        return None;
    };
    let text = scalar.text.as_str();
    match parse(text) {
        Ok(value) => Some(value),
        Err(rule) => {
            let message = format!("{} is not {what}", problems.quoted(text));
            wrong_value(node, &message, problems, rule.to_string());
            None
        }
    }
}

pub(super) fn wrong_value(node: &Node, message: &str, problems: &mut Problems, help: String) {
    problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help));
}

/// Something else than `what` stands here.
pub(super) fn wrong_type(node: &Node, what: &str, problems: &mut Problems, help: String) {
    let found = format!("{what} is expected here, not {}", node.kind());
    problems.add(Diagnostic::at(node.at, "wrong-type", found).help(help));
}

/// Schemas of the containers are those of what they hold.
mod schemas {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::Located;

    impl<T: JsonSchema> JsonSchema for Located<T> {
        fn schema_name() -> Cow<'static, str> {
            T::schema_name()
        }

        fn schema_id() -> Cow<'static, str> {
            T::schema_id()
        }

        fn inline_schema() -> bool {
            T::inline_schema()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            T::json_schema(generator)
        }
    }
}
