//! One error body, whoever made the error, and nothing of a service's insides in it.

use crate::gateway::bench::Bench;
use crate::gateway::client::Client;
use crate::gateway::facts::{ADMIN, API, AUTH, IDENTITY_PROVIDER, LOGIN, PROTECTED, PUBLIC, REALM};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: a_services_failures_are_masked, a_services_own_answers_pass, own_errors_keep_their_4xx,
    a_service_that_hangs_up_502, what_http_cannot_say_400, unknown_methods_405, unknown_encodings_501,
    unknown_versions_505, errors_are_not_html, only_listed_addresses];

/// Status, code, Retry-After.
const MASKED: &[(u16, &str, Option<&str>)] = &[
    (401, "unauthorized", None),
    (403, "forbidden", None),
    (405, "method_not_allowed", None),
    (413, "payload_too_large", None),
    (429, "too_many_requests", Some("1")),
    (500, "internal_error", None),
    (501, "not_implemented", None),
    (502, "bad_gateway", Some("5")),
    (503, "unavailable", Some("5")),
    (504, "gateway_timeout", Some("5")),
];

fn a_services_failures_are_masked(bench: &Bench) {
    for path in [PROTECTED, PUBLIC, LOGIN] {
        for (status, code, retry) in MASKED {
            let reply = answered(&bench.client(), path, *status);
            reply.assert_error(*status, code).assert_secured();
            // On the strict route a refusal counts for longer.
            let retry = if (path, *status) == (LOGIN, 429) { &Some("12") } else { retry };
            assert_eq!(reply.header("Retry-After"), *retry, "{path} {status}");
        }
    }
}

/// The service itself answers with this status.
fn answered(client: &Client, path: &str, status: u16) -> Reply {
    client.get(path).token("good-ann").stub(&format!("status={status}")).send()
}

fn a_services_own_answers_pass(bench: &Bench) {
    for status in [201, 202, 302, 307, 400, 404, 409, 410, 415, 422] {
        let reply = answered(&bench.client(), PROTECTED, status);
        assert_eq!(reply.status, status);
        assert!(reply.text().contains("says Traceback"), "{status}: {}", reply.text());
        reply.assert_secured();
    }
    // A redirect goes out as the service wrote it.
    let orders = "status=302; header=Location~ http~//core-app/x";
    let reply = bench.client().get(PROTECTED).token("good-ann").stub(orders).send();
    assert_eq!(reply.header("Location"), Some("http://core-app/x"));
}

/// The 4xx bodies of OIDC carry its error codes; those of 5xx carry tracebacks.
fn own_errors_keep_their_4xx(bench: &Bench) {
    for path in IDENTITY_PROVIDER {
        for status in [400, 401, 403, 404, 405] {
            let reply = answered(&bench.visitor(path).host(AUTH), path, status);
            assert_eq!(reply.status, status, "{path}");
            assert!(reply.text().contains("says Traceback"), "{path} {status}: {}", reply.text());
            reply.assert_secured();
        }
        for (status, code, retry) in MASKED.iter().filter(|(status, ..)| *status >= 500) {
            let reply = answered(&bench.visitor(path).host(AUTH), path, *status);
            reply.assert_error(*status, code).assert_secured();
            assert_eq!(reply.header("Retry-After"), *retry, "{path} {status}");
        }
    }
}

fn a_service_that_hangs_up_502(bench: &Bench) {
    for (host, path) in [(API, PROTECTED), (API, PUBLIC), (AUTH, REALM)] {
        let reply =
            bench.client().host(host).post(path, "once").token("good-ann").stub("hang-up").send();
        reply.assert_error(502, "bad_gateway").assert_secured();
        assert_eq!(reply.header("Retry-After"), Some("5"));
        // What may have had an effect is not sent twice.
        assert_eq!(bench.seen(&reply).iter().filter(|request| !request.by_validator()).count(), 1);
    }
}

fn what_http_cannot_say_400(bench: &Bench) {
    let client = bench.client();
    for line in ["GET /%zz HTTP/1.1", "GET /%00 HTTP/1.1", "GET /\x01 HTTP/1.1", "GET api HTTP/1.1"]
    {
        let request = format!("{line}\r\nHost: {API}\r\nConnection: close\r\n\r\n");
        let answer = client.raw(&request);
        // Where nginx gives up before it reads the Host, the default server answers: with silence.
        if !answer.is_empty() {
            Reply::parse(&answer)
                .expect("an answer")
                .assert_error(400, "bad_request")
                .assert_secured();
        }
    }
    let request = format!("GET {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nHost: {API}\r\n\r\n");
    client.raw_reply(request).assert_error(400, "bad_request").assert_secured();
}

fn unknown_methods_405(bench: &Bench) {
    let marker = bench.marker();
    for method in ["TRACE", "PROPFIND", "MKCOL", "LOCK", "FOO", "COPY"] {
        for path in [PROTECTED, PUBLIC, "/nowhere"] {
            let request = format!(
                "{method} {path}?{marker} HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"
            );
            let reply = bench.client().raw_reply(request);
            reply.assert_error(405, "method_not_allowed").assert_secured();
            assert_eq!(reply.header("Allow"), Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        }
    }
    assert!(!bench.stubs.mentions(&marker));
    // nginx has its own answer to this method, before any guard.
    let reply = bench.client().raw_reply(format!(
        "CONNECT {API}:443 HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n\r\n"
    ));
    assert!([400, 405].contains(&reply.status), "{reply:?}");
}

fn unknown_encodings_501(bench: &Bench) {
    let request = format!(
        "POST {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n"
    );
    bench.client().raw_reply(request).assert_error(501, "not_implemented").assert_secured();
}

fn unknown_versions_505(bench: &Bench) {
    let request = format!("GET {PUBLIC} HTTP/2.0\r\nHost: {API}\r\nConnection: close\r\n\r\n");
    let answer = bench.client().raw(request);
    if !answer.is_empty() {
        Reply::parse(&answer).expect("an answer").assert_error(505, "http_version_not_supported");
    }
}

fn errors_are_not_html(bench: &Bench) {
    let client = bench.client();
    let replies = [
        client.request("DELETE", "/files/clip.mp4").send(),
        client.get("/files/missing").send(),
        client.request("POST", "/nowhere").send(),
        client.get("/..").send(),
        client.request("HEAD", "/nowhere").send(),
    ];
    for reply in replies {
        assert_eq!(reply.header("Content-Type"), Some("application/json"), "{reply:?}");
        assert_eq!(reply.header("Retry-After"), None);
    }
    assert_eq!(client.get("/nowhere").send().header("Allow"), None);
}

fn only_listed_addresses(bench: &Bench) {
    let marker = bench.marker();
    for path in [ADMIN, "/admin/", "/realms/master/account"] {
        let reply =
            bench.client().host(AUTH).get(&format!("{path}?{marker}")).token("good-ann").send();
        reply.assert_error_body(403, "forbidden").assert_secured();
    }
    assert!(!bench.stubs.mentions(&marker), "the address is looked at before anything else");
    for path in [ADMIN, "/realms/master/account"] {
        bench.listed().host(AUTH).get(path).send().assert_passed();
    }
}
