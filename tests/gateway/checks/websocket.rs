//! Sockets: the same policy as everything else, and an eye on the Origin, which browsers leave to the server.

use std::io::{Read, Write};

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Request, Wire};
use crate::gateway::facts::{API, ORIGIN};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: a_socket_opens_and_echoes, a_socket_needs_its_policy, foreign_sites_get_no_socket, known_sites_get_one,
    the_validator_is_not_upgraded, a_socket_carries_the_validators_identity, only_websocket_is_an_upgrade,
    a_route_has_its_own_sites;
    Slow: a_quiet_socket_stays];

const SOCKET: &str = "/api/ws";
const FEED: &str = "/api/feed";

fn knock(client: &Client, path: &str) -> Request {
    client
        .get(path)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
}

/// The answer to a handshake, and the connection.
fn open(client: &Client, request: &Request) -> (Reply, Wire) {
    let mut wire = client.open().expect("a connection");
    wire.write_all(&request.bytes("Upgrade")).expect("sending");
    (Reply::read(&mut wire, "GET").expect("an answer"), wire)
}

fn assert_echo(wire: &mut Wire) {
    for word in ["frame one", "frame two"] {
        wire.write_all(word.as_bytes()).expect("sending");
        let mut echo = vec![0; word.len()];
        wire.read_exact(&mut echo).expect("an echo");
        assert_eq!(echo, word.as_bytes());
    }
}

fn a_socket_opens_and_echoes(bench: &Bench) {
    let client = bench.client();
    let (reply, mut wire) = open(&client, &knock(&client, SOCKET).token("good-ann"));
    assert_eq!(reply.status, 101, "{reply:?}");
    assert_echo(&mut wire);
}

fn a_socket_needs_its_policy(bench: &Bench) {
    let reply = knock(&bench.client(), SOCKET).send();
    reply.assert_error(401, "unauthorized").assert_secured();
    assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
    for (token, status, code) in [("dead", 503, "unavailable"), ("failing", 500, "internal_error")]
    {
        let reply = knock(&bench.client(), SOCKET).token(token).send();
        reply.assert_error(status, code).assert_secured();
        assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
    }
}

fn foreign_sites_get_no_socket(bench: &Bench) {
    let own = format!("https://{API}{}", bench.facts.https_suffix);
    for origin in [
        "https://evil.example",
        "null",
        "http://app.example.com",
        "https://app.example.com.evil.example",
        "https://auth.example.com",
        &*format!("{own}.evil.example"),
        &*format!("{own}0"),
        &*own.replace("https", "http"),
        "https://api.example.com:1",
    ] {
        let reply =
            knock(&bench.client(), SOCKET).token("good-ann").header("Origin", origin).send();
        reply.assert_error(403, "forbidden").assert_secured();
        assert!(bench.seen(&reply).is_empty(), "{origin}: nobody has to be asked");
    }
}

fn known_sites_get_one(bench: &Bench) {
    for origin in [ORIGIN, &*format!("https://{API}{}", bench.facts.https_suffix)] {
        let client = bench.client();
        let (reply, mut wire) =
            open(&client, &knock(&client, SOCKET).token("good-ann").header("Origin", origin));
        assert_eq!(reply.status, 101, "{origin}");
        assert_echo(&mut wire);
    }
}

fn a_route_has_its_own_sites(bench: &Bench) {
    for (origin, status) in
        [("https://feed.example.com", 101), (ORIGIN, 403), ("https://evil.example", 403)]
    {
        let client = bench.client();
        assert_eq!(
            open(&client, &knock(&client, FEED).header("Origin", origin)).0.status,
            status,
            "{origin}"
        );
    }
}

fn the_validator_is_not_upgraded(bench: &Bench) {
    let client = bench.client();
    let (reply, _wire) = open(&client, &knock(&client, SOCKET).token("good-ann"));
    let seen = bench.stubs.seen(|request| {
        request.by_validator() && request.all("X-Real-IP") == [client.from.to_string()]
    });
    assert_eq!((reply.status, seen.len()), (101, 1));
    assert_eq!((seen[0].header("Upgrade"), seen[0].header("Connection")), (None, None));
}

fn a_socket_carries_the_validators_identity(bench: &Bench) {
    let client = bench.client();
    let mut request = knock(&client, SOCKET).token("good-ann");
    for name in [
        "X-User-Id",
        "X-Scopes",
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "X-Original-URI",
        "X-Original-Method",
        "X-Partner",
        "X-Api-Client",
    ] {
        request = request.header(name, "evil");
    }
    let (reply, _wire) = open(&client, &request);
    assert_eq!(reply.status, 101);
    let seen = bench
        .stubs
        .seen(|seen| seen.target == SOCKET && seen.all("X-Real-IP") == [client.from.to_string()]);
    assert_eq!(seen[0].header("X-User-Id"), Some("ann"));
    assert_eq!(seen[0].header("Upgrade"), Some("websocket"));
    let evil: Vec<_> = seen[0].headers.iter().filter(|(_, value)| value == "evil").collect();
    assert!(evil.is_empty(), "{evil:?}");
}

fn only_websocket_is_an_upgrade(bench: &Bench) {
    for upgrade in ["h2c", "websocket, h2c", "TLS/1.0"] {
        let request = bench
            .client()
            .get(SOCKET)
            .token("good-ann")
            .header("Connection", "Upgrade")
            .header("Upgrade", upgrade);
        let reply = request.send();
        let seen = bench.service_saw(reply.assert_passed());
        assert_eq!((seen.header("Upgrade"), seen.header("Connection")), (None, None), "{upgrade}");
    }
    // The route serves plain requests too, from any site: CORS keeps the answers from foreign ones.
    bench
        .client()
        .get(SOCKET)
        .token("good-ann")
        .header("Origin", "https://evil.example")
        .send()
        .assert_passed();
}

fn a_quiet_socket_stays(bench: &Bench) {
    let client = bench.client();
    let (reply, mut wire) = open(&client, &knock(&client, SOCKET).token("good-ann"));
    assert_eq!(reply.status, 101);
    std::thread::sleep(std::time::Duration::from_secs(14));
    assert_echo(&mut wire);
}
