//! A service behind the gateway: notes what it gets and does what the request's `X-Stub` header tells it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::super::facts::VALIDATORS;
use super::sign_in;

/// Services repeat the header lines of a request in their answers, as long as this is set.
pub static ECHOES: AtomicBool = AtomicBool::new(false);

/// A request as a service got it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The service's name.
    pub service: String,
    /// How many requests came over this connection before.
    pub earlier: usize,
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// All header lines in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Seen {
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
            _ => panic!("{} got several {name}: {:?}", self.service, self.headers),
        }
    }

    /// Whether this is a validator's sub-request.
    pub fn by_validator(&self) -> bool {
        VALIDATORS.contains(&self.path())
    }

    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// A running service; its port and its connections close when this is dropped.
pub struct Service {
    listener: Arc<TcpListener>,
    connections: Arc<Mutex<Vec<Arc<TcpStream>>>>,
}

impl Service {
    /// Serves what comes to `listener`.
    pub fn start(name: &str, listener: TcpListener, seen: Arc<Mutex<Vec<Seen>>>) -> Self {
        let listener = Arc::new(listener);
        let connections = Arc::<Mutex<Vec<Arc<TcpStream>>>>::default();
        let (name, door, held) = (name.to_owned(), Arc::clone(&listener), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in door.incoming().map_while(Result::ok) {
                stream.set_nodelay(true).ok();
                let stream = Arc::new(stream);
                held.lock().expect("connections").push(Arc::clone(&stream));
                let (name, seen, held) = (name.clone(), Arc::clone(&seen), Arc::clone(&held));
                thread::spawn(move || {
                    serve(&name, &stream, &seen);
                    stream.shutdown(Shutdown::Both).ok();
                    held.lock().expect("connections").retain(|other| !Arc::ptr_eq(other, &stream));
                });
            }
        });
        Self { listener, connections }
    }

    /// Connections open now.
    pub fn open_connections(&self) -> usize {
        self.connections.lock().expect("connections").len()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Wakes the thread that accepts; with it the port is free.
        rustix::net::shutdown(&*self.listener, rustix::net::Shutdown::Both).ok();
        for connection in self.connections.lock().expect("connections").drain(..) {
            connection.shutdown(Shutdown::Both).ok();
        }
    }
}

/// Requests of one connection, until the peer closes or an answer says so.
fn serve(service: &str, stream: &TcpStream, seen: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream);
    let mut earlier = 0;
    while let Some(request) = read_head(service, earlier, &mut reader) {
        let orders = Orders::of(&request);
        if orders.deaf {
            // Takes the head and not one byte of the body: for time limits on sending.
            thread::sleep(Duration::from_secs(30));
            return;
        }
        let Some(request) = read_body(request, &mut reader) else { return };
        seen.lock().expect("seen").push(request.clone());
        thread::sleep(orders.delay);
        if orders.hang_up || answer(&request, &orders, &mut reader, stream).is_none() {
            return;
        }
        earlier += 1;
    }
}

/// What `X-Stub` asks for: words separated by `;`, each `KEY=VALUE` or a flag.
struct Orders {
    status: u16,
    headers: Vec<String>,
    delay: Duration,
    size: usize,
    hang_up: bool,
    deaf: bool,
}

impl Orders {
    fn of(request: &Seen) -> Self {
        let mut orders = Self {
            status: 200,
            headers: Vec::new(),
            delay: Duration::ZERO,
            size: 0,
            hang_up: false,
            deaf: false,
        };
        if let Some((status, headers)) = sign_in::answer(request) {
            return Self { status, headers, ..orders };
        }
        if request.by_validator() {
            orders.judge(&credential(request));
            return orders;
        }
        for word in request.header("X-Stub").unwrap_or_default().split(';').map(str::trim) {
            match word.split_once('=') {
                Some(("status", status)) => orders.status = status.parse().expect("a status"),
                Some(("header", header)) => orders.headers.push(header.replace('~', ":")),
                Some(("delay", ms)) => {
                    orders.delay = Duration::from_millis(ms.parse().expect("milliseconds"))
                }
                Some(("size", bytes)) => orders.size = bytes.parse().expect("bytes"),
                _ => orders.hang_up |= word == "hang-up",
            }
            orders.deaf |= word == "deaf";
        }
        orders
    }

    /// The validator's verdict: the credential itself says what it is worth, up to its first dot.
    fn judge(&mut self, credential: &str) {
        self.status = 204;
        let credential = credential.split('.').next().unwrap_or_default();
        match credential.split_once('-').map_or((credential, ""), |(kind, who)| (kind, who)) {
            ("good", who) => {
                self.headers = vec![format!("X-User-Id: {who}"), "X-Scopes: read write".to_owned()];
                self.headers
                    .extend(["User", "Email"].map(|name| format!("X-Auth-Request-{name}: {who}")));
            }
            ("silent", _) => {}
            ("forbidden", _) => self.status = 403,
            ("broken", _) => self.status = 503,
            ("overrun", _) => self.status = 502,
            ("late", _) => self.status = 504,
            ("failing", _) => self.status = 500,
            ("absent", _) => self.status = 404,
            ("busy", _) => self.status = 429,
            ("odd", _) => self.status = 505,
            ("dead", _) => self.hang_up = true,
            ("moved", _) => {
                self.status = 302;
                self.headers = vec!["Location: https://evil.example/".to_owned()];
            }
            ("slow", who) => {
                self.judge(&format!("good-{who}"));
                self.delay = Duration::from_secs(5);
            }
            _ => {
                self.status = 401;
                self.headers = vec!["WWW-Authenticate: Bearer realm=\"stub\"".to_owned()];
            }
        }
    }
}

/// What stands in `Authorization: Bearer ...` or in the cookie `session`.
fn credential(request: &Seen) -> String {
    let bearer = request.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
    let cookie = request.header("Cookie").and_then(|value| value.strip_prefix("session="));
    bearer.or(cookie).unwrap_or_default().to_owned()
}

fn answer(
    request: &Seen,
    orders: &Orders,
    reader: &mut BufReader<&TcpStream>,
    mut stream: &TcpStream,
) -> Option<()> {
    if request.header("Upgrade") == Some("websocket") {
        write!(
            stream,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        )
        .ok()?;
        let mut frame = [0; 1024];
        loop {
            let length = reader.read(&mut frame).ok().filter(|length| *length > 0)?;
            stream.write_all(&frame[..length]).ok()?;
        }
    }
    // A body that must not get out wherever the gateway answers in the service's place.
    let body = match (orders.status, orders.size) {
        (204, _) => Vec::new(),
        (200, 0) if ECHOES.load(Ordering::Relaxed) => format!("{:?}", request.headers).into_bytes(),
        (_, 0) => {
            format!("{} says Traceback (most recent call last): {}", request.service, orders.status)
                .into_bytes()
        }
        (_, size) => vec![b'x'; size],
    };
    let extra: String = orders.headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = if orders.status == 204 {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let mut reply = format!("HTTP/1.1 {} Stub\r\n{length}{extra}\r\n", orders.status).into_bytes();
    if request.method != "HEAD" {
        reply.extend(body);
    }
    stream.write_all(&reply).ok()
}

fn read_head(service: &str, earlier: usize, reader: &mut impl BufRead) -> Option<Seen> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let text = line(reader)?;
        if text.is_empty() {
            return Some(Seen {
                service: service.to_owned(),
                earlier,
                method,
                target,
                headers,
                body: Vec::new(),
            });
        }
        let (name, value) = text.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_body(mut request: Seen, reader: &mut impl BufRead) -> Option<Seen> {
    if let Some(length) = request.header("Content-Length").map(str::to_owned) {
        request.body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut request.body).ok()?;
    } else if request.header("Transfer-Encoding").is_some() {
        loop {
            let size = usize::from_str_radix(&line(reader)?, 16).ok()?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
            request.body.extend(&chunk[..size]);
        }
    }
    Some(request)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}
