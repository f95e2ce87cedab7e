//! Reading nginx configurations that other people wrote, as far as words and braces.
//!
//! The rules are those of `ngx_conf_read_token` (nginx, src/core/ngx_conf_file.c). What a directive
//! means is told by whoever judges it.

use std::str::CharIndices;

/// A directive: its words, and what stands in its braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name and arguments, without quotes.
    pub words: Vec<String>,
    /// What stands in its braces, where it has some.
    pub inside: Option<Vec<Directive>>,
    /// The byte at which it begins.
    pub offset: usize,
}

impl Directive {
    /// The first word.
    pub fn name(&self) -> &str {
        self.words.first().map(String::as_str).unwrap_or_default()
    }

    /// All words but the first.
    pub fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }

    /// What stands in its braces; nothing where it has none.
    pub fn block(&self) -> &[Directive] {
        self.inside.as_deref().unwrap_or_default()
    }

    /// Its words as one line.
    pub fn line(&self) -> String {
        self.words.join(" ")
    }
}

/// Why a text is no configuration, and the byte at which that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Malformed {
    /// The byte.
    pub offset: usize,
    /// What is wrong.
    pub why: &'static str,
}

/// The directives of a text; linear in its length.
///
/// # Errors
/// Where and why it is no configuration.
pub fn directives(text: &str) -> Result<Vec<Directive>, Malformed> {
    let mut tokens = tokens(text)?.into_iter();
    block(&mut tokens, 0, text.trim_end().len())
}

/// Blocks in blocks that anybody writes: http, server, location, location, if.
const DEEP: usize = 16;

enum Token {
    Word(String),
    End,
    Open,
    Close,
}

/// A token and the byte at which it begins.
type Placed = (Token, usize);

/// What stands up to a closing brace, or up to `end` of the text.
fn block(
    tokens: &mut std::vec::IntoIter<Placed>,
    depth: usize,
    end: usize,
) -> Result<Vec<Directive>, Malformed> {
    let (mut found, mut words, mut offset) = (Vec::new(), Vec::new(), 0);
    while let Some((token, at)) = tokens.next() {
        match token {
            Token::Word(word) => {
                if words.is_empty() {
                    offset = at;
                }
                words.push(word);
            }
            Token::End if words.is_empty() => return malformed(at, "a `;` stands alone"),
            Token::End => {
                found.push(Directive { words: std::mem::take(&mut words), inside: None, offset });
            }
            Token::Open if depth < DEEP && !words.is_empty() => {
                let inside = Some(block(tokens, depth + 1, end)?);
                found.push(Directive { words: std::mem::take(&mut words), inside, offset });
            }
            Token::Close if depth > 0 && words.is_empty() => return Ok(found),
            Token::Open | Token::Close => return malformed(at, "its braces do not fit"),
        }
    }
    if depth == 0 && words.is_empty() { Ok(found) } else { malformed(end, "it ends too early") }
}

fn malformed<T>(offset: usize, why: &'static str) -> Result<T, Malformed> {
    Err(Malformed { offset, why })
}

/// Words, `;` and braces; comments fall away.
fn tokens(text: &str) -> Result<Vec<Placed>, Malformed> {
    let mut found = Vec::new();
    let mut left = text.char_indices();
    while let Some((at, c)) = left.clone().next() {
        match c {
            ';' | '{' | '}' => {
                left.next();
                let token = match c {
                    ';' => Token::End,
                    '{' => Token::Open,
                    _ => Token::Close,
                };
                found.push((token, at));
            }
            '#' => {
                left.by_ref().find(|(_, c)| *c == '\n');
            }
            '"' | '\'' => {
                left.next();
                let Some(word) = quoted(&mut left, c) else {
                    return malformed(at, "a quote stays open");
                };
                found.push((Token::Word(word), at));
                match left.clone().next() {
                    Some((_, ')')) => {
                        left.next();
                    }
                    Some((_, next)) if is_space(next) || matches!(next, ';' | '{') => {}
                    _ => return malformed(at, "something stands right behind a quote"),
                }
            }
            c if is_space(c) => {
                left.next();
            }
            _ => found.push((Token::Word(plain(&mut left)), at)),
        }
    }
    Ok(found)
}

/// What nginx takes for space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// What stands in quotes; none where they are not closed.
fn quoted(left: &mut CharIndices<'_>, quote: char) -> Option<String> {
    let mut word = String::new();
    while let Some((_, c)) = left.next() {
        match c {
            '\\' => escaped(left, &mut word),
            c if c == quote => return Some(word),
            c => word.push(c),
        }
    }
    None
}

/// Up to a space, `;` or a brace that does not belong to a variable.
fn plain(left: &mut CharIndices<'_>) -> String {
    let mut word = String::new();
    while let Some((_, c)) = left.clone().next() {
        let variable = c == '{' && word.ends_with('$');
        if is_space(c) || c == ';' || (c == '{' && !variable) {
            break;
        }
        left.next();
        match c {
            '\\' => escaped(left, &mut word),
            c => word.push(c),
        }
    }
    word
}

fn escaped(left: &mut CharIndices<'_>, word: &mut String) {
    match left.next().map(|(_, c)| c) {
        Some(c @ ('"' | '\'' | '\\')) => word.push(c),
        Some('t') => word.push('\t'),
        Some('r') => word.push('\r'),
        Some('n') => word.push('\n'),
        Some(c) => word.extend(['\\', c]),
        None => word.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        directives(text).unwrap().iter().map(Directive::line).collect()
    }

    #[test]
    fn words_are_those_of_nginx() {
        assert_eq!(lines("a b; # c;\nd 'e;f' \"g{\" ;"), ["a b", "d e;f g{"]);
        assert_eq!(lines("proxy_pass http://${name}x$y;"), ["proxy_pass http://${name}x$y"]);
        assert_eq!(lines(r#"r \.php$ "\d \"x\"" a#b;"#), [r#"r \.php$ \d "x" a#b"#]);
        assert_eq!(lines("if ($a ~ \"b\") { c; }"), ["if ($a ~ b"], "as nginx splits it");
    }

    #[test]
    fn a_directive_stands_where_its_name_does() {
        let text = "http {\n  server { listen 80; }\n}\n";
        let read = directives(text).unwrap();
        let listen = &read[0].block()[0].block()[0];
        assert_eq!(&text[listen.offset..listen.offset + 6], "listen");
    }

    #[test]
    fn what_nginx_refuses_is_refused() {
        for text in ["a", "a {", "}", "a { b }", "'a", "'a'b;", "{ a; }", ";"] {
            assert!(directives(text).is_err(), "{text}");
        }
        assert!(directives(&"a {".repeat(100_000)).is_err());
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        for (text, offset) in
            [("a b;\nc 'd;\n", 7), ("a;\n;", 3), ("a {\n b }", 7), ("a {\n\n", 3), ("a 'b'c;", 2)]
        {
            assert_eq!(directives(text).unwrap_err().offset, offset, "{text}");
        }
    }
}
