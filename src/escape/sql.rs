//! SQL: identifiers and string literals, as PostgreSQL and MySQL both read them.

use super::{Unescapable, visible};

const LANGUAGE: &str = "SQL";

/// A delimited identifier in double quotes (SQL-92 5.2; PostgreSQL 4.1.1).
pub fn identifier(text: &str) -> Result<String, Unescapable> {
    delimited(text, '"')
}

/// A delimited identifier in backticks (MySQL 9.2).
pub fn mysql_identifier(text: &str) -> Result<String, Unescapable> {
    delimited(text, '`')
}

/// A string literal. A backslash is refused: MySQL and PostgreSQL with
/// `standard_conforming_strings = off` read it as an escape, others do not.
pub fn literal(text: &str) -> Result<String, Unescapable> {
    if text.contains('\\') {
        return Err(Unescapable::character(LANGUAGE, '\\'));
    }
    Ok(format!("'{}'", visible(text, LANGUAGE)?.replace('\'', "''")))
}

fn delimited(text: &str, quote: char) -> Result<String, Unescapable> {
    if text.is_empty() {
        return Err(Unescapable::Empty { language: LANGUAGE });
    }
    let doubled = visible(text, LANGUAGE)?.replace(quote, &format!("{quote}{quote}"));
    Ok(format!("{quote}{doubled}{quote}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads one delimited token and returns what follows it.
    fn token(sql: &str) -> Option<(String, &str)> {
        let quote = sql.chars().next()?;
        let mut value = String::new();
        let mut rest = sql.char_indices().skip(1).peekable();
        while let Some((at, c)) = rest.next() {
            if c != quote {
                value.push(c);
            } else if rest.next_if(|(_, next)| *next == quote).is_some() {
                value.push(quote);
            } else {
                return Some((value, &sql[at + 1..]));
            }
        }
        None
    }

    proptest! {
        #[test]
        fn each_form_is_one_token(text in "\\PC{0,30}|['\"`; a]{1,8}") {
            for form in [identifier(&text), mysql_identifier(&text), literal(&text)].into_iter().flatten() {
                let sql = format!("{form}; DROP");
                prop_assert_eq!(token(&sql), Some((text.clone(), "; DROP")));
            }
        }
    }

    #[test]
    fn a_backslash_has_two_meanings_and_is_refused() {
        assert!(literal(r"\' OR 1=1 --").is_err());
        assert_eq!(literal("O'Brien").as_deref(), Ok("'O''Brien'"));
        assert!(identifier("").is_err());
    }
}
