//! How often one client may ask.

use std::fmt;

use super::InvalidQuantity;

/// Requests in a span of time, with room for a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    /// Requests in one unit of time.
    pub requests: u32,
    /// The unit.
    pub unit: RateUnit,
    /// Requests that may come at once beyond the even flow.
    pub burst: u32,
    /// Who shares one count.
    pub key: RateKey,
}

/// Unit of a rate; nginx counts in these two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateUnit {
    /// A second.
    Second,
    /// A minute.
    Minute,
}

/// Who shares one count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateKey {
    /// One IPv4 address or one IPv6 /64.
    Address,
    /// One credential as it is sent (nginx counts before it asks a validator); an address
    /// where none is sent.
    Credential,
}

impl Rate {
    /// `60/min burst 20`, `5/s`, `300/min burst 50 per credential`.
    ///
    /// # Errors
    /// [`InvalidQuantity`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidQuantity> {
        const RULE: InvalidQuantity =
            InvalidQuantity("a rate such as `60/min burst 20` or `5/s burst 10 per credential`");
        let mut words = text.split_whitespace();
        let (requests, unit) = words.next().and_then(|word| word.split_once('/')).ok_or(RULE)?;
        let unit = match unit {
            "s" | "sec" | "second" => RateUnit::Second,
            "m" | "min" | "minute" => RateUnit::Minute,
            _ => return Err(RULE),
        };
        let mut rate =
            Self { requests: count(requests).ok_or(RULE)?, unit, burst: 0, key: RateKey::Address };
        while let Some(word) = words.next() {
            match (word, words.next()) {
                ("burst", Some(burst)) => rate.burst = count(burst).ok_or(RULE)?,
                ("per", Some("credential")) => rate.key = RateKey::Credential,
                ("per", Some("address")) => rate.key = RateKey::Address,
                _ => return Err(RULE),
            }
        }
        Ok(rate)
    }

    /// Seconds until one more request is let through: the value of Retry-After.
    pub fn retry_after(&self) -> u32 {
        match self.unit {
            RateUnit::Second => 1,
            RateUnit::Minute => 60u32.div_ceil(self.requests).max(1),
        }
    }
}

fn count(text: &str) -> Option<u32> {
    let plain = text.chars().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|n| plain && (1..=100_000).contains(n))
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            RateUnit::Second => "s",
            RateUnit::Minute => "min",
        };
        write!(f, "{}/{unit}", self.requests)?;
        if self.burst > 0 {
            write!(f, " burst {}", self.burst)?;
        }
        match self.key {
            RateKey::Address => Ok(()),
            RateKey::Credential => f.write_str(" per credential"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_back_as_written() {
        for text in ["60/min burst 20", "5/s", "300/min burst 50 per credential"] {
            assert_eq!(Rate::parse(text).map(|r| r.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "60", "60/hour", "0/min", "60/min burst", "60/min per user", "-1/s", "1/s x"]
        {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_login_rate_retries_after_twelve_seconds() {
        assert_eq!(Rate::parse("5/min burst 5").map(|r| r.retry_after()), Ok(12));
    }
}
