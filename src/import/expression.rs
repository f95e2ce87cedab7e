//! Texts in which variables may still stand, where a project was read without interpolation.

/// `${NAME:-8080}` as `8080`, other variables as nothing, `$$` as `$`.
pub(super) fn with_defaults(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            after
        } else if let Some(after) = after.strip_prefix('{') {
            let end = closing(after);
            let (inside, behind) = after.split_at(end);
            if let Some((_, default)) = inside.split_once('-') {
                out.push_str(&with_defaults(default));
            }
            behind.strip_prefix('}').unwrap_or(behind)
        } else {
            after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
        };
    }
    out + rest
}

/// Where the brace that stands open closes; the end where it does not.
fn closing(text: &str) -> usize {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::with_defaults;

    #[test]
    fn defaults_stand_for_their_variables() {
        for (text, expected) in [
            ("${PORT:-8080}:80", "8080:80"),
            ("${A:-${B:-3}}x", "3x"),
            ("$HOME/${X}", "/"),
            ("a$$b", "a$b"),
            ("${A-", ""),
        ] {
            assert_eq!(with_defaults(text), expected, "{text}");
        }
    }
}
