//! How often, how much and how slowly somebody in the street may ask.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::engine::client::Client;
use crate::engine::journal;
use crate::engine::observation::{Observation, Presets, running};
use crate::engine::reply::Reply;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running(
        "limits::each_address_has_its_rate",
        &["RL-8", "WS-3", "MY-6"],
        Presets::Only(ALL),
        rate,
    ),
    running(
        "limits::sign_in_is_slower",
        &["AC-6"],
        Presets::Only(&["wavestack", "ai-camera"]),
        sign_in,
    ),
    running(
        "limits::a_credential_has_a_rate",
        &["WS-3"],
        Presets::Only(&["wavestack"]),
        credential,
    ),
    running("limits::bodies_have_a_size", &["RL-5", "RL-15"], Presets::Only(ALL), bodies),
    running("limits::who_dawdles_is_cut", &["RL-15"], Presets::Only(&["relay"]), patience),
];

const ALL: &[&str] = &["wavestack", "ai-camera", "relay"];

/// The host, a public path, and how many requests pass at once.
fn public(stack: &Stack) -> (&'static str, &'static str, usize) {
    match stack.preset() {
        "wavestack" => ("api.example.com", "/api/health", 21),
        "ai-camera" => ("api.example.com", "/v1/health", 41),
        _ => ("relay.example.com", "/health", 21),
    }
}

fn rate(stack: &Stack) {
    let (noisy, calm) =
        (stack.client().at([198, 51, 100, 60]), stack.client().at([198, 51, 100, 61]));
    let (host, path, at_once) = public(stack);
    let replies = burst(&noisy, host, at_once * 3, &format!("GET {path}"), "");
    assert!(replies[..at_once].iter().all(|reply| reply.status == 200), "{:?}", codes(&replies));
    assert_refused(stack, &replies[at_once..], "1");
    assert_eq!(calm.get(host, path).status, 200, "another address is not meant");
}

fn sign_in(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 62]);
    let path = if stack.preset() == "wavestack" { "/api/auth/login" } else { "/v1/auth/apple" };
    let replies = burst(&client, "api.example.com", 14, &format!("POST {path}"), "");
    assert!(replies[..6].iter().all(|reply| reply.status == 200), "{:?}", codes(&replies));
    assert_refused(stack, &replies[6..], "12");
    let (host, path, _) = public(stack);
    assert_eq!(client.get(host, path).status, 200, "the other routes are not meant");
    assert_eq!(client.at([198, 51, 100, 63]).get(host, path).status, 200);
}

/// 300 a minute and 50 at once, from however many addresses.
fn credential(stack: &Stack) {
    let token = "Authorization: Bearer good-crowd\r\n";
    let replies: Vec<Reply> = (0..8)
        .flat_map(|n| {
            let client = stack.client().at([198, 51, 100, 64 + n]);
            burst(&client, "api.example.com", 18, "GET /api/items", token)
        })
        .collect();
    let passed = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(passed >= 51, "{:?}", codes(&replies));
    assert!(passed < replies.len(), "all of {passed} passed");
}

fn bodies(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 80]);
    let (host, cases): (_, &[(&str, usize)]) = match stack.preset() {
        "wavestack" => {
            ("api.example.com", &[("/api/items", 1 << 20), ("/api/auth/login", 16 << 10)])
        }
        "ai-camera" => ("api.example.com", &[("/v1/items", 1 << 20), ("/v1/auth/apple", 16 << 10)]),
        _ => ("relay.example.com", &[("/items", 256 << 10)]),
    };
    let key;
    let credential = if stack.preset() == "relay" {
        key = super::auth::secret(stack, "relay_api_key");
        ("X-API-Key", key.as_str())
    } else {
        ("Authorization", "Bearer good-ann")
    };
    for (path, limit) in cases {
        let send = |size| client.send("POST", host, path, &[credential], &vec![b'x'; size]);
        assert_eq!(send(*limit).status, 200, "{path}: {limit} bytes");
        let refused = send(limit + 1);
        refused.assert_error(413, "payload_too_large").assert_secured();
        journal::assert_kept_out(stack, &refused);
    }
}

/// `client_header_timeout` and `client_body_timeout` are 10 s.
fn patience(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 81]);
    let host = "relay.example.com";
    for slow in [
        format!("GET /health HTTP/1.1\r\nHost: {host}\r\nX-Slow"),
        format!("POST /health HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nslow"),
    ] {
        let mut wire = client.tls(host, 443).expect("a connection");
        wire.sock.set_read_timeout(Some(Duration::from_secs(25))).expect("patience");
        let begun = Instant::now();
        wire.write_all(slow.as_bytes()).expect("to send");
        let mut rest = Vec::new();
        let end = wire.read_to_end(&mut rest);
        let seconds = begun.elapsed().as_secs();
        assert!((8..=18).contains(&seconds), "{slow:?}: ended after {seconds} s with {end:?}");
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{slow:?} was served");
    }
}

/// Most of them are refused, each with the time to come again.
fn assert_refused(stack: &Stack, replies: &[Reply], retry: &str) {
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(refused.len() * 2 > replies.len(), "{:?}", codes(replies));
    for reply in &refused {
        reply.assert_error(429, "too_many_requests").assert_secured();
        assert_eq!(reply.header("Retry-After"), Some(retry));
    }
    journal::assert_kept_out(stack, refused[0]);
}

/// One after another on one connection, as fast as they are answered.
pub fn burst(client: &Client, host: &str, count: usize, line: &str, headers: &str) -> Vec<Reply> {
    let mut wire = client.tls(host, 443).expect("a connection");
    let one = format!("{} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n{headers}\r\n", line);
    wire.write_all(one.repeat(count).as_bytes()).expect("to send");
    (0..count).map(|_| Reply::read(&mut wire, "GET").expect("an answer")).collect()
}

fn codes(replies: &[Reply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.status).collect()
}
