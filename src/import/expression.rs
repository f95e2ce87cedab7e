//! A value as it is written, taken apart at its variables (Compose Specification, "Interpolation").

use std::collections::BTreeMap;

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Part {
    /// Its text; none for a variable without a value.
    pub(in crate::import) text: Option<String>,
    /// The variable that it comes from.
    pub(in crate::import) variable: Option<String>,
}

impl Part {
    pub(in crate::import) fn text(text: &str) -> Self {
        Self { text: Some(text.to_owned()), variable: None }
    }
}

/// `${NAME:-8080}` as `8080`, other variables as nothing, `$$` as `$`: for texts of a project that was
/// read without interpolation.
pub(in crate::import) fn with_defaults(text: &str) -> String {
    parts(text, &BTreeMap::new()).into_iter().filter_map(|part| part.text).collect()
}

/// Deepest nesting of `${A:-${B:-...}}` that is taken apart; the loader's own limit.
const DEEPEST: usize = 32;

/// The pieces of `text`, with the values of `environment`. A variable that is set, or that has a
/// default without variables, is one piece.
pub(in crate::import) fn parts(text: &str, environment: &BTreeMap<String, String>) -> Vec<Part> {
    let mut parts = Vec::new();
    read(text, environment, 0, &mut parts);
    parts.retain(|part| part.variable.is_some() || part.text.as_deref() != Some(""));
    parts
}

fn read(text: &str, environment: &BTreeMap<String, String>, depth: usize, out: &mut Vec<Part>) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        push(out, before);
        if let Some(after) = after.strip_prefix('$') {
            push(out, "$");
            rest = after;
        } else if let Some(inside) = after.strip_prefix('{') {
            let (inside, behind) = inside.split_at(closing(inside));
            braced(inside, environment, depth, out);
            rest = behind.strip_prefix('}').unwrap_or(behind);
        } else {
            let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
            let end = after.find(|c| !word(c)).unwrap_or(after.len());
            let (name, behind) = after.split_at(end);
            if name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                out.push(variable(name, environment.get(name).cloned()));
                rest = behind;
            } else {
                push(out, "$");
                rest = after;
            }
        }
    }
    push(out, rest);
}

fn push(out: &mut Vec<Part>, text: &str) {
    match out.last_mut() {
        Some(Part { text: Some(before), variable: None }) => before.push_str(text),
        _ => out.push(Part::text(text)),
    }
}

fn variable(name: &str, text: Option<String>) -> Part {
    Part { text, variable: Some(name.to_owned()) }
}

/// What stands between `${` and `}`.
fn braced(inside: &str, environment: &BTreeMap<String, String>, depth: usize, out: &mut Vec<Part>) {
    let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let end = inside.find(|c| !word(c)).unwrap_or(inside.len());
    let (name, operation) = inside.split_at(end);
    let value = environment.get(name).cloned();
    let (filled, sign) = match operation.strip_prefix(':') {
        Some(sign) => (value.as_ref().is_some_and(|value| !value.is_empty()), sign),
        None => (value.is_some(), operation),
    };
    let words = sign.get(1..).unwrap_or_default();
    match sign.chars().next() {
        Some('-') if !filled && depth < DEEPEST => {
            let mut inner = Vec::new();
            read(words, environment, depth + 1, &mut inner);
            match inner.iter().all(|part| part.variable.is_none()) {
                true => {
                    let text = inner.into_iter().filter_map(|part| part.text).collect();
                    out.push(variable(name, Some(text)));
                }
                false => out.extend(inner),
            }
        }
        Some('+') if filled && depth < DEEPEST => read(words, environment, depth + 1, out),
        Some('+') => push(out, ""),
        Some('?') if !filled => out.push(variable(name, None)),
        _ => out.push(variable(name, value)),
    }
}

/// Where the brace closes that stands open; the end where it does not.
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
    use super::*;

    #[test]
    fn defaults_stand_for_their_variables() {
        for (text, expected) in [
            ("${PORT:-8080}:80", "8080:80"),
            ("${A:-${B:-3}}x", "3x"),
            ("$HOME/${X}", "/"),
            ("a$$b", "a$b"),
            ("${A-", ""),
            ("${A:+x-y}${B:?set-it}", ""),
        ] {
            assert_eq!(with_defaults(text), expected, "{text}");
        }
    }

    #[test]
    fn values_are_taken_apart() {
        let environment = BTreeMap::from([("A".to_owned(), "a".to_owned())]);
        for (text, expected) in [
            ("plain $$ text", "plain $ text"),
            ("x${A}y", "x|A=a|y"),
            ("$A$B", "A=a|B?"),
            ("${B:-d}", "B=d"),
            ("${B-}", "B="),
            ("${B:-${A}x}", "A=a|x"),
            ("${B:?say}", "B?"),
            ("${A:?say}", "A=a"),
            ("${A:+r}${B:+r}", "r"),
            ("$1", "$1"),
            ("${A", "A=a"),
        ] {
            let shown = |part: &Part| match (&part.variable, &part.text) {
                (None, text) => text.clone().unwrap_or_default(),
                (Some(name), Some(text)) => format!("{name}={text}"),
                (Some(name), None) => format!("{name}?"),
            };
            let found: Vec<_> = parts(text, &environment).iter().map(shown).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
    }
}
