//! Which parts of a line may be a secret.
//!
//! An excerpt is shown most of all where a file is broken, so this does not rely on a parser:
//! it follows keys, quotes, brackets and indentation from line to line, and where in doubt it
//! takes a value for a secret.

use std::ops::Range;

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
}

/// The text of one line while it is looked at.
struct Line<'a> {
    text: &'a str,
    at: usize,
    masked: Vec<Range<usize>>,
}

impl Masking {
    /// The byte ranges of `text`, the next line, that have to be masked.
    pub(super) fn line(&mut self, text: &str) -> Vec<Range<usize>> {
        let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
        let mut line = Line { text, at: indent, masked: Vec::new() };
        if text.trim().is_empty() {
            return line.masked;
        }
        if let Some((key, secret)) = self.block {
            if indent > key {
                if secret {
                    line.mask(indent..text.len());
                } else {
                    Self::default().tokens(&mut line);
                }
                return line.masked;
            }
            self.block = None;
        }
        if self.quote.is_none() && self.brackets.is_empty() {
            let item = text.trim_start().starts_with('-');
            self.above.retain(|(key, _)| *key < indent || (item && *key == indent));
        }
        self.tokens(&mut line);
        line.masked
    }

    fn tokens(&mut self, line: &mut Line<'_>) {
        if let Some((quote, secret)) = self.quote {
            let closed = line.quoted(quote);
            line.judge(closed.text, secret);
            if !closed.ended {
                return;
            }
            self.quote = None;
        }
        // The key of the value that comes next, and the option before the argument that does.
        let (mut secret, mut option) = (std::mem::take(&mut self.pending), false);
        // A second `:` before the next comma belongs to the value.
        let mut keyed = false;
        while let Some(next) = line.next() {
            match next {
                '-' | '?' if line.marks_an_entry() => line.at += 1,
                '{' | '[' => {
                    self.brackets.push(secret);
                    (secret, option, keyed) = (false, false, false);
                    line.at += 1;
                }
                '}' | ']' => {
                    self.brackets.pop();
                    (secret, option) = (false, false);
                    line.at += 1;
                }
                ',' if !self.brackets.is_empty() => {
                    (secret, keyed) = (false, false);
                    line.at += 1;
                }
                '#' => {
                    line.at += 1;
                    Self::default().tokens(line);
                }
                _ => {
                    let start = line.at;
                    let token = line.token(next, !self.brackets.is_empty(), !keyed);
                    if !keyed && line.is_key(&token) {
                        keyed = true;
                        let name = line.text.get(token.text.clone()).unwrap_or_default();
                        // A colon at its end makes a key of what was meant as a value.
                        let hidden = (self.is_secret(secret) && !is_key_word(name))
                            || looks_secret("", &format!("{name}:"));
                        secret = names_a_secret(name.trim());
                        line.judge(token.text, hidden);
                        line.at += 1;
                        if self.brackets.is_empty() {
                            self.above.retain(|(key, _)| *key < start);
                            self.above.push((start, secret));
                            if line.starts_a_block() {
                                self.block = Some((line.indent(), self.is_secret(secret)));
                                return;
                            }
                        }
                        self.pending = secret && line.rest().is_empty();
                    } else {
                        let hidden = self.is_secret(secret) || option;
                        let word = line.text.get(token.text.clone()).unwrap_or_default();
                        option = word.starts_with('-') && names_a_secret(word);
                        line.judge(token.text, hidden);
                        if !token.ended {
                            self.quote = Some((next, hidden));
                        }
                    }
                }
            }
        }
    }

    fn is_secret(&self, own: bool) -> bool {
        own || self.brackets.contains(&true) || self.above.iter().any(|(_, secret)| *secret)
    }
}

/// A scalar in a line.
struct Token {
    text: Range<usize>,
    /// False for a quoted one whose end is on a later line.
    ended: bool,
}

impl Line<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn next(&mut self) -> Option<char> {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn marks_an_entry(&self) -> bool {
        self.rest().get(1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    }

    /// `|` or `>` with nothing but its signs and a comment behind it.
    fn starts_a_block(&self) -> bool {
        let word = self.rest().split_whitespace().find(|word| !word.starts_with(['!', '&']));
        word.is_some_and(|word| {
            word.starts_with(['|', '>']) && word.chars().skip(1).all(|c| "+-0123456789".contains(c))
        })
    }

    fn token(&mut self, first: char, flow: bool, key: bool) -> Token {
        if matches!(first, '"' | '\'') {
            self.at += 1;
            return self.quoted(first);
        }
        let start = self.at;
        let rest = self.rest();
        let ends = |(offset, c): (usize, char)| {
            let after = rest.get(offset + c.len_utf8()..).unwrap_or_default();
            let apart = after.is_empty() || after.starts_with([' ', '\t', '\r']);
            let before = rest.get(..offset).unwrap_or_default();
            match c {
                ':' if key => apart || (flow && after.starts_with([',', '}', ']', '{', '['])),
                '#' => before.ends_with([' ', '\t']),
                ',' | '{' | '}' | '[' | ']' => flow && !inside_hole(before),
                _ => false,
            }
        };
        let length = rest.char_indices().find(|c| ends(*c)).map_or(rest.len(), |(at, _)| at);
        let length = length.max(rest.chars().next().map_or(1, char::len_utf8));
        let text = rest.get(..length).unwrap_or_default().trim_end();
        let token = Token { text: start..start + text.len(), ended: true };
        self.at = start + length;
        token
    }

    /// The text up to the closing quote, which is passed.
    fn quoted(&mut self, quote: char) -> Token {
        let start = self.at;
        let mut characters = self.rest().char_indices().peekable();
        while let Some((offset, c)) = characters.next() {
            if c == '\\' && quote == '"' {
                characters.next();
            } else if c == quote {
                if quote == '\'' && characters.next_if(|(_, next)| *next == '\'').is_some() {
                    continue;
                }
                self.at = start + offset + 1;
                return Token { text: start..start + offset, ended: true };
            }
        }
        self.at = self.text.len();
        Token { text: start..self.text.len(), ended: false }
    }

    fn is_key(&mut self, token: &Token) -> bool {
        let spaces = self.rest().len() - self.rest().trim_start().len();
        let key = token.ended && self.rest().trim_start().starts_with(':');
        if key {
            self.at += spaces;
        }
        key
    }

    fn mask(&mut self, range: Range<usize>) {
        self.masked.push(range);
    }

    /// Mask what is secret in a scalar: all of it, or the parts that look like it.
    fn judge(&mut self, range: Range<usize>, secret: bool) {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let assigned = text.split_once('=').filter(|(name, _)| names_a_secret(name));
        if secret && !is_harmless(text) {
            self.mask(range);
        } else if let Some((name, _)) = assigned {
            self.mask(range.start + name.len() + 1..range.end);
        } else if looks_secret("", text) {
            let parts = secret_parts(text);
            let rest = parts.iter().rev().fold(text.to_owned(), |mut rest, part| {
                rest.replace_range(part.clone(), "");
                rest
            });
            if parts.is_empty() || looks_secret("", &rest) {
                self.mask(range);
            } else {
                let start = range.start;
                self.masked.extend(parts.into_iter().map(|p| start + p.start..start + p.end));
            }
        }
    }
}

fn inside_hole(before: &str) -> bool {
    before.matches("{{").count() > before.matches("}}").count()
}

/// A word as the keys of a secret's own entry are: `generate`, `rotate_after`.
fn is_key_word(name: &str) -> bool {
    name.len() <= 14 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Words that hide nothing: `true`, `43`, `90d`, and the one that `readers:` has.
fn is_harmless(text: &str) -> bool {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd', 'k', 'g']);
    let number = digits.len() <= 6 && text.len() <= digits.len() + 1 && !digits.is_empty();
    matches!(text, "" | "true" | "false" | "null" | "~" | "people")
        || (number && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Users and passwords of URLs, and words that are too random.
fn secret_parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut next = 0;
    for word in text.split(char::is_whitespace) {
        let start = next;
        // The separator may be wider than a byte.
        next += word.len();
        next += text.get(next..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        if !looks_secret("", word) {
            continue;
        }
        let user = word.find("://").map(|at| at + 3).zip(word.rfind('@'));
        match user.filter(|(first, last)| first < last) {
            Some((first, last)) => parts.push(start + first..start + last),
            None => parts.push(start..start + word.len()),
        }
    }
    parts
}
