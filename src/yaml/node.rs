//! A YAML document as a tree in which every node knows its place.

use crate::diagnostic::Position;

/// A value at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands; for an alias, where it is defined.
    pub at: Position,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// Text, a number or a boolean.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values, in their order, no key twice.
    Mapping(Mapping),
}

/// Keys with values in the order of the file.
pub type Mapping = Vec<(Key, Node)>;

/// A scalar as it is written: `1.10` stays `1.10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text; without quotes and escapes, otherwise unchanged.
    pub text: String,
    /// What YAML takes it for.
    pub kind: Kind,
    /// True where quotes or a block style make it text whatever it looks like.
    pub quoted: bool,
}

/// What YAML takes a scalar for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; also numbers with a leading zero, which readers disagree about.
    String,
    /// A whole number.
    Integer,
    /// A number with a fraction or an exponent.
    Float,
    /// `true` or `false`.
    Boolean,
}

/// The key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The text as it is written.
    pub text: String,
    /// Where it stands.
    pub at: Position,
}

impl Node {
    /// The value of a key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.mapping()?.iter().find(|(k, _)| k.text == key).map(|(_, value)| value)
    }

    /// The entries, where this is a mapping.
    pub fn mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            Value::Null | Value::Scalar(_) | Value::Sequence(_) => None,
        }
    }

    /// The items, where this is a list.
    pub fn sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            Value::Null | Value::Scalar(_) | Value::Mapping(_) => None,
        }
    }

    /// The scalar, where this is one.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    /// True for `null` and for nothing at all.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// What this is, for a message: "a list", "text".
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a map",
            Value::Scalar(scalar) => match scalar.kind {
                Kind::String => "text",
                Kind::Integer | Kind::Float => "a number",
                Kind::Boolean => "a boolean",
            },
        }
    }
}
