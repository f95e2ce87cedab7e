//! Which origins may read answers from a browser.

use super::keys::keys;
use super::leaf::leaves;
use super::read::Located;
use crate::stack::HostName;

keys! {
    /// Which origins may read answers. Closed by default.
    pub struct Cors("a CORS rule") {
        /// Origins as `scheme://host[:port]`; `*` only on routes with `auth: none`.
        pub origins: Located<Vec<Located<AllowedOrigin>>>,
    }
}

/// An origin (RFC 6454), or every one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AllowedOrigin {
    /// `*`.
    Any,
    /// Exactly this one, as browsers send it.
    Exact(String),
}

impl AllowedOrigin {
    fn new(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "write scheme://host or scheme://host:port in lower case, without a path, for example https://app.example.com";
        if text == "*" {
            return Ok(Self::Any);
        }
        let (scheme, authority) = text.split_once("://").ok_or(RULE)?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let is_port = |port: &str| {
            !port.starts_with('0')
                && port.bytes().all(|b| b.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        };
        if !matches!(scheme, "http" | "https")
            || HostName::new(host).is_err()
            || !port.is_none_or(is_port)
        {
            return Err(RULE);
        }
        match (scheme, port) {
            ("http", Some("80")) | ("https", Some("443")) => {
                Err("leave the scheme's own port out: browsers do, so it would never match")
            }
            _ => Ok(Self::Exact(text.to_owned())),
        }
    }
}

leaves! {
    AllowedOrigin, "an origin", Self::new,
        {"type": "string", "pattern": "^(\\*|https?://[a-z0-9.-]+(:[1-9][0-9]{0,4})?)$"};
}
