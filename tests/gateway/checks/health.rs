//! The gateway's own health, for the probe in its container and nobody else.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, dial_to};
use crate::gateway::facts::API;
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: the_probe_gets_its_answer, nothing_else_is_there, only_the_loopback_is_served, health_has_no_public_path];

fn ask(target: &str, host: &str) -> Reply {
    let at = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8081);
    let mut stream = dial_to(Ipv4Addr::LOCALHOST, at).expect("the health port");
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .expect("sending");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    Reply::parse(&bytes).expect("an answer")
}

fn the_probe_gets_its_answer(bench: &Bench) {
    for host in ["127.0.0.1:8081", "localhost"] {
        let reply = ask("/healthz?probe", host);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("Content-Type"), Some("application/json"));
        let body: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!(body["status"], "ok");
    }
    // Every five seconds, for ever: not in the log.
    let logged = bench.nginx().access.wait_for(Duration::from_millis(50), |line| {
        line.contains("healthz\",\"protocol\":\"HTTP/1.1\",\"status\":200")
    });
    assert_eq!(logged, None);
}

fn nothing_else_is_there(_bench: &Bench) {
    for path in ["/", "/healthz/x", "/nginx.conf", "/api/health"] {
        assert_eq!(ask(path, "localhost").status, 404, "{path}");
    }
}

fn only_the_loopback_is_served(_bench: &Bench) {
    for address in [Ipv4Addr::new(10, 65, 0, 1), Ipv4Addr::new(127, 0, 0, 2)] {
        let refused = dial_to(Ipv4Addr::UNSPECIFIED, SocketAddrV4::new(address, 8081));
        assert!(refused.is_err(), "{address} answers");
    }
}

fn health_has_no_public_path(bench: &Bench) {
    for host in bench.facts.sparing_hosts() {
        bench.client().host(host).get("/healthz").send().assert_error(404, "not_found");
    }
    let client = Client { host: API.to_owned(), ..bench.client() };
    assert_eq!(client.plain().get("/healthz").send().status, 308);
}
