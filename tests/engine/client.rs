//! Somebody in the street, asking through the published ports.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::reply::Reply;
use super::town::{MACHINE, Town};

/// How long to wait for bytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// One client with an address of its own; limits count it alone.
#[derive(Clone)]
pub struct Client {
    town: Arc<Town>,
    trust: Arc<ClientConfig>,
    /// Where its connections come from: any address of 198.51.100.0/24 or 203.0.113.0/24.
    pub from: Ipv4Addr,
}

impl Client {
    /// A client who trusts the authority of this file, at 198.51.100.10.
    pub fn new(town: Arc<Town>, authority: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        let certificates = CertificateDer::pem_file_iter(authority).expect("the authority");
        roots.add_parsable_certificates(certificates.map(|one| one.expect("a certificate")));
        let trust = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { town, trust: Arc::new(trust), from: Ipv4Addr::new(198, 51, 100, 10) }
    }

    /// The same client at another address.
    pub fn at(&self, from: [u8; 4]) -> Self {
        Self { from: from.into(), ..self.clone() }
    }

    /// One request over TLS to a host of the stack, and its answer.
    pub fn ask(&self, method: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut wire = self.tls(host, 443).unwrap_or_else(|e| panic!("{host}: {e}"));
        wire.write_all(head(method, host, path, headers).as_bytes()).expect("to send");
        Reply::read(&mut wire, method).unwrap_or_else(|e| panic!("{method} {host}{path}: {e}"))
    }

    /// The same with a body, of which a refusal may leave the rest unsent.
    pub fn send(
        &self,
        method: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", length.as_str())]].concat();
        let mut wire = self.tls(host, 443).unwrap_or_else(|e| panic!("{host}: {e}"));
        wire.write_all(head(method, host, path, &headers).as_bytes()).expect("to send");
        wire.write_all(body).ok();
        Reply::read(&mut wire, method).unwrap_or_else(|e| panic!("{method} {host}{path}: {e}"))
    }

    /// Any bytes over TLS to a host of the stack, and all that comes back before the end.
    pub fn raw(&self, host: &str, bytes: &str) -> Vec<u8> {
        let mut wire = self.tls(host, 443).unwrap_or_else(|e| panic!("{host}: {e}"));
        wire.write_all(bytes.as_bytes()).expect("to send");
        let mut answer = Vec::new();
        wire.read_to_end(&mut answer).ok();
        answer
    }

    /// `GET` over TLS.
    pub fn get(&self, host: &str, path: &str) -> Reply {
        self.ask("GET", host, path, &[])
    }

    /// One request without TLS.
    pub fn plain(&self, host: &str, path: &str) -> Reply {
        let mut wire = self.tcp(SocketAddr::new(MACHINE, 80)).expect("port 80");
        wire.write_all(head("GET", host, path, &[]).as_bytes()).expect("to send");
        Reply::read(&mut wire, "GET").expect("an answer")
    }

    /// The certificate that a handshake shows, which is checked against the stack's authority.
    pub fn certificate(&self, host: &str) -> io::Result<Vec<u8>> {
        let session = self.tls(host, 443)?;
        let shown = session.conn.peer_certificates().and_then(|chain| chain.first());
        shown.map(|leaf| leaf.to_vec()).ok_or_else(|| io::Error::other("no certificate"))
    }

    /// A TLS connection with the handshake done.
    pub fn tls(
        &self,
        host: &str,
        port: u16,
    ) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let tcp = self.tcp(SocketAddr::new(MACHINE, port))?;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let session =
            ClientConnection::new(Arc::clone(&self.trust), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, tcp);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }

    /// A TCP connection to the machine from the client's address.
    pub fn tcp(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let stream = self.town.in_street(|| -> io::Result<TcpStream> {
            let IpAddr::V4(address) = to.ip() else {
                return TcpStream::connect_timeout(&to, PATIENCE);
            };
            let flags = SocketFlags::CLOEXEC;
            let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
            bind(&socket, &SocketAddrV4::new(self.from, 0))?;
            connect(&socket, &SocketAddrV4::new(address, to.port()))?;
            Ok(TcpStream::from(socket))
        })?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }
}

fn head(method: &str, host: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text + "\r\n"
}
