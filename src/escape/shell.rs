//! POSIX shell: one word.

use super::{Unescapable, visible};

/// One word that the shell neither splits nor expands: itself where that is safe, else in single
/// quotes (POSIX.1-2024, XCU 2.2.2).
pub fn word(text: &str) -> Result<String, Unescapable> {
    let text = visible(text, "shell")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The words of a line made of plain characters, single quotes and `\'`; `None` for anything
    /// that a shell would expand or act on.
    fn words(line: &str) -> Option<Vec<String>> {
        let (mut words, mut current, mut quoted) = (Vec::new(), None::<String>, false);
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            match (c, quoted) {
                ('\'', _) => {
                    quoted = !quoted;
                    current.get_or_insert_default();
                }
                (_, true) => current.get_or_insert_default().push(c),
                ('\\', false) => current.get_or_insert_default().push(rest.next()?),
                (' ', false) => words.extend(current.take()),
                (c, false) if "$`\"*?[]#~=&|;<>(){}!\n".contains(c) => return None,
                (c, false) => current.get_or_insert_default().push(c),
            }
        }
        words.extend(current);
        (!quoted).then_some(words)
    }

    proptest! {
        #[test]
        fn a_word_stays_one_word(text in "\\PC{0,30}|['\\\\$\" a]{1,8}") {
            if let Ok(escaped) = word(&text) {
                let line = format!("{escaped} next");
                prop_assert_eq!(words(&line), Some(vec![text, "next".to_owned()]));
            }
        }
    }

    #[test]
    fn quotes_only_what_needs_it() {
        assert_eq!(word("dist/server.js").as_deref(), Ok("dist/server.js"));
        assert_eq!(word("").as_deref(), Ok("''"));
        assert_eq!(word("it's $HOME").as_deref(), Ok(r"'it'\''s $HOME'"));
    }
}
