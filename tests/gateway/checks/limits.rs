//! How often a client may come. Probes go well past the burst: a busy machine refills the bucket meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Request};
use crate::gateway::facts::{
    ADMIN, API, AUTH, FILES, LOGIN, PROTECTED, PUBLIC, REALM, TOKEN_ENDPOINT,
};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: every_route_counts_per_address, every_address_counts_alone, the_strict_routes_let_six_through,
    the_strict_limit_spans_its_routes, strict_routes_count_for_the_common_limit_too, a_credential_counts_across_addresses,
    the_limit_comes_before_the_validator,
    a_cookie_counts_across_addresses, a_credential_is_known_by_its_end, a_session_is_known_by_its_end;
    Slow: the_51st_connection_429, the_bucket_refills];

/// 100 a minute, burst 20: 21 at once, and what the bucket regains while asking.
fn every_route_counts_per_address(bench: &Bench) {
    let identity_provider =
        [REALM, "/resources/x", "/.well-known/x", ADMIN].map(|path| (AUTH, path));
    for (host, path) in [(API, PUBLIC), (API, PROTECTED), (API, "/api/other?x"), (API, FILES)]
        .into_iter()
        .chain(identity_provider)
    {
        let client = bench.visitor(path).host(host);
        assert_limited(
            |count| client.burst(count, &client.get(path).token("good-ann")),
            21,
            19,
            "1",
        );
    }
}

fn every_address_counts_alone(bench: &Bench) {
    let (noisy, calm) = (bench.client(), bench.client());
    noisy.burst(40, &noisy.get(PUBLIC));
    for path in [PUBLIC, PROTECTED] {
        calm.get(path).token("good-ann").send().assert_passed();
    }
    // One address has one bucket for all routes and names.
    assert_exhausted(&noisy, &noisy.get(PROTECTED).token("good-ann"));
    assert_exhausted(&noisy.host(AUTH), &noisy.host(AUTH).get(REALM));
}

/// 5 a minute, burst 5: one every 12 seconds.
fn the_strict_routes_let_six_through(bench: &Bench) {
    for (host, path) in STRICT {
        let client = bench.visitor(path).host(host);
        assert_limited(|count| client.burst(count, &client.post(path, "name=ann")), 6, 6, "12");
    }
}

const STRICT: [(&str, &str); 4] = [
    (API, LOGIN),
    (AUTH, TOKEN_ENDPOINT),
    (AUTH, "/realms/wavestack/login-actions/authenticate"),
    (AUTH, "/realms/master/account"),
];

fn the_strict_limit_spans_its_routes(bench: &Bench) {
    let client = bench.client();
    client.burst(12, &client.post(LOGIN, ""));
    let elsewhere = client.host(AUTH).post(TOKEN_ENDPOINT, "").send();
    elsewhere.assert_error(429, "too_many_requests");
    client.get(PUBLIC).send().assert_passed();
}

fn strict_routes_count_for_the_common_limit_too(bench: &Bench) {
    for (host, path) in STRICT {
        let client = bench.visitor(path).host(host);
        client.burst(40, &client.get("/resources/x"));
        client.burst(40, &client.get(PUBLIC));
        assert_exhausted(&client, &client.post(path, ""));
    }
}

/// 300 a minute, burst 50 for one credential, on top of each address's own limit.
fn a_credential_counts_across_addresses(bench: &Bench) {
    let token = format!("Bearer good-{}", bench.marker());
    let ask =
        |client: &Client| -> Request { client.get(PROTECTED).header("Authorization", &token) };
    let clients: Vec<Client> = (0..8).map(|_| bench.client()).collect();
    let begun = Instant::now();
    let replies: Vec<Reply> =
        clients.iter().flat_map(|client| client.burst(18, &ask(client))).collect();
    let passed = replies.iter().filter(|reply| reply.status == 200).count();
    let regained = usize::try_from(begun.elapsed().as_millis() * 5 / 1_000).expect("a moment");
    assert!((51..=52 + regained).contains(&passed), "{passed} of {} passed", replies.len());
    let refused = replies.iter().find(|reply| reply.status != 200).expect("a refusal");
    refused.assert_error(429, "too_many_requests").assert_secured();
    assert_eq!(refused.header("Retry-After"), Some("1"));
    // Another credential from the same address is not meant, nor is this one where no policy asks for it.
    clients[7].get(PROTECTED).token("good-somebody").send().assert_passed();
    clients[7].get(PUBLIC).header("Authorization", &token).send().assert_passed();
    // Within a second five come back.
    thread::sleep(Duration::from_secs(1));
    let later = bench.client();
    let regained = later.burst(12, &ask(&later)).iter().filter(|reply| reply.status == 200).count();
    assert!((4..=8).contains(&regained), "{regained}");
}

fn the_limit_comes_before_the_validator(bench: &Bench) {
    let client = bench.client();
    let replies = client.burst(40, &client.get(PROTECTED).token("good-ann"));
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(!refused.is_empty() && refused.iter().all(|reply| bench.seen(reply).is_empty()));
}

/// `at_once` pass without delay, and of those that come right after them most do not.
fn assert_limited(burst: impl Fn(usize) -> Vec<Reply>, at_once: usize, more: usize, retry: &str) {
    let begun = Instant::now();
    let (first, rest) = (burst(at_once), burst(more));
    assert!(begun.elapsed() < Duration::from_secs(2), "delayed: {:?}", begun.elapsed());
    assert!(first.iter().all(|reply| reply.status != 429), "{:?}", statuses(&first));
    let refused: Vec<&Reply> = rest.iter().filter(|reply| reply.status == 429).collect();
    assert!(refused.len() * 2 > rest.len(), "{:?}", statuses(&rest));
    for reply in refused {
        reply.assert_error(429, "too_many_requests").assert_secured();
        assert_eq!(reply.header("Retry-After"), Some(retry));
    }
}

/// Few of six pass: what the bucket has regained since it was emptied.
fn assert_exhausted(client: &Client, request: &Request) {
    let replies = client.burst(6, request);
    assert!(
        replies.iter().filter(|reply| reply.status == 429).count() > 2,
        "{:?}",
        statuses(&replies)
    );
}

fn statuses(replies: &[Reply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.status).collect()
}

/// Within six seconds a bucket of 100 a minute regains ten, one of 5 a minute nothing.
fn the_bucket_refills(bench: &Bench) {
    let client = bench.client();
    client.burst(40, &client.get(PUBLIC));
    let strict = bench.client();
    strict.burst(12, &strict.post(LOGIN, ""));
    thread::sleep(Duration::from_secs(6));
    let regained =
        client.burst(20, &client.get(PUBLIC)).iter().filter(|reply| reply.status == 200).count();
    assert!((8..=14).contains(&regained), "{regained}");
    assert_eq!(strict.post(LOGIN, "").send().status, 429);
    thread::sleep(Duration::from_secs(7));
    assert_eq!(strict.post(LOGIN, "").send().status, 200);
}

/// Requests that a service takes its time over hold their connection; the rate lets 50 of them in after 18 seconds.
fn the_51st_connection_429(bench: &Bench) {
    let client = bench.client();
    let open = || {
        let mut wire = client.open().expect("a connection");
        let request = client.get(PUBLIC).stub("delay=40000");
        std::io::Write::write_all(&mut wire, &request.bytes("close")).expect("sending");
        wire
    };
    let mut held: Vec<_> = (0..20).map(|_| open()).collect();
    while held.len() < 50 {
        thread::sleep(Duration::from_millis(640));
        held.push(open());
    }
    thread::sleep(Duration::from_secs(2));
    for wire in &mut held {
        wire.patience(Duration::from_millis(1));
        let answer = Reply::read(wire, "GET");
        assert!(answer.is_err(), "refused early: {answer:?}");
    }
    let reply = client.get(PUBLIC).send();
    reply.assert_error(429, "too_many_requests").assert_secured();
    assert!(bench.seen(&reply).is_empty());
    // Room again as soon as one leaves.
    held.truncate(48);
    thread::sleep(Duration::from_secs(1));
    client.get(PUBLIC).send().assert_passed();
}

/// A session is a credential as a token is.
fn a_cookie_counts_across_addresses(bench: &Bench) {
    let cookie = format!("session=good-{}", bench.marker());
    let clients: Vec<Client> = (0..5).map(|_| bench.client()).collect();
    let replies = clients
        .iter()
        .flat_map(|client| client.burst(18, &client.get(PROTECTED).header("Cookie", &cookie)));
    let refused = replies.filter(|reply| reply.status == 429).count();
    assert!(refused > 20, "{refused}");
}

/// Another cookie beside the session makes no new credential of it.
fn a_session_is_known_by_its_end(bench: &Bench) {
    let session = format!("session=good-{}.{}", bench.marker(), "x".repeat(80));
    let clients: Vec<Client> = (0..5).map(|_| bench.client()).collect();
    let replies = clients.iter().zip(1..).flat_map(|(client, number)| {
        let cookie = format!("theme={number}; {session}");
        client.burst(18, &client.get(PROTECTED).header("Cookie", &cookie))
    });
    let refused = replies.filter(|reply| reply.status == 429).count();
    assert!(refused > 20, "{refused}");
}

/// Another spelling of the scheme, or something put before the token, is no new credential.
fn a_credential_is_known_by_its_end(bench: &Bench) {
    let token = format!("good-{}.{}", bench.marker(), "x".repeat(80));
    let clients: Vec<Client> = (0..5).map(|_| bench.client()).collect();
    let replies = clients.iter().zip(["Bearer", "bearer", "BEARER", "Bearer ", "Token"]).flat_map(
        |(client, scheme)| {
            client.burst(
                18,
                &client.get(PROTECTED).header("Authorization", &format!("{scheme} {token}")),
            )
        },
    );
    let refused = replies.filter(|reply| reply.status == 429).count();
    assert!(refused > 20, "{refused}");
}
