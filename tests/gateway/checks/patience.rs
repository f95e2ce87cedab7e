//! How long a client may keep the gateway waiting, and the gateway a service.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use crate::gateway::bench::Bench;
use crate::gateway::facts::{API, FILES, PROTECTED, PUBLIC};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Slow: a_slow_header_is_cut, a_slow_body_is_cut, a_slow_reader_is_cut, an_idle_connection_is_closed,
    a_service_that_does_not_read_504, a_service_may_take_its_time];

/// The seconds until the gateway ends the connection, and how.
fn end_of(wire: &mut impl Read, begun: Instant) -> (u64, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let kind = wire.read_to_end(&mut bytes).err().map(|error| error.kind());
    assert!(bytes.is_empty(), "{:?}", String::from_utf8_lossy(&bytes));
    (begun.elapsed().as_secs(), kind)
}

fn a_slow_header_is_cut(bench: &Bench) {
    let begun = Instant::now();
    let mut wire = bench.client().open().expect("a connection");
    wire.patience(Duration::from_secs(15));
    write!(wire, "GET {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nX-Slow").expect("sending");
    let (seconds, how) = end_of(&mut wire, begun);
    assert!((9..=12).contains(&seconds), "{seconds} s");
    // A reset frees the socket at once; an orderly close would wait for the client once more.
    assert_eq!(how, Some(ErrorKind::ConnectionReset));
}

fn a_slow_body_is_cut(bench: &Bench) {
    let begun = Instant::now();
    let mut wire = bench.client().open().expect("a connection");
    wire.patience(Duration::from_secs(15));
    write!(wire, "POST {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nContent-Length: 100\r\n\r\nslow")
        .expect("sending");
    let (seconds, _) = end_of(&mut wire, begun);
    assert!((9..=12).contains(&seconds), "{seconds} s");
}

fn a_slow_reader_is_cut(bench: &Bench) {
    let client = bench.client();
    let marker = bench.marker();
    let path = format!("{FILES}large.bin");
    let mut wire = client.open().expect("a connection");
    wire.write_all(&client.get(&path).header("User-Agent", &marker).bytes("close"))
        .expect("sending");
    let begun = Instant::now();
    let line =
        bench.nginx().access.wait_for(Duration::from_secs(15), |line| line.contains(&marker));
    assert!(line.is_some(), "still being served after 15 s");
    assert!((9..=12).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

fn an_idle_connection_is_closed(bench: &Bench) {
    let client = bench.client();
    let mut wire = client.open().expect("a connection");
    wire.write_all(&client.get(PUBLIC).bytes("keep-alive")).expect("sending");
    Reply::read(&mut wire, "GET").expect("an answer").assert_passed();
    wire.patience(Duration::from_secs(36));
    let (seconds, _) = end_of(&mut wire, Instant::now());
    assert!((29..=33).contains(&seconds), "{seconds} s");
}

fn a_service_that_does_not_read_504(bench: &Bench) {
    let client = bench.client();
    let begun = Instant::now();
    let mut wire = client.open().expect("a connection");
    wire.patience(Duration::from_secs(25));
    let request = client.post(PROTECTED, vec![b'x'; 1 << 20]).token("good-ann").stub("deaf");
    wire.write_all(&request.bytes("close")).expect("sending");
    let reply = Reply::read(&mut wire, "POST").expect("an answer");
    reply.assert_error(504, "gateway_timeout").assert_secured();
    let seconds = begun.elapsed().as_secs();
    assert!((9..=13).contains(&seconds), "{seconds} s");
}

fn a_service_may_take_its_time(bench: &Bench) {
    let client = bench.client();
    let mut wire = client.open().expect("a connection");
    wire.patience(Duration::from_secs(20));
    wire.write_all(&client.get(PROTECTED).token("good-ann").stub("delay=12000").bytes("close"))
        .expect("sending");
    Reply::read(&mut wire, "GET").expect("an answer").assert_passed();
}
