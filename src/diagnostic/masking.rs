//! Which parts of a line may be a secret.
//!
//! An excerpt is shown most of all where a file is broken, so this does not rely on a parser:
//! it follows keys, quotes, brackets and indentation from line to line, and where in doubt it
//! takes a value for a secret.

use std::collections::BTreeSet;
use std::ops::Range;

use super::hidden::{asks_for_a_secret, hidden, is_key_word, is_plain_key};
use super::line::{Line, Token};
use super::secret_looking::{looks_secret, names_a_secret};

/// Follows a text line by line.
#[derive(Debug, Default)]
pub(super) struct Masking {
    /// Keys that the next line may lie below: their indentation, and whether they name a secret.
    above: Vec<(usize, bool)>,
    /// Open brackets, and whether what is in them is secret.
    brackets: Vec<bool>,
    /// The quote that is still open, and whether its text is secret.
    quote: Option<(char, bool)>,
    /// The key whose value has not come yet names a secret.
    pending: bool,
    /// Indentation of the key whose block of text this is, and whether it is secret.
    block: Option<(usize, bool)>,
    /// The names of declared secrets, which may be shown where one is used.
    declared: BTreeSet<String>,
    /// What to mask in the line.
    masked: Vec<Range<usize>>,
}

/// What the entry that is being read has shown so far.
#[derive(Default)]
struct Entry {
    /// Its key names a secret.
    secret: bool,
    /// Its key is one that never holds a secret, whatever it stands below.
    plain: bool,
    /// It has had its key: a further colon belongs to the value.
    keyed: bool,
    /// The word before was an option whose argument is a secret.
    asked: bool,
}

impl Masking {
    /// For the lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        Self { declared: declared(text), ..Self::default() }
    }

    /// The byte ranges of `text`, the next line, that have to be masked.
    pub(super) fn line(&mut self, text: &str) -> Vec<Range<usize>> {
        self.masked.clear();
        let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
        if text.trim().is_empty() {
            return Vec::new();
        }
        match self.block {
            Some((key, true)) if indent > key => {
                return std::iter::once(indent..text.len()).collect();
            }
            Some((key, false)) if indent > key => return Self::default().line(text),
            _ => self.block = None,
        }
        if self.quote.is_none() && self.brackets.is_empty() {
            let item = text.trim_start().starts_with('-');
            self.above.retain(|(key, _)| *key < indent || (item && *key == indent));
        }
        self.entries(&mut Line::new(text), indent);
        std::mem::take(&mut self.masked)
    }

    fn entries(&mut self, line: &mut Line<'_>, indent: usize) {
        if let Some((quote, secret)) = self.quote.take() {
            let token = line.quoted(quote);
            self.judge(line, &token, secret);
            if !token.ended {
                self.quote = Some((quote, secret));
                return;
            }
        }
        let mut entry = Entry { secret: std::mem::take(&mut self.pending), ..Entry::default() };
        while let Some(next) = line.next() {
            let (before, marks_an_entry) = (line.at, line.marks_an_entry());
            line.at += 1;
            match next {
                '-' | '?' if marks_an_entry => {}
                '{' | '[' => {
                    self.brackets.push(entry.secret);
                    entry = Entry::default();
                }
                '}' | ']' => {
                    self.brackets.pop();
                    entry = Entry { keyed: entry.keyed, ..Entry::default() };
                }
                ',' if !self.brackets.is_empty() => {
                    entry = Entry { asked: entry.asked, ..Entry::default() };
                }
                '#' => {
                    let masked = Self::default().line(line.rest());
                    let start = line.at;
                    self.masked.extend(masked.into_iter().map(|m| start + m.start..start + m.end));
                    return;
                }
                _ => {
                    line.at = before;
                    let token = line.token(next, !self.brackets.is_empty(), !entry.keyed);
                    if !entry.keyed && line.is_key(&token) {
                        entry = self.key(line, &token, &entry, before);
                        if line.starts_a_block() && self.brackets.is_empty() {
                            self.block = Some((indent, self.is_secret(entry.secret)));
                            return;
                        }
                    } else {
                        self.value(line, &token, &mut entry, next);
                    }
                }
            }
        }
    }

    fn key(&mut self, line: &Line<'_>, token: &Token, above: &Entry, column: usize) -> Entry {
        let name = line.word(token);
        // A colon at its end makes a key of what was meant as a value.
        let value = self.is_secret(above.secret) && !is_key_word(name);
        self.judge(line, token, value || looks_secret("", &format!("{name}:")));
        let secret = names_a_secret(name.trim());
        if self.brackets.is_empty() {
            self.above.retain(|(key, _)| *key < column);
            self.above.push((column, secret));
        }
        self.pending = secret && line.rest().trim().is_empty();
        Entry { secret, plain: is_plain_key(name), keyed: true, asked: false }
    }

    fn value(&mut self, line: &Line<'_>, token: &Token, entry: &mut Entry, first: char) {
        let named = entry.plain || self.declared.contains(line.word(token));
        let secret = (self.is_secret(entry.secret) && !named) || entry.asked;
        entry.asked = asks_for_a_secret(line.word(token));
        self.judge(line, token, secret);
        if !token.ended {
            self.quote = Some((first, secret));
        }
    }

    fn judge(&mut self, line: &Line<'_>, token: &Token, secret: bool) {
        let start = token.range.start;
        let parts = hidden(line.word(token), secret);
        self.masked.extend(parts.into_iter().map(|part| start + part.start..start + part.end));
    }

    fn is_secret(&self, own: bool) -> bool {
        own || self.brackets.contains(&true) || self.above.iter().any(|(_, secret)| *secret)
    }
}

/// The keys directly below a `secrets:` that stands at the top.
fn declared(text: &str) -> BTreeSet<String> {
    let below = text.split('\n').skip_while(|line| line.trim_end() != "secrets:").skip(1);
    let entries = below.take_while(|line| line.is_empty() || line.starts_with([' ', '#', '\r']));
    let mut column = None;
    let name = |line: &str| {
        let (name, _) = line.split_once(':')?;
        let indent = name.len() - name.trim_start().len();
        let known = *column.get_or_insert(indent) == indent;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let name = name.trim_start();
        (known && !name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
    };
    entries.filter(|line| !line.trim_start().starts_with('#')).filter_map(name).collect()
}
