//! Who may pass: the validator decides, and without its clear yes nothing reaches a service.

use crate::gateway::bench::Bench;
use crate::gateway::facts::{API, BLOCKED, PROTECTED, PUBLIC, VALIDATORS};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: without_a_token_401, a_forbidden_token_403, a_good_token_passes, a_cookie_passes, a_validator_that_is_away_closes,
    a_validator_that_says_neither_closes, a_redirecting_validator_closes, the_validator_sees_no_more_than_it_needs, public_routes_ask_nobody,
    validators_are_closed_from_outside, blocked_paths_are_closed, internal_paths_are_closed, what_is_not_declared_is_not_there,
    the_prefix_itself_is_not_redirected, connections_are_kept;
    Slow: a_slow_validator_closes];

fn without_a_token_401(bench: &Bench) {
    for method in ["GET", "POST", "DELETE"] {
        let reply = bench.client().request(method, PROTECTED).send();
        reply.assert_error(401, "unauthorized").assert_secured();
        assert_eq!(reply.header("WWW-Authenticate"), Some("Bearer realm=\"stub\""));
        assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
    }
}

fn a_forbidden_token_403(bench: &Bench) {
    let reply = bench.client().get(PROTECTED).token("forbidden").send();
    reply.assert_error(403, "forbidden").assert_secured();
    assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
}

fn a_good_token_passes(bench: &Bench) {
    let target = format!("{PROTECTED}/7?page=2&q=a%20b");
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let reply = bench.client().request(method, &target).token("good-ann").send();
        reply.assert_passed().assert_secured();
        let seen = bench.service_saw(&reply);
        assert_eq!((&*seen.method, &*seen.target), (method, &*target));
        assert_eq!(seen.header("X-User-Id"), Some("ann"));
        assert_eq!(seen.header("X-Scopes"), Some("read write"));
    }
    let reply = bench.client().request("HEAD", PROTECTED).token("good-ann").send();
    assert_eq!((reply.status, bench.service_saw(&reply).method), (200, "HEAD".to_owned()));
}

fn a_cookie_passes(bench: &Bench) {
    let reply = bench.client().get(PROTECTED).header("Cookie", "session=good-bob").send();
    reply.assert_passed();
    assert_eq!(bench.service_saw(&reply).header("X-User-Id"), Some("bob"));
}

/// No answer, or one that says that there is none now: it will be better soon.
fn a_validator_that_is_away_closes(bench: &Bench) {
    for token in ["broken", "overrun", "late", "dead"] {
        for method in ["GET", "POST"] {
            let reply = bench.client().request(method, PROTECTED).token(token).send();
            assert_unavailable(bench, &reply);
        }
    }
}

/// Nothing says that it will be better soon.
fn a_validator_that_says_neither_closes(bench: &Bench) {
    for token in ["failing", "absent", "busy", "odd"] {
        let reply = bench.client().get(PROTECTED).token(token).send();
        reply.assert_error(500, "internal_error").assert_secured();
        assert_eq!(reply.header("Retry-After"), None, "{token}");
        assert_eq!(reply.all("Cache-Control"), ["no-store"]);
        assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
    }
}

/// 503, which says when to come again, and nothing but the validator was asked.
fn assert_unavailable(bench: &Bench, reply: &Reply) {
    reply.assert_error(503, "unavailable").assert_secured();
    assert_eq!(reply.header("Retry-After"), Some("5"));
    assert_eq!(reply.all("Cache-Control"), ["no-store"]);
    assert!(bench.seen(reply).iter().all(|request| request.by_validator()));
}

fn a_redirecting_validator_closes(bench: &Bench) {
    let reply = bench.client().get(PROTECTED).token("moved").send();
    reply.assert_error(500, "internal_error");
    assert_eq!(reply.header("Location"), None);
    assert!(bench.seen(&reply).iter().all(|request| request.by_validator()));
}

fn a_slow_validator_closes(bench: &Bench) {
    let begun = std::time::Instant::now();
    let reply = bench.client().get(PROTECTED).token("slow-ann").send();
    assert_unavailable(bench, &reply);
    let took = begun.elapsed().as_millis();
    assert!((2_500..4_500).contains(&took), "{took} ms");
}

fn the_validator_sees_no_more_than_it_needs(bench: &Bench) {
    let target = format!("{PROTECTED}?x=1");
    let client = bench.client();
    let mut request =
        client.request("POST", &target).token("good-ann").header("Cookie", "session=y");
    for junk in [
        "X-User-Id",
        "X-Scopes",
        "X-Junk",
        "Content-Type",
        "Origin",
        "Referer",
        "Upgrade",
        "Expect-Ct",
    ] {
        request = request.header(junk, "junk");
    }
    let reply = request
        .header("X-Original-Uri", "/x")
        .header("X-Original-Method", "GET")
        .body("secret body")
        .send();
    let seen = bench.validator_saw(reply.assert_passed());
    assert_eq!((&*seen.method, seen.body.len()), ("GET", 0));
    assert_eq!(seen.target, VALIDATORS[0]);
    let names: Vec<_> = seen.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    let mut expected = vec![
        "host",
        "authorization",
        "cookie",
        "x-request-id",
        "x-real-ip",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-original-method",
        "x-original-uri",
    ];
    let mut sorted = names.clone();
    sorted.sort();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    for (name, value) in [
        ("Authorization", &*client.token("good-ann")),
        ("Cookie", "session=y"),
        ("X-Original-Method", "POST"),
        ("X-Original-Uri", &*target),
        ("X-Request-Id", reply.request_id()),
        ("Host", &*format!("{API}{}", bench.facts.https_suffix)),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
}

fn public_routes_ask_nobody(bench: &Bench) {
    let reply = bench.client().get(PUBLIC).send();
    reply.assert_passed().assert_secured();
    assert!(!bench.seen(&reply).iter().any(|request| request.by_validator()));
    // A bad token does not matter where none is asked for.
    bench.client().get(PUBLIC).token("forbidden").send().assert_passed();
}

fn validators_are_closed_from_outside(bench: &Bench) {
    closed(bench, VALIDATORS[0]);
}

fn blocked_paths_are_closed(bench: &Bench) {
    closed(bench, BLOCKED);
}

/// The path, everything below it, in any case, on every host; a path that only begins alike is not meant.
fn closed(bench: &Bench, path: &str) {
    let marker = bench.marker();
    for host in bench.facts.hosts {
        for variant in
            [path.to_owned(), format!("{path}/"), format!("{path}/below"), mixed_case(path)]
        {
            for method in ["GET", "POST"] {
                let target = format!("{variant}?{marker}");
                let reply =
                    bench.client().host(host).request(method, &target).token("good-ann").send();
                reply.assert_error(404, "not_found").assert_secured();
            }
        }
    }
    assert!(!bench.stubs.mentions(&marker), "a closed path reached a service");
    bench.client().get(&format!("{path}-other")).token("good-ann").send().assert_passed();
}

/// `/api/auth/token` as `/api/AUTH/TOKEN`: still below the prefix that leads to the service.
fn mixed_case(path: &str) -> String {
    let rest = path.rfind("/api/").map_or(1, |at| at + "/api/".len());
    format!("{}{}", &path[..rest], path[rest..].to_uppercase())
}

fn internal_paths_are_closed(bench: &Bench) {
    let marker = bench.marker();
    for host in bench.facts.hosts {
        for path in [
            "/__gw/auth",
            "/__gw/error",
            "/__gw/no-answer",
            "/__gw/failed",
            "/__gw/anything",
            "/__gw/forbidden",
            "/__gw/bad-request",
            "/__gw/not-found",
            "/__gw/",
            "/__gw",
            "/__gw/auth/user",
            "/__gw/sign-in/user",
        ] {
            let reply =
                bench.client().host(host).get(&format!("{path}?{marker}")).token("good-ann").send();
            reply.assert_error(404, "not_found").assert_secured();
        }
    }
    assert!(!bench.stubs.mentions(&marker));
}

fn what_is_not_declared_is_not_there(bench: &Bench) {
    let marker = bench.marker();
    for host in bench.facts.sparing_hosts() {
        for path in [
            "/",
            "/index.html",
            "/apix",
            "/metrics",
            "/healthz",
            "/api2/items",
            "/etc/passwd",
            "/nginx.conf",
        ] {
            let target = format!("{path}?{marker}");
            bench
                .client()
                .host(host)
                .get(&target)
                .token("good-ann")
                .send()
                .assert_error(404, "not_found")
                .assert_secured();
        }
    }
    assert!(!bench.stubs.mentions(&marker));
}

/// nginx answers `GET /api` by itself with a redirect where only `/api/` is proxied, before any guard.
fn the_prefix_itself_is_not_redirected(bench: &Bench) {
    for (host, path) in bench.facts.prefixes {
        let reply = bench.client().host(host).get(path).send();
        reply.assert_error(404, "not_found").assert_secured();
        assert_eq!(reply.header("Location"), None);
    }
}

/// 15 requests with a sub-request each open hardly a connection of their own.
fn connections_are_kept(bench: &Bench) {
    let client = bench.client();
    let replies = client.burst(15, &client.get(PROTECTED).token("good-ann"));
    let requests: Vec<_> =
        replies.iter().flat_map(|reply| bench.seen(reply.assert_passed())).collect();
    let opened = requests.iter().filter(|request| request.earlier == 0).count();
    assert_eq!(requests.len(), 30);
    assert!(opened <= 6, "{opened} new connections");
}
