//! What a value is made of: public text, one secret, or text with secrets in it.

use std::ops::Range;

use super::connection::passwords;
use super::secrecy::{self, is_plain, names};
use super::variable::{Place, Variable};
use crate::diagnostic::looks_secret;
use crate::import::expression::Part;

/// What a value is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing of it is secret.
    Plain(String),
    /// Not secret; a part of it has no value, or all of it comes from who runs Compose.
    Unset(Vec<Piece>),
    /// All of it is one secret.
    Secret(Atom),
    /// Text with at least one secret in it.
    Template(Vec<Piece>),
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// A variable without a value that is not secret.
    Unset(String),
    Secret(Atom),
}

/// One secret at one place.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// The variable that it comes from.
    pub(super) variable: Option<String>,
    /// Its value, where there is one; never empty.
    pub(super) value: Option<String>,
    /// The secret that it is an occurrence of, as `group` numbers them.
    pub(super) group: usize,
}

impl std::fmt::Debug for Atom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Atom({:?}, {})", self.variable, self.group)
    }
}

impl Atom {
    fn new(variable: Option<&str>, value: Option<&str>) -> Self {
        let owned = |text: &str| text.to_owned();
        let value = value.filter(|value| !value.is_empty());
        Self { variable: variable.map(owned), value: value.map(owned), group: 0 }
    }

    fn of(part: &Part) -> Self {
        Self::new(part.variable.as_deref(), part.text.as_deref())
    }
}

impl Shape {
    /// The secrets in it.
    pub(super) fn atoms(&mut self) -> Vec<&mut Atom> {
        match self {
            Self::Plain(_) | Self::Unset(_) => Vec::new(),
            Self::Secret(atom) => vec![atom],
            Self::Template(pieces) => pieces
                .iter_mut()
                .filter_map(|piece| match piece {
                    Piece::Secret(atom) => Some(atom),
                    Piece::Text(_) | Piece::Unset(_) => None,
                })
                .collect(),
        }
    }
}

/// The shape of a variable.
pub(super) fn of(variable: &Variable) -> Shape {
    let name = variable.name.as_str();
    let is_setting = variable.place == Place::Environment;
    let Some(parts) = &variable.parts else {
        return match names(name) {
            true => Shape::Secret(Atom::new(Some(name), None)),
            false => Shape::Unset(vec![Piece::Unset(name.to_owned())]),
        };
    };
    let text = variable.text();
    let plain = |text: &str| is_plain(name, text);
    let named = is_setting && names(name) && !text.as_deref().is_some_and(plain);
    if let [part] = parts.as_slice()
        && is_setting
        && (named || part_is_secret(part))
        && passwords(part.text.as_deref().unwrap_or_default()).is_empty()
    {
        return Shape::Secret(Atom::of(part));
    }
    let pieces = pieces(parts);
    let has_secret = pieces.iter().any(|piece| matches!(piece, Piece::Secret(_)));
    if !is_setting {
        return if has_secret { Shape::Template(pieces) } else { Shape::Unset(pieces) };
    }
    let looks = |text: &str| looks_secret(name, text);
    let credentials =
        |text: &str| secrecy::are_credentials(name, text) || secrecy::is_webhook(text);
    if has_secret && is_expressible(&pieces) {
        return match pieces.as_slice() {
            [Piece::Secret(atom)] => Shape::Secret(atom.clone()),
            _ => Shape::Template(pieces),
        };
    }
    if has_secret || named || text.as_deref().is_some_and(credentials) {
        return Shape::Secret(Atom::new(only_variable(parts), text.as_deref()));
    }
    if let Some(text) = text.as_deref().filter(|text| looks(text)) {
        // The reader takes any long text of many letters for one; a list of words is none.
        let is_said = secrecy::is_of_words(text) || secrecy::is_of_options(text);
        return match is_said && is_expressible(&pieces) {
            true => Shape::Template(vec![Piece::Text(text.to_owned())]),
            false => Shape::Secret(Atom::new(only_variable(parts), Some(text))),
        };
    }
    match text {
        Some(text) => Shape::Plain(text),
        None => Shape::Unset(pieces),
    }
}

/// The variable of a value that is nothing else.
fn only_variable(parts: &[Part]) -> Option<&str> {
    match parts {
        [part] => part.variable.as_deref(),
        _ => None,
    }
}

fn part_is_secret(part: &Part) -> bool {
    let Some(variable) = part.variable.as_deref() else { return false };
    names(variable) && !part.text.as_deref().is_some_and(|text| is_plain(variable, text))
}

/// Pieces, secret where their variable says so, or where a password stands.
fn pieces(parts: &[Part]) -> Vec<Piece> {
    // A variable without a value holds its place with one letter.
    let shown = |part: &Part| part.text.clone().unwrap_or_else(|| "x".to_owned());
    let whole: String = parts.iter().map(shown).collect();
    let ranges = passwords(&whole);
    let mut pieces = Vec::new();
    let mut start = 0;
    for part in parts {
        let end = start + shown(part).len();
        let inside = |range: &&Range<usize>| range.start < end && start < range.end;
        let found: Vec<Range<usize>> = ranges
            .iter()
            .filter(inside)
            .map(|range| range.start.max(start) - start..range.end.min(end) - start)
            .collect();
        match (&part.variable, &part.text) {
            (Some(_), Some(text)) if found.iter().any(|range| range.len() == text.len()) => {
                pieces.push(Piece::Secret(Atom::of(part)));
            }
            (Some(_), _) if part_is_secret(part) => match part.text.as_deref() {
                Some(text) if !found.is_empty() => split(text, &found, &mut pieces),
                _ => pieces.push(Piece::Secret(Atom::of(part))),
            },
            (Some(_), None) if !found.is_empty() => pieces.push(Piece::Secret(Atom::of(part))),
            (Some(variable), None) => pieces.push(Piece::Unset(variable.clone())),
            (_, text) => split(text.as_deref().unwrap_or_default(), &found, &mut pieces),
        }
        start = end;
    }
    pieces
}

/// Text with its passwords taken out.
fn split(text: &str, ranges: &[Range<usize>], pieces: &mut Vec<Piece>) {
    let mut at = 0;
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    for range in ranges {
        push(pieces, part(at, range.start));
        pieces.push(Piece::Secret(Atom::new(None, Some(part(range.start, range.end)))));
        at = range.end;
    }
    push(pieces, part(at, text.len()));
}

fn push(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// True where the text around the secrets can stand in a template in plain sight.
fn is_expressible(pieces: &[Piece]) -> bool {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Unset(_) => "x".to_owned(),
        Piece::Secret(_) => "{{ x }}".to_owned(),
    };
    let shown: String = pieces.iter().map(text).collect();
    let braces = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains("{{"));
    let control = shown.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    let word = |c: char| c.is_ascii_alphanumeric() || "+_".contains(c);
    let random = shown.split(|c| !word(c)).any(|word| looks_secret("", word));
    !pieces.iter().any(braces) && !control && !random
}

/// Take the values of secrets out of texts that seemed plain: a value is a secret wherever it
/// stands. Short ones are words of their own.
pub(super) fn known_values(variables: &[Variable], shapes: &mut [Shape]) {
    let mut values: Vec<(String, Option<String>)> = Vec::new();
    for atom in shapes.iter_mut().flat_map(Shape::atoms) {
        let value = atom.value.clone().filter(|value| value.len() >= LONG);
        values.extend(value.map(|value| (value, atom.variable.clone())));
    }
    // The longest first, where one holds another.
    values.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    values.dedup_by(|a, b| a.0 == b.0);
    for (variable, shape) in variables.iter().zip(shapes) {
        let pieces = match shape {
            // A user whose password is the same word is no secret.
            Shape::Plain(text)
                if secrecy::names_a_user(&variable.name)
                    && values.iter().any(|(value, _)| value == text) =>
            {
                continue;
            }
            Shape::Plain(text) => vec![Piece::Text(text.clone())],
            Shape::Unset(pieces) | Shape::Template(pieces) => pieces.clone(),
            Shape::Secret(_) => continue,
        };
        let mut found = pieces;
        let before = found.len();
        for (value, variable) in &values {
            found = without_value(found, value, variable.as_deref());
        }
        let holds = |piece: &Piece| matches!(piece, Piece::Secret(_));
        if found.len() != before && found.iter().any(holds)
            || matches!(found.as_slice(), [Piece::Secret(_)])
        {
            *shape = match found.as_slice() {
                [Piece::Secret(atom)] => Shape::Secret(atom.clone()),
                _ => Shape::Template(found),
            };
        }
    }
}

/// Letters from which on a value is no word of its own.
const LONG: usize = 12;

fn without_value(pieces: Vec<Piece>, value: &str, variable: Option<&str>) -> Vec<Piece> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                let found: Vec<Range<usize>> =
                    text.match_indices(value).map(|(at, value)| at..at + value.len()).collect();
                let mut inner = Vec::new();
                split(&text, &found, &mut inner);
                for piece in &mut inner {
                    if let Piece::Secret(atom) = piece {
                        atom.variable = variable.map(str::to_owned);
                    }
                }
                out.extend(inner);
            }
            other => out.push(other),
        }
    }
    out
}
