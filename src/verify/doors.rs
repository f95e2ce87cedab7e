//! Where the stack is reached: the addresses behind the description's ports, or those of `--url`.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

use super::wire::PATIENCE;
use crate::stack::{Gateway, Stack};

/// The gateway's two doors.
#[derive(Debug, Clone)]
pub struct Doors {
    /// HTTPS.
    pub https: SocketAddr,
    /// Plain HTTP, or why none is known.
    pub http: Result<SocketAddr, String>,
    /// HTTPS as a person would name it.
    pub shown: String,
}

/// Why there is no door.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoDoor {
    /// A URL of another form.
    #[error("`{0}` is not https://HOST[:PORT] or http://HOST[:PORT]")]
    Url(String),
    /// No URL for HTTPS among several.
    #[error("--url names no https:// address")]
    NoHttps,
    /// The same kind of door twice.
    #[error("--url names two {0}:// addresses")]
    Twice(&'static str),
    /// A stack without a public name.
    #[error("the description has no host")]
    NoHost,
    /// The name has no address.
    #[error("{host} has no address here: {why}")]
    Unresolved {
        /// Which name.
        host: String,
        /// What the resolver said.
        why: String,
    },
    /// Nobody is there.
    #[error("nothing answers at {shown}: {why}")]
    Closed {
        /// Where.
        shown: String,
        /// What was tried last said.
        why: String,
    },
}

impl NoDoor {
    /// True where the command line is wrong and not the machine.
    pub fn is_mistake(&self) -> bool {
        match self {
            Self::Url(_) | Self::NoHttps | Self::Twice(_) | Self::NoHost => true,
            Self::Unresolved { .. } | Self::Closed { .. } => false,
        }
    }
}

impl Doors {
    /// Find them. Without URLs: the description's domain with its published ports. With only an
    /// HTTPS one, plain HTTP is looked for on the same host, if its port is the published one; of
    /// any other port nobody can tell where its neighbour is.
    ///
    /// # Errors
    /// [`NoDoor`]: a URL of another form, or nothing that answers.
    pub fn find(stack: &Stack, urls: &[String]) -> Result<Self, NoDoor> {
        let gateway = &stack.gateway;
        let (mut https, mut http) = (None, None);
        for url in urls {
            let door = Door::parse(url)?;
            let (slot, scheme) = if door.tls { (&mut https, "https") } else { (&mut http, "http") };
            if slot.replace(door).is_some() {
                return Err(NoDoor::Twice(scheme));
            }
        }
        let https = match https {
            Some(door) => door,
            None if urls.is_empty() => Door::of(gateway)?,
            None => return Err(NoDoor::NoHttps),
        };
        let address = https.address()?;
        let http = match http {
            Some(door) => Ok(door.address()?),
            None if https.port == *gateway.publish.https => {
                Ok(SocketAddr::new(address.ip(), *gateway.publish.http))
            }
            None => Err(format!(
                "port {} is not the published one, so that of plain HTTP is not known: add --url http://HOST:PORT",
                https.port
            )),
        };
        Ok(Self { https: address, http, shown: format!("{}:{}", https.host, https.port) })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Door {
    tls: bool,
    host: String,
    port: u16,
}

impl Door {
    fn of(gateway: &Gateway) -> Result<Self, NoDoor> {
        let host = main_host(gateway).ok_or(NoDoor::NoHost)?;
        Ok(Self { tls: true, host: host.to_owned(), port: *gateway.publish.https })
    }

    fn parse(url: &str) -> Result<Self, NoDoor> {
        let wrong = || NoDoor::Url(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            // An IPv6 address stands in brackets (RFC 3986 section 3.2.2).
            Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| wrong())?),
            _ => (rest, if tls { 443 } else { 80 }),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
        if bare.is_empty() || !bare.chars().all(plain) || (bare.contains(':') && bare == host) {
            return Err(wrong());
        }
        Ok(Self { tls, host: bare.to_owned(), port })
    }

    /// The first of its addresses that answers.
    fn address(&self) -> Result<SocketAddr, NoDoor> {
        let unresolved = |why: String| NoDoor::Unresolved { host: self.host.clone(), why };
        let addresses = (self.host.as_str(), self.port).to_socket_addrs();
        let addresses = addresses.map_err(|error| unresolved(error.to_string()))?;
        let mut last = "it has no address".to_owned();
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(_) => return Ok(address),
                Err(error) => last = error.to_string(),
            }
        }
        Err(NoDoor::Closed { shown: format!("{}:{}", self.host, self.port), why: last })
    }
}

/// The description's domain.
pub(super) fn main_host(gateway: &Gateway) -> Option<&str> {
    let main = gateway.hosts.iter().find(|(_, host)| host.main);
    main.or_else(|| gateway.hosts.iter().next()).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_host_and_port() {
        let door = |tls, host: &str, port| Ok(Door { tls, host: host.to_owned(), port });
        assert_eq!(Door::parse("https://127.0.0.1:8443"), door(true, "127.0.0.1", 8443));
        assert_eq!(Door::parse("https://api.example.com/"), door(true, "api.example.com", 443));
        assert_eq!(Door::parse("http://[::1]:8080"), door(false, "::1", 8080));
        assert_eq!(Door::parse("http://[::1]"), door(false, "::1", 80));
        for bad in [
            "",
            "x",
            "ftp://x",
            "https://",
            "https://x:99999",
            "https://x:y",
            "https://a/b",
            "https://user@x",
            "https://::1",
            "https://x?y",
            "https://x\r\ny",
        ] {
            assert_eq!(Door::parse(bad), Err(NoDoor::Url(bad.to_owned())), "{bad:?}");
        }
    }
}
