//! The words of one line of YAML, without asking whether it is valid.

use std::ops::Range;

/// A line while it is looked at.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// What has not been looked at yet.
    pub(super) at: usize,
}

/// A scalar in a line.
pub(super) struct Token {
    pub(super) range: Range<usize>,
    /// False for a quoted one whose end is on a later line.
    pub(super) ended: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn word(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    /// The next character that is no blank.
    pub(super) fn next(&mut self) -> Option<char> {
        self.at = self.text.len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    /// `- ` or `? `.
    pub(super) fn marks_an_entry(&self) -> bool {
        self.rest().get(1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    }

    /// `|` or `>` with nothing but its signs and a comment behind it.
    pub(super) fn starts_a_block(&self) -> bool {
        let word = self.rest().split_whitespace().find(|word| !word.starts_with(['!', '&']));
        word.is_some_and(|word| {
            word.starts_with(['|', '>']) && word.chars().skip(1).all(|c| "+-0123456789".contains(c))
        })
    }

    /// The scalar that begins here. `flow`: inside brackets; `key`: a `: ` ends it.
    pub(super) fn token(&mut self, first: char, flow: bool, key: bool) -> Token {
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
        self.at = start + length;
        Token { range: start..start + text.len(), ended: true }
    }

    /// The text up to the closing quote, which is passed.
    pub(super) fn quoted(&mut self, quote: char) -> Token {
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
                return Token { range: start..start + offset, ended: true };
            }
        }
        self.at = self.text.len();
        Token { range: start..self.text.len(), ended: false }
    }

    /// True where a colon follows the token, which is passed.
    pub(super) fn is_key(&mut self, token: &Token) -> bool {
        let key = token.ended && self.rest().trim_start().starts_with(':');
        if key {
            self.at = self.text.len() - self.rest().trim_start().len() + 1;
        }
        key
    }
}

fn inside_hole(before: &str) -> bool {
    before.matches("{{").count() > before.matches("}}").count()
}
