//! nginx configuration: words, quoted strings, and literals inside a regular expression.
//!
//! Quoting does not take the meaning from `$`: most directives interpolate variables in a quoted
//! argument too, and nginx has no escape for it. So `$` is refused outside a regular expression,
//! where it is written as `\x24`. Backslash rules are those of `ngx_conf_read_token` in
//! nginx's `src/core/ngx_conf_file.c`.

use super::{Unescapable, only, visible};

const LANGUAGE: &str = "nginx";

/// A value that means itself both as a bare argument, as part of one, and inside quotes.
/// Everything that needs quoting is refused, so that a template cannot be wrong about where the
/// value stands.
pub fn word(text: &str) -> Result<String, Unescapable> {
    let inner = only(text, "-_./:@%+[],=~", LANGUAGE)?;
    match inner.chars().next() {
        // At the front these two are modifiers of `location`, `server_name` and map keys.
        Some(modifier @ ('=' | '~')) => Err(Unescapable::character(LANGUAGE, modifier)),
        _ => Ok(inner.to_owned()),
    }
}

/// A whole argument in double quotes.
pub fn quoted(text: &str) -> Result<String, Unescapable> {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in visible(text, LANGUAGE)?.chars() {
        match character {
            '$' => return Err(Unescapable::character(LANGUAGE, character)),
            '"' | '\\' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out.push('"');
    Ok(out)
}

/// A literal inside a regular expression (PCRE2), to stand within a quoted or bare argument.
/// Every ASCII character that is not a letter, digit, `/`, `-` or `_` becomes `\xHH`, which
/// neither nginx's own unquoting nor a character class can misread.
pub fn regex(text: &str) -> Result<String, Unescapable> {
    if text.is_empty() {
        return Err(Unescapable::Empty { language: LANGUAGE });
    }
    let mut out = String::with_capacity(text.len());
    for character in visible(text, LANGUAGE)?.chars() {
        match character {
            '/' | '_' | '-' => out.push(character),
            _ if character.is_ascii_alphanumeric() => out.push(character),
            _ if character.is_ascii() => out.push_str(&format!("\\x{:02x}", u32::from(character))),
            // nginx matches bytes: one escape for each byte of the UTF-8 form.
            _ => {
                for byte in character.to_string().bytes() {
                    out.push_str(&format!("\\x{byte:02x}"));
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `ngx_conf_read_token`, one token: the value and what is left of the line.
    fn token(line: &str) -> Option<(String, &str)> {
        let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
        let mut value = String::new();
        let mut rest = line.char_indices().skip(usize::from(quote.is_some()));
        while let Some((at, character)) = rest.next() {
            match (character, quote) {
                ('\\', _) => match rest.next()?.1 {
                    escaped @ ('"' | '\'' | '\\') => value.push(escaped),
                    't' => value.push('\t'),
                    'n' => value.push('\n'),
                    'r' => value.push('\r'),
                    other => value.extend(['\\', other]),
                },
                (_, Some(q)) if character == q => return Some((value, &line[at + 1..])),
                (';' | '{' | ' ' | '\t' | '\n' | '\r', None) => return Some((value, &line[at..])),
                _ => value.push(character),
            }
        }
        None
    }

    /// PCRE2's reading of a literal: `\xHH` is one byte, every other character is itself.
    fn literal(pattern: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            if let Some(hex) = rest.strip_prefix("\\x") {
                bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
                rest = &hex[2..];
            } else {
                assert!(!"\\^$.|?*+()[]{}#".contains(first), "bare metacharacter {first}");
                bytes.extend(first.to_string().bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn a_quoted_string_is_one_token_with_the_same_value(text in "\\PC{0,30}|[\"'\\\\ntr; {}#]{1,8}") {
            prop_assume!(!text.contains('$'));
            if let Ok(escaped) = quoted(&text) {
                let line = format!("{escaped};rest");
                prop_assert_eq!(token(&line), Some((text, ";rest")));
            }
        }

        #[test]
        fn a_word_is_itself_bare_and_quoted(text in "\\PC{0,12}|[-a-z_./:@%+,=~\\[\\]]{1,12}") {
            if let Ok(escaped) = word(&text) {
                let (bare, inside) = (format!("{escaped};"), format!("\"{escaped}\";"));
                prop_assert_eq!(token(&bare), Some((text.clone(), ";")));
                prop_assert_eq!(token(&inside), Some((text, ";")));
            }
        }

        #[test]
        fn a_regex_literal_matches_its_text_alone(text in "\\PC{1,30}|[\"'\\\\x.$(|)*é]{1,8}") {
            if let Ok(escaped) = regex(&text) {
                let line = format!("\"~^{escaped}$\";");
                let (pattern, _) = token(&line).unwrap();
                let inner = &pattern[2..pattern.len() - 1];
                prop_assert_eq!(literal(inner), text.as_bytes());
            }
        }
    }

    #[test]
    fn a_dollar_is_refused_wherever_nginx_would_interpolate_it() {
        assert!(quoted("$http_cookie").is_err());
        assert!(word("a$b").is_err());
        assert_eq!(regex("$").as_deref(), Ok("\\x24"));
    }

    #[test]
    fn a_word_never_ends_a_directive_or_opens_a_comment() {
        for text in ["", "a b", "a;b", "a{b", "a}b", "#a", "\"a", "'a", "a\\b", "~a", "=", "*"] {
            assert!(word(text).is_err(), "{text}");
        }
    }
}
