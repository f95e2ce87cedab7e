//! A connection to the gateway: TCP, or TLS over it, with what the handshake showed.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned, SupportedProtocolVersion};

use super::trust::{Shown, Trust, Witness};

/// Time for a connection and for each piece of an answer.
pub(super) const PATIENCE: Duration = Duration::from_millis(2500);

/// An open connection.
pub(super) enum Wire {
    /// TCP alone.
    Plain(TcpStream),
    /// TLS over it.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoWire {
    /// The other side said no in the handshake.
    Alert(rustls::AlertDescription),
    /// Anything else, in words.
    Failed(String),
}

impl Wire {
    /// A TCP connection.
    pub(super) fn plain(to: SocketAddr) -> Result<Self, NoWire> {
        Ok(Self::Plain(dial(to).map_err(failed)?))
    }

    /// A TLS connection for a name. The certificate is judged, and the judgement kept in
    /// [`Shown`], but never a reason to hang up: much can be seen without trust in it. Whoever
    /// sends a secret looks at the judgement first.
    pub(super) fn tls(
        to: SocketAddr,
        name: &str,
        trust: &Trust,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<(Self, Shown), NoWire> {
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| NoWire::Failed(format!("`{name}` is no name for TLS")))?;
        let witness = Arc::new(Witness::new(trust));
        let config = trust.config(Arc::clone(&witness), versions).map_err(wrong)?;
        let session = ClientConnection::new(Arc::new(config), name).map_err(wrong)?;
        let mut stream = StreamOwned::new(session, dial(to).map_err(failed)?);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(failed)?;
        }
        Ok((Self::Tls(Box::new(stream)), witness.shown()))
    }

    /// The address that the gateway sees, unless something between changes it.
    pub(super) fn own_address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Plain(stream) => stream.local_addr(),
            Self::Tls(stream) => stream.sock.local_addr(),
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

/// A TCP connection on which nothing waits longer than [`PATIENCE`].
pub(super) fn dial(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn wrong(error: impl std::fmt::Display) -> NoWire {
    NoWire::Failed(error.to_string())
}

fn failed(error: io::Error) -> NoWire {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(alert)) => NoWire::Alert(*alert),
        Some(other) => NoWire::Failed(other.to_string()),
        None => NoWire::Failed(match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "no answer in time".to_owned(),
            _ => error.to_string(),
        }),
    }
}
