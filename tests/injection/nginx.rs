//! nginx's configuration, after `ngx_conf_read_token`.

use std::iter::Peekable;
use std::str::Chars;

use crate::language::{ACTS, acting};

/// Words, `;`, `{`, `}` and comments.
pub(crate) fn words(text: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            c if c.is_ascii_whitespace() => {}
            ';' | '{' | '}' => words.push(acting(c)),
            '#' => {
                let mut comment = acting('#');
                while let Some(c) = rest.next_if(|c| *c != '\n') {
                    comment.push(c);
                }
                words.push(comment);
            }
            '"' | '\'' => words.push(value(&quoted(c, &mut rest))),
            c => words.push(value(&bare(c, &mut rest))),
        }
    }
    words
}

fn quoted(quote: char, rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    loop {
        match rest.next() {
            Some('\\') => escaped(&mut word, rest.next()),
            Some('$') => word += &acting('$'),
            Some(c) if c != quote => word.push(c),
            end => {
                // Glued to a closing quote may stand only what ends the word.
                let ends = |c: &char| c.is_ascii_whitespace() || matches!(c, ';' | '{' | ')');
                let clean = end.is_some() && rest.peek().is_none_or(ends);
                return if clean { word } else { word + &acting('!') };
            }
        }
    }
}

fn bare(first: char, rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    let mut next = Some(first);
    while let Some(c) = next {
        match c {
            '\\' => escaped(&mut word, rest.next()),
            '$' => {
                word += &acting('$');
                word.extend(rest.next_if_eq(&'{'));
            }
            c => word.push(c),
        }
        next = rest.next_if(|c| !c.is_ascii_whitespace() && !matches!(c, ';' | '{'));
    }
    word
}

/// nginx takes the backslash away before these alone.
fn escaped(word: &mut String, next: Option<char>) {
    match next {
        Some('t') => word.push('\t'),
        Some('r') => word.push('\r'),
        Some('n') => word.push('\n'),
        Some(c @ ('"' | '\'' | '\\')) => word.push(c),
        Some(c) => word.extend(['\\', c]),
        None => *word += &acting('!'),
    }
}

/// A word with the `\xHH` of regular expressions as what they match.
fn value(word: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), word);
    while let Some(c) = rest.chars().next() {
        let hex = rest.strip_prefix("\\x").and_then(|hex| hex.get(..2));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[4..];
            }
            None => {
                bytes.extend(c.to_string().as_bytes());
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| format!("{ACTS}{word}"))
}

#[test]
fn what_acts_is_told_from_what_rests() {
    assert_eq!(words("a 'b;' \"c\\\"\";"), ["a", "b;", "c\"", "\u{e000};"]);
    assert_ne!(words("a $b;"), words("a '\\$b';"));
    assert_eq!(words("~ \\x7eb {#x"), ["~", "~b", "\u{e000}{", "\u{e000}#x"]);
    assert_ne!(words("a 'b'c;"), words("a bc;"));
}
