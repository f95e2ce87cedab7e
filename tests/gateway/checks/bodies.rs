//! How much a client may send.

use std::io::Write;

use crate::gateway::bench::Bench;
use crate::gateway::facts::{API, AUTH, LOGIN, PROTECTED, REALM};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: a_body_within_the_limit_passes, a_body_over_the_limit_413, a_chunked_body_over_the_limit_413,
    a_route_has_its_own_limit, large_headers_431, a_long_address_414];

const MEGABYTE: usize = 1 << 20;

fn a_body_within_the_limit_passes(bench: &Bench) {
    for (host, path) in [(API, PROTECTED), (AUTH, REALM)] {
        let reply =
            bench.client().host(host).post(path, vec![b'x'; MEGABYTE]).token("good-ann").send();
        assert_eq!(bench.service_saw(reply.assert_passed()).body.len(), MEGABYTE);
    }
}

fn a_body_over_the_limit_413(bench: &Bench) {
    for (host, path) in [(API, PROTECTED), (AUTH, REALM)] {
        let reply =
            bench.client().host(host).post(path, vec![b'x'; MEGABYTE + 1]).token("good-ann").send();
        reply.assert_error(413, "payload_too_large").assert_secured();
        assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
    }
}

fn a_chunked_body_over_the_limit_413(bench: &Bench) {
    let client = bench.client();
    let mut wire = client.open().expect("a connection");
    let head = format!(
        "POST {PROTECTED} HTTP/1.1\r\nHost: {API}\r\nAuthorization: Bearer good-ann\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    wire.write_all(head.as_bytes()).expect("sending");
    let chunk = [
        format!("{:x}\r\n", MEGABYTE / 4).into_bytes(),
        vec![b'x'; MEGABYTE / 4],
        b"\r\n".to_vec(),
    ]
    .concat();
    for _ in 0..5 {
        // The gateway may have answered and closed before the last one.
        wire.write_all(&chunk).ok();
    }
    Reply::read(&mut wire, "POST").expect("an answer").assert_error(413, "payload_too_large");
}

fn a_route_has_its_own_limit(bench: &Bench) {
    bench.client().post(LOGIN, vec![b'x'; 16 << 10]).send().assert_passed();
    let reply = bench.client().post(LOGIN, vec![b'x'; (16 << 10) + 1]).send();
    reply.assert_error(413, "payload_too_large").assert_secured();
    assert!(bench.seen(&reply).is_empty());
}

fn large_headers_431(bench: &Bench) {
    let long = "x".repeat(9_000);
    let reply = bench.client().get(PROTECTED).token("good-ann").header("X-Long", &long).send();
    reply.assert_error(431, "header_fields_too_large").assert_secured();
    // Four buffers of 8k hold what honest clients send.
    let reply =
        bench.client().get(PROTECTED).token("good-ann").header("Cookie", &"x".repeat(7_500)).send();
    reply.assert_passed();
    let mut request = bench.client().get(PROTECTED).token("good-ann");
    for number in 0..5 {
        request = request.header(&format!("X-Long-{number}"), &"x".repeat(7_500));
    }
    request.send().assert_error(431, "header_fields_too_large");
}

fn a_long_address_414(bench: &Bench) {
    let reply =
        bench.client().get(&format!("{PROTECTED}?{}", "x".repeat(9_000))).token("good-ann").send();
    reply.assert_error(414, "uri_too_long").assert_secured();
    bench
        .client()
        .get(&format!("{PROTECTED}?{}", "x".repeat(7_000)))
        .token("good-ann")
        .send()
        .assert_passed();
}
