//! Lines for a shell in which files take the place of secrets.

use std::collections::{BTreeMap, BTreeSet};

use super::delivery::FOLDER;
use super::naming::Names;
use super::shape::Piece;
use crate::stack::SecretName;

/// Writes lines for a shell.
pub(super) struct Script<'a> {
    pub(super) names: &'a Names,
    /// Variables that are read from files now.
    pub(super) variables: BTreeMap<String, SecretName>,
}

/// A line for a shell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) text: String,
    /// The secrets whose files it reads.
    pub(super) reads: BTreeSet<SecretName>,
    /// True where it named a variable that is read from a file now.
    pub(super) names_variable: bool,
}

impl Script<'_> {
    /// Code as it was written, its secrets and variables replaced.
    pub(super) fn code(&self, pieces: &[Piece]) -> Code {
        let mut out = Code::default();
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.variables_of(text, &mut out),
                Piece::Unset(_) => {}
                Piece::Secret(atom) => {
                    if let Some(name) = self.names.groups.get(atom.group) {
                        read(name, &mut out);
                    }
                }
            }
        }
        out
    }

    /// Words as a line: each quoted, its secrets replaced.
    pub(super) fn words(&self, words: &[Vec<Piece>]) -> Code {
        let mut out = Code::default();
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                out.text.push(' ');
            }
            for piece in word {
                match piece {
                    Piece::Text(text) => out.text.push_str(&quoted(text)),
                    Piece::Unset(_) => {}
                    Piece::Secret(atom) => {
                        if let Some(name) = self.names.groups.get(atom.group) {
                            out.text.push_str(&format!("\"$(cat {FOLDER}/{name})\""));
                            out.reads.insert(name.clone());
                        }
                    }
                }
            }
        }
        out
    }

    /// `sh -c CODE ...` with its code replaced.
    pub(super) fn shell(&self, words: &[Vec<Piece>]) -> (Vec<String>, BTreeSet<SecretName>) {
        let code = self.code(words.get(2).map_or(&[], Vec::as_slice));
        let mut out: Vec<String> = words.iter().take(2).map(|word| without(word)).collect();
        out.push(code.text);
        out.extend(words.iter().skip(3).map(|word| without(word)));
        (out, code.reads)
    }

    /// Text of code: `$NAME` and `${NAME}` of variables that are gone become reads of files.
    fn variables_of(&self, text: &str, out: &mut Code) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.text.push_str(before);
            let inner = after.strip_prefix('{').unwrap_or(after);
            let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
            let (name, behind) = inner.split_at(inner.find(|c| !word(c)).unwrap_or(inner.len()));
            let closed = after.starts_with('{').then(|| behind.strip_prefix('}'));
            let behind = match closed {
                None => Some(behind),
                Some(behind) => behind,
            };
            match (self.variables.get(name), behind) {
                (Some(secret), Some(behind)) => {
                    read(secret, out);
                    out.names_variable = true;
                    rest = behind;
                }
                _ => {
                    out.text.push('$');
                    rest = after;
                }
            }
        }
        out.text.push_str(rest);
    }
}

/// Read a file where the line stands, out of single quotes where it stands in such.
fn read(name: &SecretName, out: &mut Code) {
    let within = is_single_quoted(&out.text);
    let text = match within {
        true => format!("'\"$(cat {FOLDER}/{name})\"'"),
        false => format!("$(cat {FOLDER}/{name})"),
    };
    out.text.push_str(&text);
    out.reads.insert(name.clone());
}

/// True where a single quote stands open at the end of the code.
fn is_single_quoted(code: &str) -> bool {
    let (mut single, mut double) = (false, false);
    let mut letters = code.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' if !single => {
                letters.next();
            }
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
    }
    single
}

/// A word that every POSIX shell takes as it is.
pub(super) fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    match !text.is_empty() && text.chars().all(safe) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The text of a word that is nothing else.
pub(super) fn plain(word: &[Piece]) -> Option<String> {
    match word {
        [Piece::Text(text)] => Some(text.clone()),
        _ => None,
    }
}

/// The text of a word, its secrets left out.
pub(super) fn without(word: &[Piece]) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Unset(_) | Piece::Secret(_) => String::new(),
    };
    word.iter().map(text).collect()
}

/// Pieces as words: at `between`, or at blanks outside quotes, as Compose splits a line.
pub(super) fn split(pieces: &[Piece], between: Option<char>) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = Vec::new();
    let mut word: Option<Vec<Piece>> = between.map(|_| Vec::new());
    let mut quote: Option<char> = None;
    for piece in pieces {
        let Piece::Text(text) = piece else {
            word.get_or_insert_default().push(piece.clone());
            continue;
        };
        let mut letters = text.chars();
        while let Some(c) = letters.next() {
            match (between, quote, c) {
                (Some(between), ..) if c == between => words.extend(word.replace(Vec::new())),
                (Some(_), ..) => push(&mut word, c),
                (None, Some(open), c) if c == open => quote = None,
                (None, Some('\''), c) => push(&mut word, c),
                (None, _, '\\') => push(&mut word, letters.next().unwrap_or('\\')),
                (None, Some(_), c) => push(&mut word, c),
                (None, None, '\'' | '"') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (None, None, c) if c.is_whitespace() => words.extend(word.take()),
                (None, None, c) => push(&mut word, c),
            }
        }
    }
    words.extend(word);
    words
}

fn push(word: &mut Option<Vec<Piece>>, c: char) {
    let word = word.get_or_insert_default();
    match word.last_mut() {
        Some(Piece::Text(text)) => text.push(c),
        _ => word.push(Piece::Text(c.to_string())),
    }
}
