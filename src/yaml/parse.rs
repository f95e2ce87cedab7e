//! Reading a file into a [`Node`] tree.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned, Tagged};

use super::comments::read_past;
use super::failure::{bytes, explain, position};
use super::strict::{check_size, options};
use super::{Key, Kind, Mapping, Mark, Node, Scalar, Value};
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
        read_past(text, |text| {
            serde_saphyr::from_str_with_options::<Option<RawNode>>(text, options.clone())
        })
        .map_err(|error| explain(&error, source, text))
    });
    match read {
        Ok(Some(raw)) => Some(Placing::new(source, text, problems).node(raw)),
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

/// A node with its place and its tag.
pub(super) type RawNode = Spanned<Tagged<Raw>>;

/// What the YAML crate tells about a node, before it is placed in the text.
pub(super) enum Raw {
    Null,
    Scalar(String, Kind),
    Sequence(Vec<RawNode>),
    Mapping(Vec<(Spanned<String>, RawNode)>),
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
pub(super) struct Placing<'a> {
    source: SourceId,
    text: &'a str,
    lines: Lines<'a>,
    problems: &'a mut Problems,
    /// Where Compose reads: scalars are taken as its reader takes them, and tags are noted.
    pub(super) compose: Option<Vec<Mark>>,
    path: Vec<String>,
}

impl<'a> Placing<'a> {
    pub(super) fn new(source: SourceId, text: &'a str, problems: &'a mut Problems) -> Self {
        let lines = Lines::new(text);
        Self { source, text, lines, problems, compose: None, path: Vec::new() }
    }

    pub(super) fn node(&mut self, raw: RawNode) -> Node {
        let at = position(&self.lines, self.source, self.text, &raw.defined);
        let Tagged(value, tag) = raw.value;
        if let Some(marks) = &mut self.compose {
            marks.extend(Mark::of(tag.as_deref(), &self.path, at, self.problems));
        }
        let value = match value {
            Raw::Null => Value::Null,
            Raw::Scalar(text, kind) => {
                let scalar = self.scalar(text, kind, &raw.defined);
                match self.compose {
                    Some(_) if tag.is_none() => super::plain::resolve(scalar),
                    _ => Value::Scalar(scalar),
                }
            }
            Raw::Sequence(items) => Value::Sequence(self.sequence(items)),
            Raw::Mapping(entries) => Value::Mapping(self.mapping(entries)),
        };
        Node { value, at }
    }

    fn sequence(&mut self, items: Vec<RawNode>) -> Vec<Node> {
        let mut sequence = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            self.path.push(index.to_string());
            sequence.push(self.node(item));
            self.path.pop();
        }
        sequence
    }

    fn mapping(&mut self, entries: Vec<(Spanned<String>, RawNode)>) -> Mapping {
        let mut first = HashMap::new();
        let mut mapping = Mapping::new();
        for (key, value) in entries {
            let at = position(&self.lines, self.source, self.text, &key.defined);
            self.name(&key);
            self.path.push(key.value.clone());
            let value = self.node(value);
            self.path.pop();
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

    /// Compose takes no key that its reader takes for a number or a boolean.
    fn name(&mut self, key: &Spanned<String>) {
        if self.compose.is_none() {
            return;
        }
        let scalar = self.scalar(key.value.clone(), Kind::String, &key.defined);
        if let Value::Scalar(Scalar { kind: Kind::String, .. }) = super::plain::resolve(scalar) {
            return;
        }
        let at = position(&self.lines, self.source, self.text, &key.defined);
        let message = format!("the key {} is no text", quoted(&key.value));
        self.problems.report(at, "wrong-type", message, "write it in quotes");
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show(node: &Node) -> String {
        let list = |items: Vec<String>| items.join(", ");
        match &node.value {
            Value::Null => "null".to_owned(),
            Value::Scalar(scalar) => {
                let kind = match scalar.kind {
                    Kind::String if scalar.quoted => "quoted",
                    Kind::String => "text",
                    Kind::Integer => "integer",
                    Kind::Float => "float",
                    Kind::Boolean => "boolean",
                };
                format!("{kind} {}", scalar.text)
            }
            Value::Sequence(items) => format!("[{}]", list(items.iter().map(show).collect())),
            Value::Mapping(entries) => {
                let entry = |(key, value): &(Key, Node)| format!("{}: {}", key.text, show(value));
                format!("{{{}}}", list(entries.iter().map(entry).collect()))
            }
        }
    }

    fn read(text: &str) -> String {
        show(&parse(0, text).unwrap())
    }

    #[test]
    fn scalars_keep_their_spelling() {
        for (text, expected) in [
            ("1.10", "float 1.10"),
            ("0755", "text 0755"),
            ("1_000", "text 1_000"),
            ("0x1F", "integer 0x1F"),
            ("1e3", "float 1e3"),
            ("123456789012345678901234567890", "float 123456789012345678901234567890"),
            ("yes", "text yes"),
            ("True", "boolean True"),
            ("2027-03-31", "text 2027-03-31"),
            ("22:22", "text 22:22"),
            ("'1'", "quoted 1"),
            ("\"a\\tb\"", "quoted a\tb"),
            ("!!str 5", "text 5"),
            ("a b   # c", "text a b"),
            ("|\n  a\n  b\n", "quoted a\nb\n"),
            ("~", "null"),
            ("", "null"),
        ] {
            assert_eq!(read(&format!("k: {text}")), format!("{{k: {expected}}}"), "{text}");
        }
    }

    #[test]
    fn aliases_and_merges_are_followed() {
        let text = "a: &x {b: 1, c: [2]}\nd: *x\ne: {<<: *x, b: 3}\n";
        let expected = "{a: {b: integer 1, c: [integer 2]}, d: {b: integer 1, c: [integer 2]}, \
                        e: {b: integer 3, c: [integer 2]}}";
        assert_eq!(read(text), expected);
    }

    #[test]
    fn places_are_those_of_an_editor() {
        let places = |text: &str| {
            let node = parse(0, text).unwrap();
            let (key, value) = &node.mapping().unwrap()[1];
            [key.at, value.at].map(|at| (at.line, at.column, at.length))
        };
        for text in [
            "a: 1\nübel: \"wört\"\n",
            "\u{feff}a: 1\nübel: \"wört\"\n",
            "a: 1\r\nübel: \"wört\"\r\n",
        ] {
            assert_eq!(places(text), [(2, 1, 4), (2, 7, 6)], "{text:?}");
        }
        assert_eq!(places("{a: 1, b: [2]}"), [(1, 8, 1), (1, 11, 1)]);
        assert_eq!(places("a: &x [1]\nb: *x\n")[1], (1, 7, 1), "an alias is where it is defined");
    }

    #[test]
    fn every_duplicate_key_is_reported_with_its_first() {
        let mut problems = Problems::new();
        let node = parse_into(0, "a: 1\nb: {c: 1, c: 2}\na: 2\n'a': 3\n", &mut problems).unwrap();
        assert_eq!(show(&node), "{a: integer 1, b: {c: integer 1}}");
        let lines: Vec<_> =
            problems.iter().map(|d| (d.code, d.at.unwrap().line, d.notes[0].0.line)).collect();
        let code = "duplicate-key";
        assert_eq!(lines, [(code, 2, 2), (code, 3, 1), (code, 4, 1)]);
    }

    #[test]
    fn broken_and_excessive_files_are_refused() {
        let bomb = (1..20).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
            let last = format!("*a{}, ", n - 1).repeat(9);
            format!("{text}a{n}: &a{n} [{last}]\n")
        });
        let wide = format!("[{}]", "x, ".repeat(300_000));
        for (text, code) in [
            ("a: [", "yaml-syntax"),
            ("a: 'x", "yaml-syntax"),
            ("a: *x", "yaml-syntax"),
            ("a: &x [*x]", "yaml-syntax"),
            ("a: !hunter2 x", "yaml-syntax"),
            ("[a]: 1", "yaml-syntax"),
            ("a: 1\n---\nb: 2", "yaml-syntax"),
            ("~: 1", "wrong-type"),
            (&"[".repeat(100_000), "file-too-complex"),
            (&"{a: ".repeat(100_000), "file-too-complex"),
            (&"- ".repeat(100_000), "file-too-complex"),
            (&bomb, "file-too-complex"),
            (&wide, "file-too-complex"),
            (&" ".repeat(crate::yaml::MAX_BYTES + 1), "file-too-large"),
        ] {
            let short: String = text.chars().take(30).collect();
            let error = parse(0, text).unwrap_err();
            assert_eq!(error.code, code, "{short} {error:?}");
            assert!(!error.message.contains("hunter2"));
        }
    }

    fn inside(node: &Node, text: &str) -> Result<(), TestCaseError> {
        let line = text.split('\n').nth(node.at.line as usize - 1);
        let width = line.map(|line| line.chars().count() as u32 + 1);
        prop_assert!(width.is_some_and(|width| node.at.column + node.at.length <= width + 1));
        for (_, value) in node.mapping().into_iter().flatten() {
            inside(value, text)?;
        }
        node.sequence().into_iter().flatten().try_for_each(|item| inside(item, text))
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_at_a_place_in_it(
            text in "([a-c&*|>\"'#:{}\\[\\],?! \n\r\t\u{85}\u{2028}é-]|: |\n  |- |<<: |&a |\\*a ){0,60}",
        ) {
            match parse(0, &text) {
                Ok(node) => inside(&node, &text)?,
                Err(error) => {
                    let at = error.at.unwrap_or_default();
                    inside(&Node { value: Value::Null, at }, &text)?;
                }
            }
        }
    }
}
