//! What a file's content is recognised by.

use std::fmt;

/// A SHA-256 (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let mut digest = [0; 32];
        let computed = ring::digest::digest(&ring::digest::SHA256, bytes);
        for (to, from) in digest.iter_mut().zip(computed.as_ref()) {
            *to = *from;
        }
        Self(digest)
    }

    /// Reads what [`fmt::Display`] writes; nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let nibble = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        let nibbles: Vec<u8> = text.bytes().map(nibble).collect::<Option<_>>()?;
        let (pairs, rest) = nibbles.as_chunks::<2>();
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        if rest.is_empty() { bytes.try_into().ok().map(Self) } else { None }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sha_256_that_others_compute() {
        // FIPS 180-4, example "abc"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        assert_eq!(Digest::parse(abc), Some(Digest::of(b"abc")));
    }

    #[test]
    fn nothing_else_is_a_digest() {
        let abc = Digest::of(b"abc").to_string();
        for text in
            ["", "ba", &abc[1..], &abc.to_uppercase(), &format!("{abc}0"), &format!("{abc}00")]
        {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
