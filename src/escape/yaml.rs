//! YAML: comments. Values are never written as text; the YAML writer quotes them.

use super::{Unescapable, visible};

/// The text of a `#` comment. Nothing in it can be escaped, so what would end the line for a
/// YAML 1.1 or 1.2 reader is refused.
pub fn comment(text: &str) -> Result<String, Unescapable> {
    visible(text, "a YAML comment").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_comment_never_leaves_its_line(text in "\\PC{0,30}") {
            if let Ok(comment) = comment(&text) {
                let yaml = format!("# {comment}\nkey: value\n");
                let breaks = |c: char| "\n\r\u{85}\u{2028}\u{2029}".contains(c);
                let first = format!("# {text}");
                let lines: Vec<_> = yaml.split(breaks).collect();
                prop_assert_eq!(lines, vec![first.as_str(), "key: value", ""]);
            }
        }
    }

    #[test]
    fn every_line_break_of_yaml_is_refused() {
        for line_break in ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert!(comment(&format!("a{line_break}privileged: true")).is_err());
        }
    }
}
