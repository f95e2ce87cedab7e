//! "Did you mean": the nearest of the words that would have been right, and safe quoting.

use super::looks_secret;

/// The candidate that is most like `word`, where one is like it enough to be meant.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let likeness = |candidate: &str| {
        let candidate = candidate.to_ascii_lowercase();
        let most = candidate.chars().count().max(word.chars().count()).max(1);
        let distance = strsim::damerau_levenshtein(&word, &candidate);
        // One slip in three characters is still the same word; `tls` is not `url`.
        (distance * 3 <= most.max(3)).then_some(distance)
    };
    // Long texts are no slips of the pen, and comparing them costs the product of their lengths.
    if word.len() > 64 {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .filter_map(|candidate| likeness(candidate).map(|distance| (distance, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The sentence for [`suggest`]: "did you mean `x`?".
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    suggest(word, candidates).map(|meant| format!("did you mean `{meant}`?"))
}

/// `text` in backticks for a message: cut short, control characters spelled out, and masked where
/// it looks like a secret.
pub fn quoted(text: &str) -> String {
    if looks_secret("", text) {
        return "`***`".to_owned();
    }
    let mut short = String::new();
    for c in text.chars().take(60) {
        if is_invisible(c) {
            short.extend(c.escape_unicode());
        } else {
            short.push(c);
        }
    }
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

/// Control characters, separators that break lines, and those that are not seen or turn the
/// direction of what stands around them (Unicode UAX #9).
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let keys = ["settings", "secrets", "port", "routes", "needs"];
        assert_eq!(suggest("setings", keys), Some("settings"));
        assert_eq!(suggest("prot", keys), Some("port"));
        assert_eq!(suggest("Routes", keys), Some("routes"));
        assert_eq!(suggest("volumes", keys), None);
        assert_eq!(suggest(&"x".repeat(100_000), keys), None);
    }

    #[test]
    fn quoting_is_harmless() {
        assert_eq!(quoted("a\nb\u{202e}"), "`a\\u{a}b\\u{202e}`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
        assert_eq!(quoted("postgres://u:hunter2@db"), "`***`");
    }
}
