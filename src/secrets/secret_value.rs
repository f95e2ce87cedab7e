//! One secret value in memory. Stands alone so that every way of showing a value by accident
//! is closed in one place.

use std::fmt;

use ring::hmac;
use zeroize::Zeroizing;

/// The bytes of a secret. Its memory is zeroed on drop; `Debug` and `Display` print
/// `[secret]`; comparing takes the same time wherever two values differ.
#[derive(Clone)]
pub struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves, for sealing, for files that only their readers can open, and for
    /// deriving; never for a message.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value without line ends at its end, as programs read a secret from a file.
    pub fn trimmed(&self) -> &[u8] {
        let mut bytes = self.expose();
        while let [rest @ .., b'\n' | b'\r'] = bytes {
            bytes = rest;
        }
        bytes
    }

    /// The trimmed value as text; nothing for bytes that are not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.trimmed()).ok()
    }

    /// The number of bytes that count towards a minimum: without line ends at the end.
    pub fn strength(&self) -> usize {
        self.trimmed().len()
    }
}

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

/// Tags of both values are compared instead of the values, with ring's constant-time
/// verification: neither length nor a common prefix shows in the time taken.
impl PartialEq for SecretValue {
    fn eq(&self, other: &Self) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"portcullis compare");
        let tag = hmac::sign(&key, self.expose());
        hmac::verify(&key, other.expose(), tag.as_ref()).is_ok()
    }
}

impl Eq for SecretValue {}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_value_is_never_shown(text in "[a-zA-Z0-9]{9,64}") {
            let value = SecretValue::from(text.as_str());
            for shown in [format!("{value}"), format!("{value:?}"), format!("{:#?}", Some(&value))] {
                prop_assert!(shown.contains("[secret]"));
                prop_assert!(!shown.contains(&text));
            }
        }

        #[test]
        fn equality_is_that_of_the_bytes(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(SecretValue::new(a.clone()) == SecretValue::new(b.clone()), a == b);
            prop_assert_eq!(SecretValue::new(a.clone()), SecretValue::new(a));
        }
    }

    #[test]
    fn line_ends_do_not_count() {
        let value = SecretValue::from("a value\r\n\n");
        assert_eq!(value.text(), Some("a value"));
        assert_eq!(value.strength(), 7);
        assert_eq!(SecretValue::from("\n").strength(), 0);
        assert_eq!(SecretValue::new(vec![0xff]).text(), None);
    }
}
