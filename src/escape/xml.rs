//! XML 1.0: character data and attribute values in double quotes.

use super::{Unescapable, visible};

/// Text that stands between tags or in an attribute, with every character of markup as a
/// reference (XML 1.0, section 2.4). What XML has no form for, such as U+FFFE, is refused.
pub fn text(text: &str) -> Result<String, Unescapable> {
    let mut out = String::with_capacity(text.len());
    for c in visible(text, "XML")?.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML 1.0, section 2.2: the only characters left that are none.
            '\u{fffe}' | '\u{ffff}' => return Err(Unescapable::character("XML", c)),
            _ => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads character data back; panics on anything that would be markup.
    fn read(xml: &str) -> String {
        let references =
            [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let mut value = String::new();
        let mut rest = xml;
        while let Some(c) = rest.chars().next() {
            if let Some((name, c)) = references.iter().find(|(name, _)| rest.starts_with(name)) {
                value.push(*c);
                rest = &rest[name.len()..];
                continue;
            }
            assert!(!"&<>\"'".contains(c), "bare {c}");
            value.push(c);
            rest = &rest[c.len_utf8()..];
        }
        value
    }

    proptest! {
        #[test]
        fn text_is_shown_as_it_is(value in "\\PC{0,30}|[<>&\"'a;#]{1,10}") {
            if let Ok(escaped) = text(&value) {
                prop_assert_eq!(read(&escaped), value);
            }
        }
    }

    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            text("</text><a b='c'>\"&").as_deref(),
            Ok("&lt;/text&gt;&lt;a b=&#39;c&#39;&gt;&quot;&amp;")
        );
        assert!(text("\u{fffe}").is_err());
    }
}
