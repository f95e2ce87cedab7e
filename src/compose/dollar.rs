//! `$` in a Compose file: it begins a variable, and `$$` is one `$` (Compose Specification,
//! "Interpolation").

/// The text that Compose reads back as `plain`.
pub fn doubled(plain: &str) -> String {
    plain.replace('$', "$$")
}

/// What Compose makes of `text`; none where it holds a variable, whose value only who runs
/// Compose knows.
pub fn undoubled(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '$' && rest.next() != Some('$') {
            return None;
        }
        out.push(c);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_dollar_stays_a_dollar(text in "[$a-c{}:?]{0,12}") {
            prop_assert_eq!(undoubled(&doubled(&text)), Some(text));
        }
    }

    #[test]
    fn variables_are_not_text() {
        for variable in ["$A", "a${A:-b}", "$", "$$$"] {
            assert_eq!(undoubled(variable), None, "{variable}");
        }
    }
}
