//! Who can be reached: TCP connections to many targets at once, each reported in one line.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// Longer than any connection inside one machine takes, shorter than a person waits.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Prints `TARGET VERDICT` for each `HOST:PORT`, in the order given. The verdict is `open`
/// (accepted), `refused` (a packet got there and back, nobody listens), or `closed REASON`.
pub fn all(targets: &[&str]) -> io::Result<()> {
    let verdicts: Vec<String> = thread::scope(|scope| {
        let dials: Vec<_> =
            targets.iter().map(|target| scope.spawn(move || verdict(target))).collect();
        dials
            .into_iter()
            .map(|dial| dial.join().unwrap_or_else(|_| "closed crash".into()))
            .collect()
    });
    for (target, verdict) in targets.iter().zip(verdicts) {
        println!("{target} {verdict}");
    }
    Ok(())
}

fn verdict(target: &str) -> String {
    let address = match address_of(target) {
        Ok(address) => address,
        Err(error) => return format!("closed {error}"),
    };
    match TcpStream::connect_timeout(&address, PATIENCE) {
        Ok(_) => "open".to_owned(),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => "refused".to_owned(),
        Err(error) => format!("closed {:?}", error.kind()),
    }
}

fn address_of(target: &str) -> io::Result<SocketAddr> {
    if let Ok(address) = target.parse() {
        return Ok(address);
    }
    let (host, port) = target.rsplit_once(':').ok_or(io::Error::other("no port"))?;
    let port = port.parse().map_err(|_| io::Error::other("no port"))?;
    Ok(SocketAddr::new(IpAddr::V4(resolve(host)?), port))
}

/// Asks the container's own resolver. A static program has no resolver of the C library's.
fn resolve(name: &str) -> io::Result<Ipv4Addr> {
    let conf = fs::read_to_string("/etc/resolv.conf")?;
    let server = conf
        .lines()
        .find_map(|line| line.strip_prefix("nameserver "))
        .ok_or(io::Error::other("no nameserver"))?;
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send_to(&question(name), (server.trim(), 53))?;
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).map_err(|_| io::Error::other("no answer to the name"))?;
    first_address(&answer[..length]).ok_or(io::Error::other("no such name"))
}

/// RFC 1035: a header that wants recursion, one question of type A and class IN.
fn question(name: &str) -> Vec<u8> {
    let mut packet = vec![0x70, 0x63, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        packet.push(label.len() as u8);
        packet.extend(label.bytes());
    }
    packet.extend([0, 0, 1, 0, 1]);
    packet
}

fn first_address(packet: &[u8]) -> Option<Ipv4Addr> {
    let mut at = skip_name(packet, 12)? + 4;
    for _ in 0..u16::from_be_bytes([*packet.get(6)?, *packet.get(7)?]) {
        at = skip_name(packet, at)?;
        let field = |from: usize| packet.get(at + from..at + from + 2).map(|b| [b[0], b[1]]);
        let (kind, length) = (u16::from_be_bytes(field(0)?), u16::from_be_bytes(field(8)?));
        if (kind, length) == (1, 4) {
            let octets: [u8; 4] = packet.get(at + 10..at + 14)?.try_into().ok()?;
            return Some(octets.into());
        }
        at += 10 + usize::from(length);
    }
    None
}

/// The place after a name, which ends with an empty label or with a pointer of two bytes.
fn skip_name(packet: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *packet.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}
