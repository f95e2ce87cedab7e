//! Reading a file into a [`Node`] tree.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned};

use super::failure::{bytes, explain, position};
use super::strict::{check_size, options};
use super::{Key, Kind, Mapping, Node, Scalar, Value};
use crate::diagnostic::{Diagnostic, Lines, Problems, SourceId, quoted};

/// Read a document; an empty one is a null node.
///
/// # Errors
/// The first mistake by its place: broken YAML, a duplicate key, too much of anything.
pub fn parse(source: SourceId, text: &str) -> Result<Node, Diagnostic> {
    let mut problems = Problems::new();
    let node = parse_into(source, text, &mut problems);
    match (problems.iter().next(), node) {
        (None, Some(node)) => Ok(node),
        (Some(first), _) => Err(first.clone()),
        (None, None) => Err(Diagnostic::nowhere("yaml-syntax", "the file cannot be read")),
    }
}

/// Read a document and report every duplicate key; of two equal keys the first is kept.
pub fn parse_into(source: SourceId, text: &str, problems: &mut Problems) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = check_size(text).and_then(|()| {
        let options = options(DuplicateKeyPolicy::PassThrough);
        serde_saphyr::from_str_with_options::<Option<Spanned<Raw>>>(text, options)
            .map_err(|error| explain(&error, source, text))
    });
    match read {
        Ok(Some(raw)) => {
            let mut placing = Placing { source, text, lines: Lines::new(text), problems };
            Some(placing.node(raw))
        }
        Ok(None) => {
            let at = Lines::new(text).position(source, 0, 0);
            Some(Node { value: Value::Null, at })
        }
        Err(diagnostic) => {
            problems.add(diagnostic);
            None
        }
    }
}

/// What the YAML crate tells about a node, before it is placed in the text.
enum Raw {
    Null,
    Scalar(String, Kind),
    Sequence(Vec<Spanned<Raw>>),
    Mapping(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Boolean))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Integer))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Integer))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Integer))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_string(), Kind::Float))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.to_owned(), Kind::String))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element()? {
            sequence.push(item);
        }
        Ok(Raw::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut mapping = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            mapping.push(entry);
        }
        Ok(Raw::Mapping(mapping))
    }
}

/// Turns locations into positions and spellings.
struct Placing<'a> {
    source: SourceId,
    text: &'a str,
    lines: Lines<'a>,
    problems: &'a mut Problems,
}

impl Placing<'_> {
    fn node(&mut self, raw: Spanned<Raw>) -> Node {
        let at = position(&self.lines, self.source, self.text, &raw.defined);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Scalar(text, kind) => Value::Scalar(self.scalar(text, kind, &raw.defined)),
            Raw::Sequence(items) => {
                Value::Sequence(items.into_iter().map(|item| self.node(item)).collect())
            }
            Raw::Mapping(entries) => Value::Mapping(self.mapping(entries)),
        };
        Node { value, at }
    }

    fn mapping(&mut self, entries: Vec<(Spanned<String>, Spanned<Raw>)>) -> Mapping {
        let mut first = HashMap::new();
        let mut mapping = Mapping::new();
        for (key, value) in entries {
            let at = position(&self.lines, self.source, self.text, &key.defined);
            let value = self.node(value);
            if let Some(before) = first.insert(key.value.clone(), at) {
                first.insert(key.value.clone(), before);
                let message = format!("the key {} stands twice in one map", quoted(&key.value));
                let help = format!("keep one of the two; the other is in line {}", before.line);
                let diagnostic = Diagnostic::at(at, "duplicate-key", message).help(help);
                self.problems.add(diagnostic.note(before, "first written here"));
            } else {
                mapping.push((Key { text: key.value, at }, value));
            }
        }
        mapping
    }

    /// The scalar in its own spelling, which the YAML crate has already made a number of.
    fn scalar(&self, text: String, kind: Kind, location: &Location) -> Scalar {
        let (offset, length) = bytes(self.text, location);
        let slice = self.text.get(offset..offset.saturating_add(length)).unwrap_or_default();
        let slice = slice.trim();
        let quoted = kind == Kind::String && slice != text;
        let text = if kind == Kind::String || slice.is_empty() { text } else { slice.to_owned() };
        Scalar { text, kind, quoted }
    }
}
