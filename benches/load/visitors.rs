//! Whoever comes: half a thousand people with a WebSocket each, and two hundred who ask once a second.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

use super::engine::client::Client;
use super::engine::reply::Reply;
use super::engine::stack::Stack;
use super::tally::Tally;

/// WebSockets held open.
pub const SOCKETS: usize = 500;
/// Clients that send one request a second.
const ASKING: usize = 200;
/// How often a WebSocket says something.
const SAYS: Duration = Duration::from_secs(2);
/// How long to stay away after a refusal: what Retry-After says during a gap.
const AWAY: Duration = Duration::from_secs(5);

const HOST: &str = "api.example.com";

type Wire = StreamOwned<ClientConnection, TcpStream>;

/// One request, so that the gateway has found the service.
pub fn once(client: &Client) {
    client.ask("GET", HOST, "/v1/items", &[("Authorization", "Bearer good-first")]);
}

/// Sends all of them, from as many addresses as the street has: limits count each alone.
pub fn send<'a>(scope: &'a Scope<'a, '_>, stack: &Stack, tally: &'a Tally, over: &'a AtomicBool) {
    let client = stack.client();
    for number in 0..SOCKETS {
        let visitor = client.at(address(number));
        small(scope, move || hold(&visitor, tally, over));
    }
    for number in 0..ASKING {
        let visitor = client.at(address(number));
        // Spread over the second.
        let delay = Duration::from_millis(1000 * number as u64 / ASKING as u64);
        small(scope, move || {
            thread::sleep(delay);
            ask(&visitor, tally, over);
        });
    }
}

fn small<'a>(scope: &'a Scope<'a, '_>, job: impl FnOnce() + Send + 'a) {
    thread::Builder::new().stack_size(512 << 10).spawn_scoped(scope, job).expect("a thread");
}

/// 250 addresses of each of the street's two networks.
fn address(number: usize) -> [u8; 4] {
    let last = u8::try_from(number % 250 + 1).expect("below 251");
    if number < 250 { [198, 51, 100, last] } else { [203, 0, 113, last] }
}

/// A request each second over one connection for as long as it lasts.
fn ask(client: &Client, tally: &Tally, over: &AtomicBool) {
    let mut wire = None;
    while !over.load(Ordering::SeqCst) {
        let begun = Instant::now();
        match exchange(client, &mut wire) {
            Ok(reply) => {
                if reply.header("Connection") == Some("close") {
                    wire = None;
                }
                tally.answer("request", 200, &reply);
            }
            Err(error) => {
                wire = None;
                tally.silence("request", &error);
            }
        }
        thread::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
    }
}

fn exchange(client: &Client, wire: &mut Option<Wire>) -> io::Result<Reply> {
    let wire = match wire {
        Some(wire) => wire,
        None => wire.insert(client.tls(HOST, 443)?),
    };
    let request = format!(
        "GET /v1/items HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer good-asking\r\n\r\n"
    );
    wire.write_all(request.as_bytes())?;
    Reply::read(wire, "GET")
}

/// A WebSocket that comes again whenever it is ended.
fn hold(client: &Client, tally: &Tally, over: &AtomicBool) {
    while !over.load(Ordering::SeqCst) {
        match greet(client) {
            Ok((mut wire, reply)) => {
                tally.answer("WebSocket", 101, &reply);
                if reply.status == 101 {
                    tally.opened();
                    if talk(&mut wire, tally, over).is_err() {
                        tally.ended();
                    }
                }
            }
            Err(error) => tally.silence("WebSocket", &error),
        }
        if !over.load(Ordering::SeqCst) {
            thread::sleep(AWAY);
        }
    }
}

fn greet(client: &Client) -> io::Result<(Wire, Reply)> {
    let mut wire = client.tls(HOST, 443)?;
    let request = format!(
        "GET /v1/guidance/ws HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer good-talking\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    wire.write_all(request.as_bytes())?;
    let reply = Reply::read(&mut wire, "GET")?;
    Ok((wire, reply))
}

/// Says something now and then and hears it again, until all is over.
fn talk(wire: &mut Wire, tally: &Tally, over: &AtomicBool) -> io::Result<()> {
    while !over.load(Ordering::SeqCst) {
        // RFC 6455, section 5.2: a final text frame of five bytes, masked with zeros.
        wire.write_all(b"\x81\x85\0\0\0\0hello")?;
        let mut echo = [0; 7];
        wire.read_exact(&mut echo)?;
        if echo != *b"\x81\x05hello" {
            return Err(io::Error::other("another message"));
        }
        tally.echo();
        thread::sleep(SAYS);
    }
    Ok(())
}
