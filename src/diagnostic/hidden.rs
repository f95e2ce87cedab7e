//! What of one scalar may be a secret.

use std::ops::Range;

use super::secret_looking::{is_filled_later, is_known_path, looks_secret, names_a_secret};

/// The byte ranges of `text` that have to be masked. `secret` says that the key above it names a
/// secret.
pub(super) fn hidden(text: &str, secret: bool) -> Vec<Range<usize>> {
    if secret {
        return if is_harmless(text) { Vec::new() } else { whole(0..text.len()) };
    }
    if let Some((name, _)) = text.split_once('=').filter(|(name, _)| names_a_secret(name)) {
        return whole(name.len() + 1..text.len());
    }
    let parts = parts(text);
    let rest = parts.iter().rev().fold(text.to_owned(), |mut rest, part| {
        rest.replace_range(part.clone(), "");
        rest
    });
    if looks_secret("", &rest) { whole(0..text.len()) } else { parts }
}

fn whole(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

/// An option whose argument is a secret: `--password`.
pub(super) fn asks_for_a_secret(word: &str) -> bool {
    word.starts_with('-') && names_a_secret(word)
}

/// A word as the keys of a secret's own entry are: `generate`, `rotate_after`.
pub(super) fn is_key_word(name: &str) -> bool {
    name.len() <= 14 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// A key whose own value says how something runs and never what it signs in with, though the
/// entry around it may be called `api-token`.
pub(super) fn is_plain_key(name: &str) -> bool {
    const PLAIN: [&str; 17] = [
        "auth", "body", "context", "cpus", "egress", "health", "image", "memory", "methods",
        "once", "pids", "port", "rate", "runtime", "timeout", "use", "user",
    ];
    PLAIN.contains(&name)
}

/// Words that hide nothing: `true`, `43`, `90d`, the one that `readers:` has, where a file lies, and
/// a template whose secret is a hole.
fn is_harmless(text: &str) -> bool {
    let digits = text.trim_end_matches(['s', 'm', 'h', 'd', 'k', 'g']);
    let number = digits.len() <= 6 && text.len() <= digits.len() + 1 && !digits.is_empty();
    is_filled_later(text)
        || is_known_path(text)
        || matches!(text, "" | "true" | "false" | "null" | "~" | "people")
        || matches!(text, "yes" | "no" | "on" | "off")
        || (number && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Users and passwords of URLs, words that are too random, and arguments that an option or a
/// name before `=` makes secret.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut next, mut asked) = (0, false);
    for word in text.split(char::is_whitespace) {
        let start = next;
        // The separator may be wider than a byte.
        next += word.len();
        next += text.get(next..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let user = word.find("://").map(|at| at + 3).zip(word.rfind('@'));
        let assigned = word.find('=').filter(|at| word.get(..*at).is_some_and(names_a_secret));
        if asked && !word.is_empty() {
            parts.push(start..start + word.len());
        } else if let Some(at) = assigned {
            parts.push(start + at + 1..start + word.len());
        } else if looks_secret("", word) {
            let (first, last) =
                user.filter(|(first, last)| first < last).unwrap_or((0, word.len()));
            parts.push(start + first..start + last);
        }
        asked = asks_for_a_secret(word) || (asked && word.is_empty());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, secret: bool) -> String {
        let parts = hidden(text, secret);
        parts.into_iter().rev().fold(text.to_owned(), |mut text, part| {
            text.replace_range(part, "*");
            text
        })
    }

    #[test]
    fn only_what_may_be_secret_is_hidden() {
        for (text, expected) in [
            ("serve --password  hunter2 -v", "serve --password  * -v"),
            ("serve --token=hunter2 -v", "serve --token=*"),
            ("run DB_PASSWORD=hunter2 -v", "run DB_PASSWORD=*"),
            (
                "see http://a.b and postgres://u:hunter2@db/x",
                "see http://a.b and postgres://*@db/x",
            ),
            ("zX9$kLm2Qw8!pRt5Vb7nYc3", "*"),
            ("a = b", "a = b"),
        ] {
            assert_eq!(shown(text, false), expected);
        }
        assert_eq!((shown("90d", true), shown("hunter2", true)), ("90d".into(), "*".into()));
    }
}
