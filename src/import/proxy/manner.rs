//! How the requests of a route are handled: what a proxy was told besides where they go.

use crate::stack::Bytes;

/// What a route says beside host, path and target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manner {
    /// Handshakes of WebSockets pass.
    pub websocket: bool,
    /// Answers and bodies are collected before they are passed on.
    pub buffering: bool,
    /// Largest body of a request; none: any.
    pub body: Option<Bytes>,
    /// Seconds for the service to answer; none: nobody said.
    pub timeout: Option<u32>,
}

impl Default for Manner {
    /// Nobody said anything; WebSockets pass, as they did where no proxy stood before the service.
    fn default() -> Self {
        Self { websocket: true, buffering: true, body: None, timeout: None }
    }
}

/// A size as nginx (ngx_parse_size: bytes, `k`, `m`, `g`) and Caddy (`10MB`) write it; none for
/// "without a limit".
pub(super) fn size(text: &str) -> Option<Bytes> {
    Bytes::parse(text).ok()
}

/// A time of nginx in one unit (nginx.org, "Configuration file measurement units"), in seconds.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(digits.len()..)? {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    digits.parse::<u32>().ok()?.checked_mul(factor).filter(|seconds| *seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_nginx() {
        for (text, expected) in [
            ("60", Some(60)),
            ("5m", Some(300)),
            ("1h", Some(3_600)),
            ("1h 30m", None),
            ("0", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(size("0"), None);
        assert_eq!(size("8M"), Some(Bytes(8 << 20)));
    }
}
