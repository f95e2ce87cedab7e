//! Requests that two parties could cut differently are refused before anybody behind sees them.

use std::io::Write;

use crate::gateway::bench::Bench;
use crate::gateway::client::Client;
use crate::gateway::facts::{API, PROTECTED, PUBLIC};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: unclear_lengths_400, unclear_header_names_400, one_request_is_one_request, h2c_is_not_forwarded,
    no_upgrade_where_none_is_declared, pipelined_requests_are_judged_one_by_one];

fn unclear_lengths_400(bench: &Bench) {
    let marker = bench.marker();
    for headers in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: +4",
        "Content-Length: 4, 4",
        "Content-Length: -1",
        "Content-Length: 0x4",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Host: other.example.com",
    ] {
        let request =
            format!("POST {PUBLIC}?{marker} HTTP/1.1\r\nHost: {API}\r\n{headers}\r\n\r\n0\r\n\r\n");
        refused(&bench.client(), &request, &[400, 501]);
    }
    assert!(!bench.stubs.mentions(&marker));
}

fn unclear_header_names_400(bench: &Bench) {
    let marker = bench.marker();
    for line in [
        "Transfer-Encoding : chunked",
        "Content-Length : 3",
        " folded: yes",
        "X-\x01: y",
        ": empty",
        "X Y: z",
        "X\0: y",
    ] {
        let request = format!(
            "GET {PUBLIC}?{marker} HTTP/1.1\r\nHost: {API}\r\nX-First: 1\r\n{line}\r\nConnection: close\r\n\r\n"
        );
        let answer = bench.client().raw(&request);
        let reply = Reply::parse(&answer).expect("an answer");
        // What nginx does not refuse it drops: nobody behind may see it in any form.
        if reply.status == 200 {
            let seen = bench.service_saw(&reply);
            let name = line.split(':').next().unwrap_or_default().trim();
            assert!(
                !seen.headers.iter().any(|(key, _)| key.trim() == name && !name.is_empty()),
                "{line:?}: {seen:?}"
            );
            assert_eq!((seen.body.len(), seen.header("Transfer-Encoding")), (0, None));
        } else {
            reply.assert_error(400, "bad_request").assert_secured();
        }
    }
}

fn refused(client: &Client, request: &str, statuses: &[u16]) {
    let answer = client.raw(request);
    let reply = Reply::parse(&answer).unwrap_or_else(|| panic!("no answer to {request:?}"));
    assert!(statuses.contains(&reply.status), "{request:?}: {}", reply.status);
    let code = if reply.status == 400 { "bad_request" } else { "not_implemented" };
    reply.assert_error(reply.status, code).assert_secured();
}

fn one_request_is_one_request(bench: &Bench) {
    let marker = bench.marker();
    let inner = format!("GET /api/admin?{marker} HTTP/1.1\r\nHost: {API}\r\n\r\n");
    let request = format!(
        "POST {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{inner}",
        inner.len()
    );
    let reply = bench.client().raw_reply(request);
    assert_eq!(bench.service_saw(reply.assert_passed()).body, inner.as_bytes());
    assert!(!bench.stubs.mentions(&marker));
}

fn h2c_is_not_forwarded(bench: &Bench) {
    for path in [PROTECTED, PUBLIC] {
        let request = bench
            .client()
            .get(path)
            .token("good-ann")
            .header("Connection", "Upgrade, HTTP2-Settings");
        let reply = request
            .header("Upgrade", "h2c")
            .header("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")
            .send();
        let seen = bench.service_saw(reply.assert_passed());
        assert_eq!((seen.header("Upgrade"), seen.header("Connection")), (None, None), "{path}");
    }
}

fn no_upgrade_where_none_is_declared(bench: &Bench) {
    for path in [PROTECTED, PUBLIC] {
        let request = bench
            .client()
            .get(path)
            .token("good-ann")
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket");
        let reply = request.send();
        assert_eq!(bench.service_saw(reply.assert_passed()).header("Upgrade"), None, "{path}");
    }
}

fn pipelined_requests_are_judged_one_by_one(bench: &Bench) {
    let client = bench.client();
    let mut wire = client.open().expect("a connection");
    let requests = [
        client.get(PUBLIC),
        client.get(PROTECTED),
        client.get(PROTECTED).token("good-ann"),
        client.get(PROTECTED),
    ];
    let bytes: Vec<u8> = requests.iter().flat_map(|request| request.bytes("keep-alive")).collect();
    wire.write_all(&bytes).expect("sending");
    let statuses =
        requests.each_ref().map(|_| Reply::read(&mut wire, "GET").expect("an answer").status);
    assert_eq!(statuses, [200, 401, 200, 401]);
}
