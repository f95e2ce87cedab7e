//! Amounts with a unit: bytes and seconds, read and written as Compose and nginx do.

use std::fmt;

/// Why an amount was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct InvalidQuantity(pub &'static str);

/// An amount of memory or data in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(pub u64);

impl Bytes {
    /// `64k`, `16m`, `2g`: binary multiples, as Docker and nginx read them.
    ///
    /// # Errors
    /// [`InvalidQuantity`] for anything else, zero included.
    pub fn parse(text: &str) -> Result<Self, InvalidQuantity> {
        const RULE: InvalidQuantity =
            InvalidQuantity("an amount such as 256k, 16m or 2g (binary multiples), above zero");
        let lower = text.trim().to_ascii_lowercase();
        let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let factor = match lower.get(digits.len()..).unwrap_or_default() {
            "" | "b" => 1,
            "k" | "kb" | "kib" => 1 << 10,
            "m" | "mb" | "mib" => 1 << 20,
            "g" | "gb" | "gib" => 1u64 << 30,
            _ => return Err(RULE),
        };
        let number: u64 = digits.parse().map_err(|_| RULE)?;
        number.checked_mul(factor).filter(|bytes| *bytes > 0).map(Self).ok_or(RULE)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (factor, unit) in [(1u64 << 30, "g"), (1 << 20, "m"), (1 << 10, "k")] {
            if self.0 >= factor && self.0.is_multiple_of(factor) {
                return write!(f, "{}{unit}", self.0 / factor);
            }
        }
        write!(f, "{}", self.0)
    }
}

/// A span of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(pub u64);

impl Seconds {
    /// `30s`, `10m`, `2h`, `90d`, and compounds such as `1m30s`.
    ///
    /// # Errors
    /// [`InvalidQuantity`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidQuantity> {
        const RULE: InvalidQuantity = InvalidQuantity("a time such as 30s, 10m, 2h or 90d");
        let (mut total, mut number) = (0u64, String::new());
        for c in text.trim().chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            let factor = match c {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => return Err(RULE),
            };
            let count: u64 = number.parse().map_err(|_| RULE)?;
            total = count.checked_mul(factor).and_then(|n| total.checked_add(n)).ok_or(RULE)?;
            number.clear();
        }
        if number.is_empty() && !text.trim().is_empty() { Ok(Self(total)) } else { Err(RULE) }
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (factor, unit) in [(86_400, "d"), (3_600, "h"), (60, "m")] {
            if self.0 >= factor && self.0.is_multiple_of(factor) {
                return write!(f, "{}{unit}", self.0 / factor);
            }
        }
        write!(f, "{}s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_as_written() {
        for text in ["1k", "16m", "2g", "1500"] {
            assert_eq!(Bytes::parse(text).map(|b| b.to_string()), Ok(text.to_owned()));
        }
        for text in ["30s", "10m", "2h", "90d"] {
            assert_eq!(Seconds::parse(text).map(|s| s.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Seconds::parse("1m30s"), Ok(Seconds(90)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "m", "-1m", "1x", "1.5g", "0", "99999999999999999999", "18446744073709551615g"]
        {
            assert!(Bytes::parse(text).is_err(), "{text}");
        }
        for text in ["", "10", "s", "1y", "-1s"] {
            assert!(Seconds::parse(text).is_err(), "{text}");
        }
    }
}
