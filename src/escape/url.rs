//! URLs: one component, percent-encoded.

use super::{Unescapable, visible};

/// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3, so the
/// result can stand as user, password, path segment, or query value alike.
pub fn component(text: &str) -> Result<String, Unescapable> {
    let mut out = String::with_capacity(text.len());
    for byte in visible(text, "a URL")?.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(url: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = url.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let hex = String::from_utf8(rest.by_ref().take(2).collect()).unwrap();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    proptest! {
        #[test]
        fn decodes_to_the_same_and_holds_no_delimiter(text in "\\PC{0,30}") {
            if let Ok(encoded) = component(&text) {
                let delimiters = ":/?#[]@!$&'()*+,;= \"<>\\^`{|}";
                prop_assert!(!encoded.contains(|c: char| delimiters.contains(c)));
                prop_assert_eq!(decode(&encoded), text);
            }
        }
    }

    #[test]
    fn a_password_cannot_move_the_host() {
        assert_eq!(component("p@evil:1/").as_deref(), Ok("p%40evil%3A1%2F"));
    }
}
