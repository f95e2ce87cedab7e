//! One escaper per output language: the only way a value gets into a text that some other
//! program will parse.
//!
//! The names of a stack are newtypes that are harmless everywhere, so most of these functions
//! change nothing. They stand alone because they are the second wall: whatever reaches an output
//! file passes one of them, and what a language cannot express is refused, never bent into
//! something else. Each function returns text that the language's own lexer reads back as exactly
//! the value that went in; the tests hold a small lexer per language to that.

pub mod dockerfile;
pub mod markdown;
pub mod nginx;
pub mod shell;
pub mod sql;
pub mod url;
pub mod xml;
pub mod yaml;

use thiserror::Error;

/// Why a value cannot be written in a language. The value itself is not part of the error, since
/// it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unescapable {
    /// The language gives this character a meaning that no quoting takes away, or it is invisible.
    #[error("{} has no harmless form in {language}", character.escape_unicode())]
    Character {
        /// The language, as a reader would name it.
        language: &'static str,
        /// The first offending character.
        character: char,
    },
    /// An empty value would vanish from the text and shift what follows it.
    #[error("an empty value has no form in {language}")]
    Empty {
        /// The language, as a reader would name it.
        language: &'static str,
    },
}

impl Unescapable {
    fn character(language: &'static str, character: char) -> Self {
        Self::Character { language, character }
    }
}

/// Refuses what no generated text may contain in any language: control characters, the line and
/// paragraph separators (line breaks to YAML 1.1 and JavaScript), the byte order mark, and the
/// bidirectional controls that make a reviewer see another text than the parser does
/// (CVE-2021-42574).
fn visible<'a>(text: &'a str, language: &'static str) -> Result<&'a str, Unescapable> {
    match text.chars().find(|character| is_invisible(*character)) {
        Some(character) => Err(Unescapable::character(language, character)),
        None => Ok(text),
    }
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{61c}')
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A non-empty text of ASCII letters, digits and the given marks; everything else is refused.
fn only<'a>(text: &'a str, marks: &str, language: &'static str) -> Result<&'a str, Unescapable> {
    if text.is_empty() {
        return Err(Unescapable::Empty { language });
    }
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !marks.contains(*c)) {
        Some(character) => Err(Unescapable::character(language, character)),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reviewer_cannot_see_is_refused_everywhere() {
        for hidden in
            ['\0', '\n', '\r', '\t', '\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{feff}']
        {
            let text = format!("a{hidden}b");
            let refused = [
                nginx::word(&text),
                nginx::quoted(&text),
                nginx::regex(&text),
                shell::word(&text),
                markdown::inline(&text),
                markdown::code(&text),
                markdown::cell_code(&text),
                sql::identifier(&text),
                sql::literal(&text),
                url::component(&text),
                dockerfile::word(&text),
                yaml::comment(&text),
                xml::text(&text),
            ];
            assert!(refused.iter().all(Result::is_err), "{hidden:?}: {refused:?}");
            // JSON has an escape for these two, and a reviewer sees it.
            let seen = matches!(hidden, '\n' | '\t');
            assert_eq!(dockerfile::exec(&[text.as_str()]).is_ok(), seen, "{hidden:?}");
        }
    }

    #[test]
    fn the_error_names_the_character_and_not_the_value() {
        let error = nginx::quoted("secret$value").unwrap_err();
        assert_eq!(error.to_string(), "\\u{24} has no harmless form in nginx");
    }
}
