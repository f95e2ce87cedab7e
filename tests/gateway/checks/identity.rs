//! Headers with a meaning come from the gateway alone, whatever a client or a service sends.

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Request};
use crate::gateway::facts::{API, AUTH, LOGIN, PROTECTED, PUBLIC, REALM};
use crate::gateway::reply::Reply;
use crate::gateway::stubs::Seen;
use crate::gateway::suite::checks;

checks![Quick: the_validators_identity_wins, a_silent_validator_leaves_none, public_routes_carry_none,
    look_alikes_are_dropped, the_way_is_told_by_the_gateway, meaningful_headers_are_stripped,
    services_cannot_speak_for_the_gateway, services_cannot_redirect_inside, other_headers_pass];

fn the_validators_identity_wins(bench: &Bench) {
    let seen = spoofed(bench, |client| client.get(PROTECTED).token("good-ann"));
    assert_eq!(
        (seen.header("X-User-Id"), seen.header("X-Scopes")),
        (Some("ann"), Some("read write"))
    );
    assert_nothing_evil(&seen);
}

fn a_silent_validator_leaves_none(bench: &Bench) {
    let seen = spoofed(bench, |client| client.get(PROTECTED).token("silent"));
    assert_eq!((seen.header("X-User-Id"), seen.header("X-Scopes")), (None, None));
    assert_nothing_evil(&seen);
}

fn public_routes_carry_none(bench: &Bench) {
    for (host, path) in [(API, PUBLIC), (API, LOGIN), (AUTH, REALM)] {
        let seen = spoofed(bench, |client| client.host(host).get(path).token("good-ann"));
        assert_eq!((seen.header("X-User-Id"), seen.header("X-Scopes")), (None, None), "{path}");
        assert_nothing_evil(&seen);
    }
}

/// Sends every header of the vocabulary with a value of the client's, twice and in several cases.
fn spoofed(bench: &Bench, request: impl Fn(&Client) -> Request) -> Seen {
    let mut request = request(&bench.client());
    for name in MEANINGFUL.iter().chain(OVERWRITTEN) {
        request = request.header(name, "evil").header(&name.to_lowercase(), "evil");
    }
    let reply = request.send();
    bench.service_saw(reply.assert_passed())
}

fn assert_nothing_evil(seen: &Seen) {
    let evil: Vec<_> = seen.headers.iter().filter(|(_, value)| value.contains("evil")).collect();
    assert!(evil.is_empty(), "{evil:?}");
}

/// Names that only the gateway may use towards a service, or nobody: applications and the proxies
/// that usually stand before them take these as the word of somebody they trust.
const MEANINGFUL: &[&str] = &[
    "X-User-Id",
    "X-Scopes",
    "Forwarded",
    "Proxy",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Http-Method-Override",
    "X-Original-URI",
    "X-Original-Method",
    "X-Forwarded-Prefix",
    "X-Api-Client",
    "Remote-User",
    "Remote-Name",
    "Remote-Email",
    "Remote-Groups",
    "X-Remote-User",
    "X-WebAuth-User",
    "X-User",
    "X-User-Email",
    "X-User-Roles",
    "X-Roles",
    "X-Authenticated-User",
    "X-Authenticated-Userid",
    "X-Consumer-Id",
    "X-Consumer-Username",
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Access-Token",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Auth-Request-Preferred-Username",
    "X-Auth-Request-Access-Token",
    "X-Auth-Request-Redirect",
];
const OVERWRITTEN: &[&str] = &[
    "X-Real-IP",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Request-Id",
];

fn meaningful_headers_are_stripped(bench: &Bench) {
    for path in [PUBLIC, PROTECTED] {
        let seen = spoofed(bench, |client| client.get(path).token("silent"));
        for name in MEANINGFUL {
            assert_eq!(seen.all(name), [""; 0], "{name} on {path}");
        }
    }
}

/// WSGI and CGI programs read `X_User_Id` and `X-User-Id` as one variable.
fn look_alikes_are_dropped(bench: &Bench) {
    for name in ["X_User_Id", "X.User.Id", "X-User_Id", "X_Forwarded_For"] {
        let request = bench.client().get(PUBLIC).header(name, "evil");
        let seen = bench.service_saw(request.send().assert_passed());
        assert_nothing_evil(&seen);
    }
}

fn the_way_is_told_by_the_gateway(bench: &Bench) {
    for (host, path) in [(API, PUBLIC), (API, PROTECTED), (AUTH, REALM)] {
        let client = bench.client().host(host);
        let reply = client.get(path).token("good-ann").send();
        let mut requests = bench.seen(reply.assert_passed());
        let from = client.from.to_string();
        let public = format!("{host}{}", bench.facts.https_suffix);
        assert_eq!(requests.len(), if path == PROTECTED { 2 } else { 1 });
        for seen in requests.drain(..) {
            for (name, value) in [
                ("Host", &*public),
                ("X-Real-IP", &*from),
                ("X-Forwarded-For", &*from),
                ("X-Forwarded-Host", &*public),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Port", bench.facts.https_port),
            ] {
                assert_eq!(seen.header(name), Some(value), "{name} of {seen:?}");
            }
        }
    }
}

fn services_cannot_speak_for_the_gateway(bench: &Bench) {
    let forged = [
        "X-Powered-By: Stub/1.0",
        "X-User-Id: ann",
        "X-Scopes: all",
        "X-Request-Id: 1",
        "Strict-Transport-Security: max-age=0",
        "X-Content-Type-Options: sniff",
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Methods: GET",
        "Access-Control-Allow-Headers: X",
        "Access-Control-Expose-Headers: X",
        "Access-Control-Max-Age: 9",
        "Server: Stub/1.0",
    ];
    let orders = forged.map(|line| format!("header={}", line.replace(':', "~"))).join("; ");
    for (host, path) in [(API, PROTECTED), (API, PUBLIC), (AUTH, REALM)] {
        let reply = bench.client().host(host).get(path).token("good-ann").stub(&orders).send();
        reply.assert_passed().assert_secured();
        for name in [
            "X-Powered-By",
            "X-User-Id",
            "X-Scopes",
            "Access-Control-Allow-Origin",
            "Access-Control-Allow-Credentials",
            "Access-Control-Allow-Methods",
            "Access-Control-Allow-Headers",
            "Access-Control-Expose-Headers",
            "Access-Control-Max-Age",
        ] {
            assert_eq!(reply.all(name), [""; 0], "{name} on {path}");
        }
    }
}

fn services_cannot_redirect_inside(bench: &Bench) {
    for target in ["/__gw/error", "/files/clip.mp4", "/__gw/auth"] {
        let orders = format!(
            "header=X-Accel-Redirect~ {target}; header=X-Accel-Charset~ utf-7; header=X-Accel-Expires~ 9"
        );
        let reply: Reply = bench.client().get(PROTECTED).token("good-ann").stub(&orders).send();
        reply.assert_passed();
        let kind = reply.header("Content-Type").unwrap_or_default();
        assert!(!kind.contains("utf-7"), "{kind}");
    }
    // The service may not slow the gateway down either: 100 bytes a second would take a minute.
    let begun = std::time::Instant::now();
    let orders = "header=X-Accel-Limit-Rate~ 1000; size=20000; header=Content-Type~ text/plain";
    let reply = bench.client().get(PROTECTED).token("good-ann").stub(orders).send();
    assert_eq!((reply.status, reply.body.len()), (200, 20_000));
    assert!(begun.elapsed().as_secs() < 4);
}

fn other_headers_pass(bench: &Bench) {
    let client = bench.client();
    let request =
        client.post(PROTECTED, "body").token("good-ann").header("Content-Type", "application/json");
    let reply = request
        .header("X-Custom", "kept")
        .header("Cookie", "a=b")
        .stub("header=Set-Cookie~ c=d; header=X-Own~ kept")
        .send();
    let seen = bench.service_saw(reply.assert_passed());
    for (name, value) in [
        ("Content-Type", "application/json"),
        ("X-Custom", "kept"),
        ("Cookie", "a=b"),
        ("Authorization", &*client.token("good-ann")),
    ] {
        assert_eq!(seen.header(name), Some(value));
    }
    assert_eq!(seen.body, b"body");
    assert_eq!((reply.header("Set-Cookie"), reply.header("X-Own")), (Some("c=d"), Some("kept")));
}
