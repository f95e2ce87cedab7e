//! An answer of the gateway, and what every check asks of one.

use std::fmt;
use std::io::{self, Read};

use serde_json::Value;

/// Status, headers and body.
#[derive(Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// All header lines in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// Reads one answer to `method`.
    pub fn read(from: &mut impl Read, method: &str) -> io::Result<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            from.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let mut reply = parse_head(&head).ok_or_else(|| io::Error::other("no HTTP answer"))?;
        let bodyless = method == "HEAD" || matches!(reply.status, 100..=199 | 204 | 304);
        if let Some(length) = reply.header("Content-Length").filter(|_| !bodyless) {
            reply.body = vec![0; length.parse().map_err(io::Error::other)?];
            from.read_exact(&mut reply.body)?;
        } else if reply.header("Transfer-Encoding").is_some() && !bodyless {
            reply.body = read_chunks(from)?;
        } else if !bodyless {
            // Up to the end of the connection; TLS may miss its close_notify.
            from.read_to_end(&mut reply.body).ok();
        }
        Ok(reply)
    }

    /// One answer that stands alone in `bytes`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut &bytes[..], "GET").ok()
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| &**value)
            .collect()
    }

    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.all(name)[..] {
            [] => None,
            [one] => Some(one),
            _ => panic!("several {name} in {:?}", self.headers),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The number that the gateway gave this request.
    pub fn request_id(&self) -> &str {
        let id = self
            .header("X-Request-Id")
            .unwrap_or_else(|| panic!("no X-Request-Id in {:?}", self.headers));
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "request id {id:?}");
        id
    }

    /// Asserts the status and that the answer is a service's own.
    pub fn assert_passed(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        assert!(
            self.text().contains("says Traceback"),
            "not the service's body: {:?}",
            self.text()
        );
        self
    }

    /// Asserts the one error body of the gateway, and that nobody keeps it.
    pub fn assert_error(&self, status: u16, code: &str) -> &Self {
        self.assert_error_body(status, code);
        assert_eq!(self.header("Cache-Control"), Some("no-store"), "{:?}", self.headers);
        self
    }

    /// Asserts status, code, request id, and nothing of anybody else. Some statuses nobody keeps
    /// that is not told to (RFC 9110, section 15.1).
    pub fn assert_error_body(&self, status: u16, code: &str) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("Content-Type"), Some("application/json"), "{:?}", self.headers);
        let body: Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", self.text()));
        let expected = serde_json::json!({"error": {"status": status, "code": code, "request_id": self.request_id()}});
        assert_eq!(body, expected);
        self
    }

    /// Asserts what a browser must be told in every answer of a public name.
    pub fn assert_secured(&self) -> &Self {
        for (name, value) in [
            ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ] {
            assert_eq!(
                self.header(name),
                Some(value),
                "{name} with {}: {:?}",
                self.status,
                self.headers
            );
        }
        assert_eq!(self.header("Server"), Some("nginx"), "the version is nobody's business");
        self.request_id();
        self
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {value}")?;
        }
        write!(f, "  {}", self.text().chars().take(300).collect::<String>())
    }
}

fn parse_head(head: &[u8]) -> Option<Reply> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let headers = lines
        .map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        })
        .collect::<Option<_>>()?;
    Some(Reply { status, headers, body: Vec::new() })
}

fn read_chunks(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = Vec::new();
        let mut byte = [0];
        while !size.ends_with(b"\r\n") {
            from.read_exact(&mut byte)?;
            size.push(byte[0]);
        }
        let size = usize::from_str_radix(String::from_utf8_lossy(&size).trim(), 16)
            .map_err(io::Error::other)?;
        let mut chunk = vec![0; size + 2];
        from.read_exact(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(&chunk[..size]);
    }
}
