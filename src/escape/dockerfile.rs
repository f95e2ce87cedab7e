//! Dockerfiles: a word of an instruction, and the JSON (exec) form.

use super::{Unescapable, only, visible};

const LANGUAGE: &str = "a Dockerfile";

/// A value that is itself in every instruction, also in the shell form of `RUN`: what the builder
/// or a shell would expand, split or continue is refused.
pub fn word(text: &str) -> Result<String, Unescapable> {
    only(text, "-_./:@%+,=", LANGUAGE).map(str::to_owned)
}

/// The exec form, `["a", "b"]`, which neither the builder nor a shell expands in `CMD`,
/// `ENTRYPOINT`, `RUN` and `HEALTHCHECK`.
pub fn exec<S: AsRef<str>>(words: &[S]) -> Result<String, Unescapable> {
    if words.is_empty() {
        return Err(Unescapable::Empty { language: LANGUAGE });
    }
    let quoted: Result<Vec<_>, _> = words.iter().map(|word| json(word.as_ref())).collect();
    Ok(format!("[{}]", quoted?.join(", ")))
}

/// One JSON string (RFC 8259, section 7). Of the control characters, line feeds and tabs have an
/// escape that everybody reads alike; the others are refused.
fn json(text: &str) -> Result<String, Unescapable> {
    let text = text.replace('\\', r"\\").replace('"', r#"\""#);
    let text = text.replace('\n', r"\n").replace('\t', r"\t");
    Ok(format!("\"{}\"", visible(&text, LANGUAGE)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_exec_form_is_json_of_the_same_words(words in prop::collection::vec("(\\PC|[\n\t]){0,20}|[\"\\\\ n]{1,6}", 1..5)) {
            if let Ok(form) = exec(&words) {
                prop_assert_eq!(serde_json::from_str::<Vec<String>>(&form).unwrap(), words);
                prop_assert!(!form.contains('\n') && form.ends_with(']'));
            }
        }

        #[test]
        fn a_word_holds_nothing_the_builder_reads(text in "\\PC{0,20}") {
            if let Ok(word) = word(&text) {
                let special = "$\\\"'`#<>&|;*?[]{}~!()";
                prop_assert!(!word.contains(|c: char| c.is_whitespace() || special.contains(c)));
                prop_assert_eq!(word, text);
            }
        }
    }

    #[test]
    fn image_references_and_packages_are_words() {
        for text in ["python:3.13-slim@sha256:0a1b", "g++", "libpq5=15.6-0", "/app/dist"] {
            assert_eq!(word(text).as_deref(), Ok(text));
        }
        assert!(word("").is_err());
        assert!(exec::<&str>(&[]).is_err());
    }
}
