//! A client with an address of its own, so that limits count it alone.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use rustls::pki_types::{IpAddr, ServerName};
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::reply::Reply;

/// How long a check waits for bytes unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(8);

/// Somebody out on the internet.
#[derive(Clone)]
pub struct Client {
    /// Where the connections come from.
    pub from: Ipv4Addr,
    /// The name in the `Host` header and, over TLS, in the handshake.
    pub host: String,
    /// TLS on 8443, or plain HTTP on 8080 without it.
    pub tls: Option<Arc<ClientConfig>>,
}

impl Client {
    /// The same client asking for another host.
    pub fn host(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// The same client over plain HTTP.
    pub fn plain(&self) -> Self {
        Self { tls: None, ..self.clone() }
    }

    /// The same client with other TLS settings.
    pub fn with(&self, config: ClientConfig) -> Self {
        Self { tls: Some(Arc::new(config)), ..self.clone() }
    }

    /// A request to be completed and sent.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request {
            client: self.clone(),
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// `GET target`.
    pub fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    /// `POST target` with a body.
    pub fn post(&self, target: &str, body: impl Into<Vec<u8>>) -> Request {
        self.request("POST", target).body(body)
    }

    /// What [`Request::token`] sends.
    pub fn token(&self, token: &str) -> String {
        format!("Bearer {token}.{}", self.from)
    }

    /// A connection, with the handshake done.
    pub fn open(&self) -> io::Result<Wire> {
        let Some(config) = &self.tls else { return Ok(Wire::Plain(dial(self.from, 8080)?)) };
        let name = ServerName::try_from(self.host.clone())
            .unwrap_or_else(|_| ServerName::IpAddress(IpAddr::from(Ipv4Addr::LOCALHOST)));
        let session = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, dial(self.from, 8443)?);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Wire::Tls(Box::new(stream)))
    }

    /// Sends bytes as they are on a new connection and returns all that comes back until it closes.
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let mut wire = self.open().expect("a connection");
        wire.write_all(bytes.as_ref()).expect("sending");
        wire.rest().0
    }

    /// Like [`Client::raw`], read as one answer.
    pub fn raw_reply(&self, bytes: impl AsRef<[u8]>) -> Reply {
        let answer = self.raw(bytes.as_ref());
        Reply::parse(&answer)
            .unwrap_or_else(|| panic!("no answer but {:?}", String::from_utf8_lossy(&answer)))
    }

    /// The statuses of `count` equal requests, one after the other on one connection.
    pub fn burst(&self, count: usize, request: &Request) -> Vec<Reply> {
        let mut wire = self.open().expect("a connection");
        (0..count)
            .map(|_| {
                wire.write_all(&request.bytes("keep-alive")).expect("sending");
                Reply::read(&mut wire, &request.method).expect("an answer")
            })
            .collect()
    }
}

/// A TCP connection from a chosen loopback address.
pub fn dial(from: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
    dial_to(from, SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

/// The same to any address.
pub fn dial_to(from: Ipv4Addr, to: SocketAddrV4) -> io::Result<TcpStream> {
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    bind(&socket, &SocketAddrV4::new(from, 0))?;
    connect(&socket, &to)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// A request in the making.
#[derive(Clone)]
pub struct Request {
    client: Client,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// One more header line.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// `Authorization: Bearer TOKEN`, made this client's own, as credentials are counted too.
    pub fn token(self, token: &str) -> Self {
        let own = self.client.token(token);
        self.header("Authorization", &own)
    }

    /// Orders for the service behind.
    pub fn stub(self, orders: &str) -> Self {
        self.header("X-Stub", orders)
    }

    /// A body with its length.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it on a connection of its own.
    pub fn send(&self) -> Reply {
        let mut wire = self.client.open().expect("a connection");
        // A refused upload is answered before all of it is read; what was answered is what counts.
        wire.write_all(&self.bytes("close")).ok();
        Reply::read(&mut wire, &self.method)
            .unwrap_or_else(|e| panic!("no answer to {} {}: {e}", self.method, self.target))
    }

    /// The answer, if there is one.
    pub fn try_send(&self) -> Option<Reply> {
        let mut wire = self.client.open().ok()?;
        wire.write_all(&self.bytes("close")).ok()?;
        Reply::read(&mut wire, &self.method).ok()
    }

    /// The request as it goes over the wire.
    pub fn bytes(&self, connection: &str) -> Vec<u8> {
        let Self { client, method, target, headers, body } = self;
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", client.host);
        if !headers.iter().any(|(name, _)| name == "Connection") {
            text.push_str(&format!("Connection: {connection}\r\n"));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = body {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend(body.iter().flatten());
        bytes
    }
}

/// An open connection.
pub enum Wire {
    /// TCP alone.
    Plain(TcpStream),
    /// TLS over it.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    /// All bytes until the connection closes, and how it closed.
    pub fn rest(&mut self) -> (Vec<u8>, io::Result<()>) {
        let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
        loop {
            match self.read(&mut chunk) {
                Ok(0) => return (bytes, Ok(())),
                Ok(length) => bytes.extend(&chunk[..length]),
                // TLS without close_notify: closed all the same.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return (bytes, Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return (bytes, Err(error));
                }
                Err(error) => {
                    panic!("still open: {error}, after {:?}", String::from_utf8_lossy(&bytes))
                }
            }
        }
    }

    /// How long to wait for bytes.
    pub fn patience(&self, patience: Duration) {
        self.tcp().set_read_timeout(Some(patience)).expect("a time limit");
    }

    /// The connection below.
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
