//! Reading Compose values from a tree of YAML nodes: every mistake is reported where it stands,
//! and the rest is read on.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::{self, Kind, Mapping, Node};

/// A value that can be read; `null` is what says nothing.
pub(super) trait Read: Sized {
    fn read(node: &Node, problems: &mut Problems) -> Self;
}

/// Reports why a value cannot be what it should.
pub(super) fn refuse(node: &Node, why: impl Into<String>, problems: &mut Problems) {
    problems.add(Diagnostic::at(node.at, "wrong-value", why));
}

/// The entries of a map; none, with a complaint, where it is something else.
pub(super) fn entries<'a>(node: &'a Node, problems: &mut Problems) -> &'a Mapping {
    static NONE: Mapping = Mapping::new();
    match node.mapping() {
        Some(entries) => entries,
        None if node.is_null() => &NONE,
        None => {
            mismatch(node, "a map", problems);
            &NONE
        }
    }
}

/// The items of a list; none, with a complaint, where it is something else.
pub(super) fn items<'a>(node: &'a Node, problems: &mut Problems) -> &'a [Node] {
    match node.sequence() {
        Some(items) => items,
        None if node.is_null() => &[],
        None => {
            mismatch(node, "a list", problems);
            &[]
        }
    }
}

pub(super) fn mismatch(node: &Node, expected: &str, problems: &mut Problems) {
    let message = format!("expected {expected}, found {}", node.kind());
    problems.add(Diagnostic::at(node.at, "wrong-type", message));
}

/// Text, or the spelling of a number or boolean.
impl Read for String {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        match node.scalar() {
            Some(scalar) => scalar.text.clone(),
            None => {
                mismatch(node, "text", problems);
                Self::new()
            }
        }
    }
}

impl Read for bool {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        match node.scalar().map(|scalar| scalar.text.as_str()) {
            Some("true") => true,
            Some("false") => false,
            _ => {
                mismatch(node, "true or false", problems);
                false
            }
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        (!node.is_null()).then(|| T::read(node, problems))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        items(node, problems).iter().map(|item| T::read(item, problems)).collect()
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        let entries = entries(node, problems);
        entries.iter().map(|(key, value)| (key.text.clone(), T::read(value, problems))).collect()
    }
}

/// A value that is only carried: numbers and booleans stay what they are.
impl Read for Value {
    fn read(node: &Node, _: &mut Problems) -> Self {
        carried(node)
    }
}

fn carried(node: &Node) -> Value {
    match &node.value {
        yaml::Value::Null => Value::Null,
        yaml::Value::Sequence(items) => Value::Array(items.iter().map(carried).collect()),
        yaml::Value::Mapping(entries) => Value::Object(
            entries.iter().map(|(key, value)| (key.text.clone(), carried(value))).collect(),
        ),
        yaml::Value::Scalar(scalar) => match scalar.kind {
            Kind::Boolean => Value::Bool(scalar.text == "true"),
            Kind::Integer | Kind::Float if !scalar.quoted => serde_json::from_str(&scalar.text)
                .unwrap_or_else(|_| Value::String(scalar.text.clone())),
            Kind::Integer | Kind::Float | Kind::String => Value::String(scalar.text.clone()),
        },
    }
}
