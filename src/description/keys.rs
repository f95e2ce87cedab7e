//! One list of keys from which a type, its reader and its schema follow.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::foreign;
use super::read::{Read, wrong_type};
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean, quoted, suggest};
use crate::yaml::{Mapping, Node};

/// Defines a struct whose fields are the keys of a map: `keys! { /// doc pub struct Name("a thing")
/// { /// doc pub key: Type, ... } }`. A key that [`Read::absent`] has no value for is required;
/// every other key is an error with the nearest known one. `r#use` is the key `use`.
macro_rules! keys {
    ($(#[doc = $about:literal])+ $vis:vis struct $name:ident($what:literal) {
        $($(#[doc = $doc:literal])+ pub $key:ident: $type:ty,)+
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl $name {
            const KEYS: &'static [&'static str] = &[$($crate::description::keys::plain(stringify!($key))),+];
        }

        impl $crate::description::read::Read for $name {
            fn read(
                node: &$crate::yaml::Node,
                problems: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                let keys = $crate::description::keys::Keys::of(node, $what, Self::KEYS, problems)?;
                $(let $key = keys.take::<$type>(
                    $crate::description::keys::plain(stringify!($key)), problems);)+
                Some(Self { $($key: $key?),+ })
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let mut object = $crate::description::keys::Object::new(concat!($($about, "\n"),+));
                $(object.key::<$type>(
                    $crate::description::keys::plain(stringify!($key)),
                    concat!($($doc, "\n"),+),
                    generator,
                );)+
                object.schema()
            }
        }
    };
}

pub(super) use keys;

/// A key's name without the mark that Rust needs for its own words.
pub(super) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// The entries of a map that a struct is read from.
pub(super) struct Keys<'n> {
    entries: &'n [(crate::yaml::Key, Node)],
    at: Position,
    what: &'static str,
    known: &'static [&'static str],
}

impl<'n> Keys<'n> {
    /// The entries of `node`; unknown keys are reported. Nothing at all is an empty map.
    pub(super) fn of(
        node: &'n Node,
        what: &'static str,
        known: &'static [&'static str],
        problems: &mut Problems,
    ) -> Option<Self> {
        const NONE: &Mapping = &Mapping::new();
        let entries = if node.is_null() { Some(NONE) } else { node.mapping() };
        let Some(entries) = entries else {
            let help = format!("write a map with the keys of {what}: {}", known.join(", "));
            wrong_type(node, "a map", problems, help);
            return None;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let foreign = foreign::instead(what, &key.text).map(str::to_owned);
            let help = foreign
                .or_else(|| did_you_mean(&key.text, known.iter().copied()))
                .unwrap_or_else(|| format!("the keys of {what} are {}", known.join(", ")));
            if let Some(meant) = suggest(&key.text, known.iter().copied()) {
                problems.spoil(meant);
            }
            let message = format!("{what} has no key {}", quoted(&key.text));
            problems.add(Diagnostic::at(key.at, "unknown-key", message).help(help));
        }
        Some(Self { entries, at: node.at, what, known })
    }

    /// True where an unknown key was probably meant to be this one, and was reported as such.
    fn is_misspelt(&self, key: &str) -> bool {
        self.entries
            .iter()
            .map(|(name, _)| name.text.as_str())
            .filter(|name| !self.known.contains(name))
            .any(|name| suggest(name, self.known.iter().copied()) == Some(key))
    }

    /// Read the value of one key. What cannot be read is reported, and then treated as absent.
    pub(super) fn take<T: Read>(&self, key: &'static str, problems: &mut Problems) -> Option<T> {
        match self.entries.iter().find(|(name, _)| name.text == key) {
            Some((_, node)) => problems.under(key, |p| T::read(node, p)).or_else(|| {
                problems.spoil(key);
                T::absent()
            }),
            None if T::absent().is_none() && self.is_misspelt(key) => None,
            None => T::absent().or_else(|| {
                let message = format!("{} needs the key `{key}`", self.what);
                let help = format!("add `{key}:`");
                problems.add(Diagnostic::at(self.at, "missing-key", message).help(help));
                None
            }),
        }
    }
}

/// True where `node` has a key that is none of `known`, which has been reported.
pub(super) fn has_unknown_keys(node: &Node, known: &[&str]) -> bool {
    let keys = node.mapping().into_iter().flatten();
    keys.map(|(key, _)| key.text.as_str()).any(|key| !known.contains(&key))
}

/// The schema of a map with known keys.
pub(super) struct Object {
    about: &'static str,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl Object {
    pub(super) fn new(about: &'static str) -> Self {
        Self { about, properties: Map::new(), required: Vec::new() }
    }

    pub(super) fn key<T: Read + JsonSchema>(
        &mut self,
        key: &'static str,
        doc: &str,
        generator: &mut SchemaGenerator,
    ) {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("description".to_owned(), json!(prose(doc)));
        if T::absent().is_none() {
            self.required.push(json!(key));
        } else if let Some(Value::String(kind)) = schema.get("type").cloned() {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        self.properties.insert(key.to_owned(), schema.to_value());
    }

    pub(super) fn schema(self) -> Schema {
        let mut schema = schemars::json_schema!({
            "type": if self.required.is_empty() { json!(["object", "null"]) } else { json!("object") },
            "description": prose(self.about),
            "properties": self.properties,
            "additionalProperties": false,
        });
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(self.required));
        }
        schema
    }
}

/// A doc comment as one paragraph.
fn prose(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}
