//! One request, written byte for byte: client libraries would mend what has to be sent broken.

use super::reply::Reply;
use super::wire::NoWire;

/// A request and how it travels. The token is a flag and not a header, so that a request can be
/// compared and printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    /// Over TLS, or plain HTTP.
    pub(super) tls: bool,
    /// The name in the handshake.
    pub(super) sni: String,
    /// The name in the `Host` header.
    pub(super) host: String,
    pub(super) method: String,
    /// Path and query as they are sent.
    pub(super) target: String,
    /// Further header lines, in their order.
    pub(super) headers: Vec<(String, String)>,
    /// With the token of `--bearer`.
    pub(super) token: bool,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// An answer.
    Reply(Reply),
    /// The connection was closed without a byte.
    Silence,
    /// The handshake was refused.
    Refused(rustls::AlertDescription),
    /// Neither: what went wrong here or on the way.
    Failed(String),
}

impl Request {
    /// `METHOD TARGET` for a host, over TLS.
    pub(super) fn new(host: &str, method: &str, target: &str) -> Self {
        Self {
            tls: true,
            sni: host.to_owned(),
            host: host.to_owned(),
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            token: false,
        }
    }

    /// `GET TARGET` for a host, over TLS.
    pub(super) fn get(host: &str, target: &str) -> Self {
        Self::new(host, "GET", target)
    }

    /// The same over plain HTTP.
    pub(super) fn plain(self) -> Self {
        Self { tls: false, ..self }
    }

    /// The same with another `Host` than the handshake's name.
    pub(super) fn naming(self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self }
    }

    /// The same with the token of `--bearer`.
    pub(super) fn with_token(self) -> Self {
        Self { token: true, ..self }
    }

    /// The same with a header line more.
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As it goes over the wire. `token` is the value of `--bearer`.
    pub(super) fn bytes(&self, token: &str, keep: bool) -> Vec<u8> {
        let Self { method, target, host, .. } = self;
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
        if !self.headers.iter().any(|(name, _)| name == "Connection") {
            text += if keep { "Connection: keep-alive\r\n" } else { "Connection: close\r\n" };
        }
        if self.token {
            text += &format!("Authorization: Bearer {token}\r\n");
        }
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        text.into_bytes()
    }
}

impl Answer {
    /// In a few words, for a person.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Reply(reply) => format!("answered {}", reply.status),
            Self::Silence => "closed without an answer".to_owned(),
            Self::Refused(alert) => format!("refused in the handshake ({alert:?})"),
            Self::Failed(why) => why.clone(),
        }
    }
}

impl From<NoWire> for Answer {
    fn from(none: NoWire) -> Self {
        match none {
            NoWire::Alert(alert) => Self::Refused(alert),
            NoWire::Failed(why) => Self::Failed(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_gets_what_was_asked_for_and_nothing_mended() {
        let request =
            Request::get("api.example", "/a/../b//%2f").header("X-A", "1").header("X-A", "2");
        let text = String::from_utf8(request.bytes("", false)).unwrap();
        assert_eq!(
            text,
            "GET /a/../b//%2f HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
        );
    }

    #[test]
    fn the_token_is_sent_and_not_shown() {
        let request = Request::get("api.example", "/").with_token();
        assert!(String::from_utf8(request.bytes("t0ken", false)).unwrap().contains("Bearer t0ken"));
        assert!(!format!("{request:?}").contains("t0ken"));
    }
}
