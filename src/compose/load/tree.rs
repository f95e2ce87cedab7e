//! Making and changing nodes: what the phases do to a tree, with the place kept from which a
//! value came.

use crate::diagnostic::Position;
use crate::yaml::{Key, Kind, Mapping, Node, Scalar, Value};

/// A text at the place of what it was made from.
pub(super) fn text(text: impl Into<String>, at: Position) -> Node {
    scalar(text, Kind::String, at)
}

/// A whole number.
pub(super) fn whole(number: impl ToString, at: Position) -> Node {
    scalar(number.to_string(), Kind::Integer, at)
}

/// A boolean.
pub(super) fn flag(value: bool, at: Position) -> Node {
    scalar(value.to_string(), Kind::Boolean, at)
}

/// A scalar of a kind.
pub(super) fn scalar(text: impl Into<String>, kind: Kind, at: Position) -> Node {
    let quoted = kind == Kind::String;
    Node { value: Value::Scalar(Scalar { text: text.into(), kind, quoted }), at }
}

/// Nothing.
pub(super) fn null(at: Position) -> Node {
    Node { value: Value::Null, at }
}

/// A list.
pub(super) fn list(items: Vec<Node>, at: Position) -> Node {
    Node { value: Value::Sequence(items), at }
}

/// A map.
pub(super) fn map(entries: Mapping, at: Position) -> Node {
    Node { value: Value::Mapping(entries), at }
}

/// An entry of a map, at the place of its value.
pub(super) fn entry(key: &str, value: Node) -> (Key, Node) {
    (Key { text: key.to_owned(), at: value.at }, value)
}

/// The text of a node that YAML takes for text.
pub(super) fn as_text(node: &Node) -> Option<&str> {
    node.scalar().filter(|scalar| scalar.kind == Kind::String).map(|scalar| scalar.text.as_str())
}

/// The text of any scalar.
pub(super) fn spelled(node: &Node) -> Option<&str> {
    node.scalar().map(|scalar| scalar.text.as_str())
}

/// The entries, to be changed.
pub(super) fn entries_mut(node: &mut Node) -> Option<&mut Mapping> {
    match &mut node.value {
        Value::Mapping(entries) => Some(entries),
        Value::Null | Value::Scalar(_) | Value::Sequence(_) => None,
    }
}

/// The items, to be changed.
pub(super) fn items_mut(node: &mut Node) -> Option<&mut Vec<Node>> {
    match &mut node.value {
        Value::Sequence(items) => Some(items),
        Value::Null | Value::Scalar(_) | Value::Mapping(_) => None,
    }
}

/// The value of a key, to be changed.
pub(super) fn get_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let entries = entries_mut(node)?;
    entries.iter_mut().find(|(k, _)| k.text == key).map(|(_, value)| value)
}

/// Sets a key of a map; elsewhere nothing happens.
pub(super) fn set(node: &mut Node, key: &str, value: Node) {
    match get_mut(node, key) {
        Some(place) => *place = value,
        None => {
            if let Some(entries) = entries_mut(node) {
                entries.push(entry(key, value));
            }
        }
    }
}

/// Sets a key that is not there.
pub(super) fn set_default(node: &mut Node, key: &str, value: impl FnOnce(Position) -> Node) {
    if node.mapping().is_some() && node.get(key).is_none() {
        let at = node.at;
        set(node, key, value(at));
    }
}

/// Takes a key out of a map.
pub(super) fn remove(node: &mut Node, key: &str) -> Option<Node> {
    let entries = entries_mut(node)?;
    let at = entries.iter().position(|(k, _)| k.text == key)?;
    Some(entries.remove(at).1)
}
