//! One HTTP/1.1 answer, read strictly and no further than it is needed (RFC 9112).

use std::io::{self, Read};

/// The most that is read of a head, as much as nginx sends.
const HEAD: usize = 64 << 10;
/// The most that is read of a body: error bodies and echoes are shorter.
const BODY: usize = 256 << 10;
/// Header lines of one answer.
const LINES: usize = 128;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// Cut after 256 KiB.
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// Read one answer; `None` where the connection closes before its first byte.
    ///
    /// # Errors
    /// Where it is no HTTP/1.1, or stops in the middle.
    pub(super) fn read(from: &mut impl Read, method: &str) -> io::Result<Option<Self>> {
        loop {
            let Some((mut reply, rest)) = head(from)? else { return Ok(None) };
            match reply.status {
                101 => return Ok(Some(reply)),
                // RFC 9110 section 15.2: an interim answer, the real one follows.
                100..=199 if rest.is_empty() => continue,
                204 | 304 => return Ok(Some(reply)),
                _ => {}
            }
            if method != "HEAD" {
                reply.body = body(&reply, rest, from)?;
            }
            return Ok(Some(reply));
        }
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// True where a head or body holds `text`.
    pub(super) fn holds(&self, text: &str) -> bool {
        self.headers.iter().any(|(_, value)| value.contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// Why this is not the gateway's own error body: JSON with status, code and the request id.
    pub(super) fn error_body_fault(&self) -> Option<&'static str> {
        if self.header("Content-Type") != Some("application/json") {
            return Some("the body is no JSON");
        }
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(&self.body) else {
            return Some("the body is no JSON");
        };
        let error = body.get("error");
        let field = |name: &str| error.and_then(|error| error.get(name));
        let keys = error.and_then(|error| error.as_object()).map_or(0, serde_json::Map::len);
        if field("status").and_then(serde_json::Value::as_u64) != Some(u64::from(self.status)) {
            return Some("the body names another status");
        }
        if field("code").and_then(|code| code.as_str()).is_none() || keys != 3 {
            return Some("the body is not the gateway's");
        }
        let id = field("request_id").and_then(|id| id.as_str());
        (id != self.header("X-Request-Id")).then_some("the body names another request id")
    }
}

/// The head, and what was read beyond it.
fn head(from: &mut impl Read) -> io::Result<Option<(Reply, Vec<u8>)>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let length = match from.read(&mut chunk) {
            Ok(length) => length,
            // TLS without close_notify: closed all the same.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        if length == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(cut()) };
        }
        bytes.extend(chunk.get(..length).unwrap_or_default());
        let mut lines = [httparse::EMPTY_HEADER; LINES];
        let mut parser = httparse::Response::new(&mut lines);
        match parser.parse(&bytes) {
            Ok(httparse::Status::Complete(end)) => {
                let headers = parser.headers.iter();
                let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
                let headers = headers.map(|line| (line.name.to_owned(), text(line.value)));
                let status = parser.code.unwrap_or_default();
                let reply = Reply { status, headers: headers.collect(), body: Vec::new() };
                return Ok(Some((reply, bytes.get(end..).unwrap_or_default().to_vec())));
            }
            Ok(httparse::Status::Partial) if bytes.len() < HEAD => {}
            Ok(httparse::Status::Partial) => return Err(io::Error::other("a head without an end")),
            Err(error) => return Err(io::Error::other(format!("no HTTP answer: {error}"))),
        }
    }
}

fn body(reply: &Reply, begun: Vec<u8>, from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut source = io::Cursor::new(begun).chain(from);
    let chunked = reply
        .header("Transfer-Encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    if chunked {
        return chunks(&mut source);
    }
    let length = reply.header("Content-Length").and_then(|length| length.trim().parse().ok());
    let wanted = length.unwrap_or(BODY).min(BODY);
    let mut bytes = Vec::new();
    match source.take(wanted as u64).read_to_end(&mut bytes) {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        _ if length.is_some() && bytes.len() < wanted => Err(cut()),
        _ => Ok(bytes),
    }
}

/// RFC 9112 section 7.1, without trailers, which nginx does not send.
fn chunks(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < BODY {
        let mut line = Vec::new();
        let mut byte = [0];
        while !line.ends_with(b"\r\n") {
            from.read_exact(&mut byte)?;
            line.extend(byte);
            if line.len() > 32 {
                return Err(io::Error::other("a chunk without a length"));
            }
        }
        let text = String::from_utf8_lossy(&line);
        let size = usize::from_str_radix(text.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = Vec::new();
        from.take(size.min(BODY).saturating_add(2) as u64).read_to_end(&mut chunk)?;
        if size == 0 {
            return Ok(body);
        }
        chunk.truncate(size);
        body.extend(chunk);
    }
    Ok(body)
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the answer stopped in the middle")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> io::Result<Option<Reply>> {
        Reply::read(&mut text.as_bytes(), "GET")
    }

    #[test]
    fn lengths_and_chunks_are_read() {
        let reply = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello").unwrap().unwrap();
        assert_eq!(reply.body, b"he");
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        assert_eq!(read(chunked).unwrap().unwrap().body, b"abcde");
    }

    #[test]
    fn silence_is_no_error_and_half_an_answer_is_one() {
        assert_eq!(read("").unwrap(), None);
        for text in [
            "HTTP/1.1 2",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_gateways_own_error_body_passes() {
        let with = |body: &str| {
            let length = body.len();
            let head = "HTTP/1.1 404 x\r\nContent-Type: application/json\r\nX-Request-Id: 7\r\n";
            read(&format!("{head}Content-Length: {length}\r\n\r\n{body}")).unwrap().unwrap()
        };
        let good = r#"{"error":{"status":404,"code":"not_found","request_id":"7"}}"#;
        assert_eq!(with(good).error_body_fault(), None);
        for bad in [
            "<html>",
            &good.replace("404", "400"),
            &good.replace("\"7\"", "\"8\""),
            &good.replace("not_found\"", "not_found\",\"trace\":\"x\""),
        ] {
            assert!(with(bad).error_body_fault().is_some(), "{bad}");
        }
    }
}
