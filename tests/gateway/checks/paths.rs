//! A path means the same to the gateway and to the service behind it, or it goes nowhere.

use crate::gateway::bench::Bench;
use crate::gateway::facts::{API, AUTH};
use crate::gateway::suite::checks;

checks![Quick: ambiguous_paths_are_refused, hidden_names_are_refused, obvious_injections_are_refused,
    honest_addresses_pass, a_look_alike_of_the_error_page_is_closed, well_known_is_open,
    another_spelling_is_no_way_around_a_route];

/// Each below a protected and a public prefix, and towards one from the other.
const AMBIGUOUS: &[&str] = &[
    "/api/private/../health",
    "/api/health/../items",
    "/api/./items",
    "/api/items/..",
    "/api/items/.",
    "/..",
    "/../api/health",
    "/api//items",
    "//api/items",
    "/api/items//",
    "/api/%2e%2e/health",
    "/api/%2E%2E/health",
    "/api/.%2e/health",
    "/api/%2e/items",
    "/api/a%2fb",
    "/api/a%2Fb",
    "/api/..%2fhealth",
    "/api/a%5cb",
    "/api/a%5Cb",
    "/api/a\\b",
    "/api/..\\health",
    "/api/a%00b",
    "/files/../api/items",
    "/files/%2e%2e/x",
    "/files//clip.mp4",
];

fn ambiguous_paths_are_refused(bench: &Bench) {
    refused_400(bench, AMBIGUOUS);
}

/// The guards let the error page's own address pass: nobody may ask for it in another case.
fn a_look_alike_of_the_error_page_is_closed(bench: &Bench) {
    for host in bench.facts.hosts {
        for path in
            ["/__GW/error", "/__gw/ERROR?x=<script", "/api/private/%2e%2e/%2e%2e/__gw/Error"]
        {
            bench.visitor(path).host(host).get(path).send().assert_error(404, "not_found");
        }
    }
}

fn hidden_names_are_refused(bench: &Bench) {
    refused_400(
        bench,
        &[
            "/.env",
            "/.git/config",
            "/api/.env",
            "/api/x/.hidden/y",
            "/files/.hidden",
            "/api/%2eenv",
            "/.htpasswd",
            "/.well-knownx/.x",
            "/api/.well-known/../.env",
        ],
    );
}

fn refused_400(bench: &Bench, paths: &[&str]) {
    let marker = bench.marker();
    for host in bench.facts.hosts {
        for chunk in paths.chunks(15) {
            let client = bench.client().host(host);
            for path in chunk {
                let request = format!(
                    "GET {path}?{marker} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer good-ann\r\nConnection: close\r\n\r\n"
                );
                let reply = client.raw_reply(request);
                assert_eq!(reply.status, 400, "{host}{path}");
                reply.assert_error(400, "bad_request").assert_secured();
            }
        }
    }
    assert!(!bench.stubs.mentions(&marker), "neither validator nor service may see it");
}

fn obvious_injections_are_refused(bench: &Bench) {
    let marker = bench.marker();
    let client = bench.client();
    for query in [
        "q=<script>alert(1)</script>",
        "q=%3cscript%3e",
        "q=%3CScRiPt",
        "id=1+union+select+x",
        "id=1%20UNION%20ALL%20SELECT%20x",
        "id=1+union+all+select+x",
        "f=../../etc/passwd",
        "f=%2e%2e%2fetc",
        "f=..%2Fetc",
        "f=.%2E/etc",
        "q=${jndi:ldap://x}",
        "q=%24%7bjndi:x",
        "q=$%7BJNDI:x",
    ] {
        let request = format!(
            "GET /api/items?{marker}&{query} HTTP/1.1\r\nHost: {API}\r\nAuthorization: Bearer good-ann\r\nConnection: close\r\n\r\n"
        );
        let reply = client.raw_reply(request);
        assert_eq!(reply.status, 403, "{query}");
        reply.assert_error(403, "forbidden").assert_secured();
    }
    assert!(!bench.stubs.mentions(&marker));
}

fn honest_addresses_pass(bench: &Bench) {
    let client = bench.client();
    for target in [
        "/api/items/a.b.c",
        "/api/items/a..b",
        "/api/items/x.",
        "/api/caf%C3%A9",
        "/api/a%20b",
        "/api/a+b@c:d,e;f=g",
        "/api/~ann/-_",
        "/api/items?next=https://x.example/y",
        "/api/items?a=b&c=d%2fe&u=//x",
        "/api/items?q=union%20of%20scripts",
        "/api/items?p=./x",
        "/api/items?price=$5",
        "/api/items?",
        "/api/100%25",
    ] {
        let reply = client.get(target).token("good-ann").send();
        assert_eq!(reply.status, 200, "{target}");
        assert_eq!(bench.service_saw(reply.assert_passed()).target, target);
        assert_eq!(bench.validator_saw(&reply).header("X-Original-Uri"), Some(target));
    }
}

fn well_known_is_open(bench: &Bench) {
    let target = "/.well-known/openid-configuration";
    let reply = bench.client().host(AUTH).get(target).send();
    assert_eq!(bench.service_saw(reply.assert_passed()).target, target);
    bench.client().get(target).send().assert_error(404, "not_found");
}

/// Services that ignore case, a slash at the end or `;parameters` would take these for the route
/// with the strict rate; nginx would count them under the wider one.
fn another_spelling_is_no_way_around_a_route(bench: &Bench) {
    let marker = bench.marker();
    let client = bench.client().host(AUTH);
    for path in [
        "/realms/wavestack/protocol/openid-connect/token",
        "/realms/wavestack/login-actions/authenticate",
    ] {
        let (above, last) = path.rsplit_once('/').unwrap();
        for variant in [
            format!("{path}/"),
            format!("{path};a=b"),
            format!("{path};/"),
            format!("{above};x/{last}"),
            format!("{above}/{}", last.to_uppercase()),
        ] {
            let target = format!("{variant}?{marker}");
            client.get(&target).send().assert_error(404, "not_found").assert_secured();
        }
    }
    assert!(!bench.stubs.mentions(&marker), "a lookalike reached a service");
    client
        .get(&format!("/realms/wavestack/protocol/openid-connect/tokens?{marker}"))
        .send()
        .assert_passed();
    client
        .get(&format!("/realms/wavestack/protocol/openid-connect/token/introspect?{marker}"))
        .send()
        .assert_passed();
}

/// Another spelling of a strictly limited path would be counted by the wider route's limit alone.
fn a_narrower_route_has_no_way_around(bench: &Bench) {
    let marker = bench.marker();
    for (prefix, rest) in [
        ("/realms/wavestack", "/protocol/openid-connect/token"),
        ("/realms/wavestack", "/login-actions/authenticate"),
    ] {
        for path in [format!("{rest}/"), rest.to_uppercase(), format!("{rest};v=1")] {
            let client = bench.client().host(AUTH);
            let reply = client.post(&format!("{prefix}{path}?{marker}"), "name=ann").send();
            reply.assert_error(404, "not_found").assert_secured();
        }
    }
    assert!(!bench.stubs.mentions(&marker));
}
