//! The grammar of variables in a text: `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:?e}`, `${V?e}`,
//! `${V:+r}`, `${V+r}`, each of them inside the other, and `$$` (Compose Specification,
//! "Interpolation"). A `$` before anything else is itself. Stands alone because Compose files and
//! env files share it.

use std::collections::BTreeSet;

/// Deepest nesting of `${A:-${B:-…}}`.
const MAX_DEPTH: usize = 32;
/// Longest text that may come out, in bytes: variables of env files can double each other.
const MAX_LENGTH: usize = 1 << 20;

/// Where values come from; remembers the names that were asked for.
pub(super) struct Variables<'a> {
    /// The value of a name.
    pub(super) value: &'a dyn Fn(&str) -> Option<String>,
    /// Names asked for so far.
    pub(super) asked: &'a mut BTreeSet<String>,
}

/// Why a text has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// A `${` that is not closed or holds no name.
    Grammar,
    /// `${V:?words}` or `${V?words}` of a variable that is not set.
    Required {
        /// The variable.
        name: String,
        /// What the file says of it.
        words: String,
    },
    /// Nested deeper or grown longer than is read.
    TooMuch,
}

/// The text with every variable replaced.
pub(super) fn substitute(text: &str, variables: &mut Variables<'_>) -> Result<String, Failure> {
    nested(text, variables, 0)
}

fn nested(text: &str, variables: &mut Variables<'_>, depth: usize) -> Result<String, Failure> {
    if depth > MAX_DEPTH {
        return Err(Failure::TooMuch);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(inside) = after.strip_prefix('{') {
            let braced = Braced::of(inside).ok_or(Failure::Grammar)?;
            out.push_str(&braced.value(variables, depth)?);
            rest = braced.rest;
        } else {
            let (name, after) = name(after);
            match name {
                "" => out.push('$'),
                name => out.push_str(&look_up(name, variables).unwrap_or_default()),
            }
            rest = after;
        }
        if out.len() > MAX_LENGTH {
            return Err(Failure::TooMuch);
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn look_up(name: &str, variables: &mut Variables<'_>) -> Option<String> {
    variables.asked.insert(name.to_owned());
    (variables.value)(name)
}

/// The name that a text begins with, and what follows.
fn name(text: &str) -> (&str, &str) {
    let begins = text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
    let end = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.split_at(if begins { end } else { 0 })
}

/// What stands between `${` and its `}`.
struct Braced<'a> {
    name: &'a str,
    /// The operator, and what stands after it.
    operation: Option<(Operator, &'a str)>,
    rest: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Default,
    Required,
    Instead,
}

impl<'a> Braced<'a> {
    fn of(inside: &'a str) -> Option<Self> {
        let (name, after) = name(inside);
        if name.is_empty() {
            return None;
        }
        if let Some(rest) = after.strip_prefix('}') {
            return Some(Self { name, operation: None, rest });
        }
        let sign = after.strip_prefix(':').unwrap_or(after);
        let operator = match sign.chars().next()? {
            '-' => Operator::Default,
            '?' => Operator::Required,
            '+' => Operator::Instead,
            _ => return None,
        };
        // An operand ends in its own line.
        let line = after.lines().next().unwrap_or_default();
        let last = line.rfind('}')?;
        let end = closing(line.get(..=last)?).unwrap_or(last);
        let operand = line.get(..end)?;
        Some(Self { name, operation: Some((operator, operand)), rest: after.get(end + 1..)? })
    }

    fn value(&self, variables: &mut Variables<'_>, depth: usize) -> Result<String, Failure> {
        let value = look_up(self.name, variables);
        let Some((operator, operand)) = self.operation else {
            return Ok(value.unwrap_or_default());
        };
        let (filled, words) = match operand.strip_prefix(':') {
            Some(words) => (value.as_ref().is_some_and(|value| !value.is_empty()), words),
            None => (value.is_some(), operand),
        };
        let words = words.get(1..).unwrap_or_default();
        match (operator, filled) {
            (Operator::Default | Operator::Required, true) | (Operator::Instead, false) => {
                Ok(value.unwrap_or_default())
            }
            (Operator::Default, false) | (Operator::Instead, true) => {
                nested(words, variables, depth + 1)
            }
            (Operator::Required, false) => {
                let words = nested(words, variables, depth + 1)?;
                Err(Failure::Required { name: self.name.to_owned(), words })
            }
        }
    }
}

/// Where the brace closes that is open at the beginning. Compose looks at no letter after a `{`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(name: &str) -> Option<String> {
        match name {
            "A" => Some("a".to_owned()),
            "E" => Some(String::new()),
            _ => None,
        }
    }

    fn read(text: &str) -> Result<String, Failure> {
        let mut asked = BTreeSet::new();
        substitute(text, &mut Variables { value: &value, asked: &mut asked })
    }

    #[test]
    fn the_whole_grammar() {
        for (text, expected) in [
            ("$A-${A}", "a-a"),
            ("$$A $1 $ $(x)", "$A $1 $ $(x)"),
            ("${U:-d}${U-d}${E:-d}${E-d}${A:-d}", "ddda"),
            ("${A:+r}${A+r}${E:+r}${E+r}${U+r}", "rrr"),
            ("${U:-${E:-x${A}}}!", "xa!"),
            ("${A:?no} ${E?no}", "a "),
            ("${U:-a b} and ${U:-c}", "a b and c"),
            ("${U:-{\"k\":\"v\"}}", "{\"k\":\"v\"}"),
            ("${U-a:-b}", "a:-b"),
            ("${U:-$$}", "$"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn broken_variables_are_refused() {
        for text in ["${", "${}", "${A", "${1}", "${A b}", "${A:-x\ny}", "${A:b}"] {
            assert_eq!(read(text), Err(Failure::Grammar), "{text}");
        }
        let required = |words: &str| {
            let words = words.to_owned();
            Err(Failure::Required { name: "U".to_owned(), words })
        };
        assert_eq!(read("${U?}"), required(""));
        assert_eq!(read("${U:?set ${A}}"), required("set a"));
        assert_eq!(read(&"${U:-".repeat(100)), Err(Failure::Grammar));
        let deep = format!("{}{}", "${U:-".repeat(100), "}".repeat(100));
        assert_eq!(read(&deep), Err(Failure::TooMuch));
    }

    #[test]
    fn names_are_remembered() {
        let mut asked = BTreeSet::new();
        let mut variables = Variables { value: &value, asked: &mut asked };
        substitute("$A ${B:-${C}}", &mut variables).unwrap();
        assert_eq!(asked.into_iter().collect::<Vec<_>>(), ["A", "B", "C"]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_value_or_none(text in "([${}:?+AUé -]|\\$\\{[AEU]){0,30}") {
            let _ = read(&text);
        }
    }
}
