//! Text with holes: `{{ url }}`, `{{ urls.NAME }}` and `{{ secret_name }}`.
//!
//! There is no other interpolation: a `$` is a `$`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::read::{Located, Read, text};
use super::word::HostAlias;
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean};
use crate::stack::SecretName;
use crate::yaml::Node;

/// Text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(pub Vec<Piece>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// A hole, at its place.
    Hole(Located<Hole>),
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hole {
    /// `{{ url }}`: the public address of `domain`, with its port.
    Url,
    /// `{{ urls.NAME }}`: the public address of a further host.
    UrlOf(HostAlias),
    /// `{{ NAME }}`: the value of a secret.
    Secret(SecretName),
}

impl Template {
    /// The holes in their order.
    pub fn holes(&self) -> impl Iterator<Item = &Located<Hole>> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// The text, where there is no hole in it.
    pub fn plain(&self) -> Option<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Hole(_) => None,
        };
        self.0.iter().map(text).collect()
    }
}

impl Read for Template {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let whole = text(node, "text", problems)?;
        let mut pieces = Vec::new();
        let mut rest = whole;
        while let Some((before, after)) = rest.split_once("{{") {
            let start = whole.len() - after.len() - 2;
            let Some((name, behind)) = after.split_once("}}") else {
                let at = within(node, whole, start, after.len() + 2);
                problems.report(
                    at,
                    "template",
                    "a hole `{{` without its end `}}`",
                    "write `{{ NAME }}`",
                );
                return None;
            };
            push_text(&mut pieces, before);
            let at = within(node, whole, start, name.len() + 4);
            pieces.push(Piece::Hole(Located { value: hole(name.trim(), at, problems)?, at }));
            rest = behind;
        }
        push_text(&mut pieces, rest);
        let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if whole.contains(forbidden) {
            let help = "remove it; line breaks and tabs are allowed";
            problems.report(node.at, "wrong-value", "the text holds a control character", help);
            return None;
        }
        Some(Self(pieces))
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

fn hole(name: &str, at: Position, problems: &mut Problems) -> Option<Hole> {
    if name == "url" {
        return Some(Hole::Url);
    }
    let read = match name.strip_prefix("urls.") {
        Some(alias) => HostAlias::new(alias).ok().map(Hole::UrlOf),
        None => SecretName::new(name).ok().map(Hole::Secret),
    };
    if read.is_none() {
        let help = did_you_mean(name, ["url"]).unwrap_or_else(|| {
            "write {{ url }}, {{ urls.NAME }} with a name of `hosts`, or in `secrets` {{ secret_name }}"
                .to_owned()
        });
        problems.add(Diagnostic::at(at, "template", "nothing fills this hole").help(help));
    }
    read
}

/// The place of a part of a scalar. Exact in plain and in simply quoted text of one line;
/// otherwise the scalar's own place.
fn within(node: &Node, whole: &str, offset: usize, length: usize) -> Position {
    let quotes = node.scalar().is_some_and(|scalar| scalar.quoted);
    let written = node.at.length.saturating_sub(if quotes { 2 } else { 0 });
    let count = |text: Option<&str>| {
        text.and_then(|text| u32::try_from(text.chars().count()).ok()).unwrap_or_default()
    };
    if count(Some(whole)) != written {
        return node.at;
    }
    Position {
        column: node.at.column + u32::from(quotes) + count(whole.get(..offset)),
        length: count(whole.get(offset..offset + length)),
        ..node.at
    }
}

impl JsonSchema for Template {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Template".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "number", "boolean"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn read(yaml: &str) -> (Option<Template>, Problems) {
        let mut problems = Problems::new();
        let template = Template::read(&parse(0, yaml).unwrap(), &mut problems);
        (template, problems)
    }

    #[test]
    fn holes_are_found_at_their_place() {
        for (yaml, columns) in [
            ("a {{ url }} {{urls.auth}}", vec![3, 13]),
            ("'ä {{ url }} {{ db_password }}'", vec![4, 14]),
            ("\"{{ url }}\"", vec![2]),
            ("\"\\u00e4 {{ url }}\"", vec![1]),
            ("$HOME ${X} {x} }} { {", vec![]),
        ] {
            let (template, problems) = read(yaml);
            assert!(problems.is_empty(), "{yaml}");
            let template = template.unwrap();
            let found: Vec<_> = template.holes().map(|hole| hole.at.column).collect();
            assert_eq!(found, columns, "{yaml}");
        }
    }

    #[test]
    fn text_without_holes_is_plain() {
        assert_eq!(read("a $b }}").0.unwrap().plain().as_deref(), Some("a $b }}"));
        assert_eq!(read("'a {{ url }}'").0.unwrap().plain(), None);
        assert_eq!(read("''").0.unwrap().plain().as_deref(), Some(""));
    }

    #[test]
    fn other_holes_are_refused_without_being_quoted() {
        for yaml in [
            "'{{ }}'",
            "'{{ Hunter2 }}'",
            "'{{ urls. }}'",
            "'{{ a b }}'",
            "'{{ url'",
            "'{{ {{ url }}'",
        ] {
            let (template, problems) = read(yaml);
            assert!(template.is_none() && problems.len() == 1, "{yaml}");
            assert!(problems.iter().all(|d| !d.message.contains("Hunter2")));
        }
    }
}
