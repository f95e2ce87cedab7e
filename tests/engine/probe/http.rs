//! The applications: whatever is asked, the answer shows what arrived.
//!
//! A path that ends in `/validate` or `/session` is the validator. `/status/NNN` answers with
//! that status. `/oauth2/` is a stand-in of oauth2-proxy. `/health/ready` says UP, as Keycloak does. An Upgrade request becomes a WebSocket
//! that echoes. Everything else is 200 with method, path, headers and the body's size as JSON, and with the
//! text of the file that PROBE_SAYS names.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, fs, thread};

use crate::socket;

/// Answers on these ports until the process ends.
pub fn serve(ports: &[u16]) -> io::Result<()> {
    let listeners: Vec<TcpListener> =
        ports.iter().map(|port| TcpListener::bind(("0.0.0.0", *port))).collect::<Result<_, _>>()?;
    thread::scope(|scope| {
        for listener in &listeners {
            scope.spawn(|| {
                for stream in listener.incoming().flatten() {
                    thread::spawn(move || converse(&stream));
                }
            });
        }
    });
    Ok(())
}

/// A request as it arrived.
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub size: u64,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

fn converse(stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        if request.header("Upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket")) {
            return socket::echo(&request, &mut reader, stream);
        }
        let (status, headers, body) = answer(&request);
        let mut head = format!("HTTP/1.1 {status} As asked\r\n");
        for header in headers {
            head += &format!("{header}\r\n");
        }
        head +=
            &format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all(head.as_bytes()).ok()?;
        if request.method != "HEAD" {
            stream.write_all(body.as_bytes()).ok()?;
        }
        if request.header("Connection").is_some_and(|word| word.eq_ignore_ascii_case("close")) {
            return None;
        }
    }
}

fn read(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut request = Request { method, path, headers: Vec::new(), size: 0 };
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    request.size = if request.header("Transfer-Encoding").is_some() {
        drain_chunks(reader)?
    } else {
        let length = request.header("Content-Length").map_or(Some(0), |text| text.parse().ok())?;
        drain(reader, length)?
    };
    Some(request)
}

fn drain(reader: &mut impl Read, length: u64) -> Option<u64> {
    let taken = io::copy(&mut reader.take(length), &mut io::sink()).ok()?;
    (taken == length).then_some(taken)
}

fn drain_chunks(reader: &mut BufReader<&TcpStream>) -> Option<u64> {
    let mut total = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = u64::from_str_radix(line.trim(), 16).ok()?;
        drain(reader, size + 2)?;
        total += size;
        if size == 0 {
            return Some(total);
        }
    }
}

type Answer = (u16, Vec<String>, String);

fn answer(request: &Request) -> Answer {
    let path = request.path.split('?').next().unwrap_or_default();
    if path.ends_with("/validate") || path.ends_with("/session") {
        return judge(request);
    }
    if let Some(step) = path.strip_prefix("/oauth2/") {
        return sign_in(request, step);
    }
    if let Some(status) = path.rsplit_once("/status/").and_then(|(_, code)| code.parse().ok()) {
        let body = "{\"detail\":\"Traceback (most recent call last): /app/inner.py\"}";
        return (status, Vec::new(), body.to_owned());
    }
    if path.ends_with("/health/ready") {
        return (200, Vec::new(), "{\"status\":\"UP\"}".to_owned());
    }
    (200, Vec::new(), mirror(request))
}

/// The credential itself says what it is worth: `good-NAME`, `forbidden`, `failing`, `broken`; all else is 401.
fn judge(request: &Request) -> Answer {
    let bearer = request.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
    let cookie = request.header("Cookie").and_then(|value| value.strip_prefix("session="));
    let credential = bearer.or(cookie).unwrap_or_default();
    match credential.split_once('-').unwrap_or((credential, "")) {
        ("good", who) if request.size == 0 => {
            let headers = vec![format!("X-User-Id: {who}"), "X-Scopes: read write".to_owned()];
            (204, headers, String::new())
        }
        ("forbidden", _) => (403, Vec::new(), String::new()),
        ("failing", _) => (500, Vec::new(), String::new()),
        ("broken", _) => (503, Vec::new(), String::new()),
        _ => (401, vec!["WWW-Authenticate: Bearer".to_owned()], String::new()),
    }
}

/// What oauth2-proxy says to a gateway, without any provider: the session `__Host-gateway=good-NAME` is
/// somebody's, every other is nobody's, and so is that of a person who may not (`forbidden`).
fn sign_in(request: &Request, step: &str) -> Answer {
    let session = request.header("Cookie").and_then(|value| value.strip_prefix("__Host-gateway="));
    match (step, session.and_then(|session| session.strip_prefix("good-"))) {
        ("auth", Some(who)) => {
            let identity = [("User", who), ("Email", &format!("{who}@example.com")), ("Groups", "staff")];
            let lines = identity.map(|(name, value)| format!("X-Auth-Request-{name}: {value}"));
            (202, lines.to_vec(), String::new())
        }
        ("auth", None) => (401, Vec::new(), "Unauthorized".to_owned()),
        ("start", _) => {
            let back = request.header("X-Auth-Request-Redirect").unwrap_or("/");
            let host = request.header("X-Forwarded-Host").unwrap_or_default();
            let to = format!("https://sso.example.com/authorize?redirect_uri=https://{host}/oauth2/callback&state={back}");
            let csrf = "Set-Cookie: __Host-gateway_csrf=1; Path=/; Secure; HttpOnly; SameSite=Lax";
            (302, vec![format!("Location: {to}"), csrf.to_owned()], String::new())
        }
        ("callback", _) if request.path.contains("code=intern") => (403, Vec::new(), String::new()),
        ("callback", _) => {
            let session = "Set-Cookie: __Host-gateway=good-ann; Path=/; Secure; HttpOnly; SameSite=Lax";
            (302, vec!["Location: /".to_owned(), session.to_owned()], String::new())
        }
        ("sign_out", _) => {
            let session = "Set-Cookie: __Host-gateway=; Path=/; Max-Age=0; Secure; HttpOnly";
            (302, vec!["Location: /".to_owned(), session.to_owned()], String::new())
        }
        _ => (404, Vec::new(), String::new()),
    }
}

fn mirror(request: &Request) -> String {
    let pairs =
        request.headers.iter().map(|(name, value)| format!("[{},{}]", quoted(name), quoted(value)));
    let says = env::var("PROBE_SAYS").ok().and_then(|path| fs::read_to_string(path).ok());
    let says = says.map(|text| format!(",\"says\":{}", quoted(&text))).unwrap_or_default();
    format!(
        "{{\"method\":{},\"path\":{},\"headers\":[{}],\"size\":{}{says}}}\n",
        quoted(&request.method),
        quoted(&request.path),
        pairs.collect::<Vec<_>>().join(","),
        request.size
    )
}

fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => json += &format!("\\u{:04x}", control as u32),
            other => json.push(other),
        }
    }
    json + "\""
}
