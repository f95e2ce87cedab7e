//! Names: the known ones are served, every other one gets silence.

use std::io::Read;

use rustls::{AlertDescription, Error};

use crate::gateway::bench::Bench;
use crate::gateway::client::Client;
use crate::gateway::facts::{API, AUTH, PUBLIC};
use crate::gateway::suite::checks;

checks![Quick: an_unknown_name_is_refused_in_the_handshake, no_name_is_refused_in_the_handshake,
    an_unknown_host_gets_no_byte, no_host_gets_no_byte, another_name_than_the_connections_421, http_redirects_known_hosts,
    http_drops_unknown_hosts, http_drops_garbage, http_on_the_tls_port_400, names_have_no_case,
    proof_of_control_is_served];

fn an_unknown_name_is_refused_in_the_handshake(bench: &Bench) {
    for name in [
        "other.example.com",
        "example.com",
        "xapi.example.com",
        "api.example.com.evil.example",
        "localhost",
    ] {
        assert_eq!(
            refusal(&bench.client().host(name)),
            AlertDescription::UnrecognisedName,
            "{name}"
        );
    }
}

fn no_name_is_refused_in_the_handshake(bench: &Bench) {
    // An address in place of a name: the client sends no server_name extension.
    assert_eq!(refusal(&bench.client().host("not a name")), AlertDescription::UnrecognisedName);
}

fn refusal(client: &Client) -> AlertDescription {
    let error = client.open().err().expect("a refusal");
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(alert)) => *alert,
        other => panic!("no alert: {other:?}"),
    }
}

fn an_unknown_host_gets_no_byte(bench: &Bench) {
    let marker = bench.marker();
    for host in ["other.example.com", "127.0.0.1", "localhost", "10.65.2.10", "core-app"] {
        for path in ["/", PUBLIC, "/.well-known/acme-challenge/proof"] {
            let request = format!("GET {path}?{marker} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            assert_eq!(bench.client().raw(request), b"", "{host}{path}");
        }
    }
    assert!(!bench.stubs.mentions(&marker));
}

/// Without a Host the request falls to the default server, whatever name the handshake said.
fn no_host_gets_no_byte(bench: &Bench) {
    for request in ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"] {
        for client in [bench.client(), bench.client().plain()] {
            assert_eq!(client.raw(request), b"", "{request}");
        }
    }
    assert_eq!(bench.client().plain().raw("GET / HTTP/1.1\r\nHost:\r\n\r\n"), b"");
    // Over TLS an empty Host is an error of the server that the handshake named.
    bench.client().raw_reply("GET / HTTP/1.1\r\nHost:\r\n\r\n").assert_error(400, "bad_request");
}

fn another_name_than_the_connections_421(bench: &Bench) {
    for (sni, host) in [(API, AUTH), (AUTH, API)] {
        let request = format!("GET {PUBLIC} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let reply = bench.client().host(sni).raw_reply(request);
        reply.assert_error(421, "misdirected_request").assert_secured();
        assert!(bench.seen(&reply).is_empty());
    }
}

fn http_redirects_known_hosts(bench: &Bench) {
    let suffix = bench.facts.https_suffix;
    for host in bench.facts.hosts {
        let client = bench.client().host(host).plain();
        for target in ["/", "/api/items?a=b&c=%20d", "/realms/x"] {
            for method in ["GET", "POST"] {
                let reply = client.request(method, target).token("good-ann").send();
                assert_eq!(reply.status, 308, "{host}{target}");
                assert_eq!(
                    reply.header("Location"),
                    Some(&*format!("https://{host}{suffix}{target}"))
                );
            }
        }
    }
    // The client's idea of the port does not matter.
    let reply = bench.client().host(&format!("{API}:8080")).plain().get("/x").send();
    assert_eq!(reply.header("Location"), Some(&*format!("https://{API}{suffix}/x")));
}

fn http_drops_unknown_hosts(bench: &Bench) {
    for host in ["other.example.com", "127.0.0.1", "localhost", "xapi.example.com"] {
        for path in ["/", "/.well-known/acme-challenge/proof"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            assert_eq!(bench.client().plain().raw(request), b"", "{host}{path}");
        }
    }
}

fn http_drops_garbage(bench: &Bench) {
    for garbage in
        ["\x16\x03\x01 is no HTTP\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "NONSENSE\r\n\r\n"]
    {
        let mut bytes = Vec::new();
        let mut wire = bench.client().plain().open().expect("a connection");
        std::io::Write::write_all(&mut wire, garbage.as_bytes()).expect("sending");
        wire.read_to_end(&mut bytes).ok();
        assert_eq!(bytes, b"", "{garbage:?}");
    }
}

fn http_on_the_tls_port_400(bench: &Bench) {
    let from = bench.client().from;
    let ask = |host: &str| {
        let mut stream = crate::gateway::client::dial(from, 8443).expect("a connection");
        let request = format!("GET {PUBLIC} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).expect("sending");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok();
        bytes
    };
    let answer = ask(API);
    let reply = crate::gateway::reply::Reply::parse(&answer).expect("an answer");
    reply.assert_error(400, "bad_request");
    assert_eq!(ask("other.example.com"), b"");
}

fn names_have_no_case(bench: &Bench) {
    // RFC 6066 section 3: nor has the name in the handshake.
    bench.client().host("API.Example.com").get(PUBLIC).send().assert_passed();
    let request =
        format!("GET {PUBLIC} HTTP/1.1\r\nHost: API.Example.COM\r\nConnection: close\r\n\r\n");
    let reply = bench.client().raw_reply(request);
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!(seen.header("Host"), Some(&*format!("{API}{}", bench.facts.https_suffix)));
}

/// RFC 8555 section 8.3: over plain HTTP, on every name, and nothing else of the folder's neighbours.
fn proof_of_control_is_served(bench: &Bench) {
    for host in bench.facts.hosts {
        let client = bench.client().host(host).plain();
        let reply = client.get("/.well-known/acme-challenge/proof").send();
        assert_eq!((reply.status, &*reply.text()), (200, "proof of control"));
        assert_eq!(reply.header("Content-Type"), Some("text/plain"));
        assert_eq!(client.get("/.well-known/acme-challenge/other").send().status, 404);
        assert_eq!(client.get("/.well-known/acme-challenge/../../etc").send().status, 308);
    }
}
