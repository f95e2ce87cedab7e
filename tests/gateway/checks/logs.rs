//! The log says what happened, in a form that programs read, and holds no secret.

use std::time::Duration;

use serde_json::Value;

use crate::gateway::bench::Bench;
use crate::gateway::facts::{ADMIN, API, AUTH, FILES, PROTECTED, PUBLIC, REALM};
use crate::gateway::suite::checks;

checks![Quick: one_number_everywhere, the_clients_number_is_replaced, a_line_says_what_happened, errors_keep_method_and_path,
    refusals_are_explained, no_secret_is_logged, lines_cannot_be_forged, failures_hide_the_query,
    changes_are_audited, an_audit_line_says_who_and_what,
    garbage_is_logged_but_changes_nothing];

fn one_number_everywhere(bench: &Bench) {
    let passed = bench.client().get(PROTECTED).token("good-ann").send();
    assert_eq!(bench.seen(passed.assert_passed()).len(), 2, "validator and service");
    assert_eq!(bench.log_of(passed.request_id())["status"], 200);
    let refused = bench.client().get(PROTECTED).send();
    refused.assert_error(401, "unauthorized");
    assert_eq!(bench.log_of(refused.request_id())["status"], 401);
    assert_ne!(passed.request_id(), refused.request_id());
}

fn the_clients_number_is_replaced(bench: &Bench) {
    for id in ["mine", "0123456789abcdef0123456789abcdef"] {
        let reply =
            bench.client().get(PROTECTED).token("good-ann").header("X-Request-Id", id).send();
        assert_ne!(reply.assert_passed().request_id(), id);
        assert_eq!(bench.seen(&reply).len(), 2);
    }
}

fn a_line_says_what_happened(bench: &Bench) {
    let client = bench.client();
    let request = client
        .post(&format!("{PROTECTED}/7"), "12345")
        .token("good-ann")
        .header("User-Agent", "suite/1");
    let reply = request.send();
    let line = bench.log_of(reply.assert_passed().request_id());
    for (field, value) in [
        ("client", client.from.to_string()),
        ("host", API.to_owned()),
        ("method", "POST".to_owned()),
        ("path", format!("{PROTECTED}/7")),
        ("protocol", "HTTP/1.1".to_owned()),
        ("upstream_status", "200".to_owned()),
        ("auth_status", "204".to_owned()),
        ("log", "access".to_owned()),
        ("auth_user_id", "ann".to_owned()),
        ("auth_scopes", "read write".to_owned()),
        ("limit", "PASSED".to_owned()),
        ("tls", "TLSv1.3".to_owned()),
        ("user_agent", "suite/1".to_owned()),
    ] {
        assert_eq!(line[field], Value::String(value), "{field}");
    }
    assert!(
        line["upstream_addr"].as_str().is_some_and(|address| address.starts_with("10.65.2.")),
        "{line}"
    );
    assert_eq!(line["status"], 200);
    assert_eq!(line["bytes_out"], reply.body.len());
    assert!(line["bytes_in"].as_u64() > Some(100), "{line}");
    assert!(line["request_time"].is_number(), "{line}");
    let time = line["time"].as_str().unwrap_or_default();
    assert!(time.len() == 25 && time.contains('T'), "{time}");
    let took: f64 =
        line["upstream_response_time"].as_str().unwrap_or_default().parse().expect("seconds");
    assert!(took < 5.0);
}

/// A redirect to the error page turns nginx's own idea of both.
fn errors_keep_method_and_path(bench: &Bench) {
    let client = bench.client();
    for (method, path, status) in [
        ("DELETE", PROTECTED, 401),
        ("POST", "/nowhere", 404),
        ("PUT", "/files/clip.mp4", 403),
        ("POST", "/api/.env", 400),
    ] {
        let reply = client.request(method, &format!("{path}?hidden")).send();
        let line = bench.log_of(reply.request_id());
        assert_eq!((line["method"].as_str(), line["path"].as_str()), (Some(method), Some(path)));
        assert_eq!(line["status"].as_u64(), Some(u64::from(reply.status)));
        assert!(reply.status == status || reply.status == 405, "{path}: {}", reply.status);
    }
}

fn refusals_are_explained(bench: &Bench) {
    let client = bench.client();
    let replies = client.burst(40, &client.get(PUBLIC));
    let refused = replies.iter().find(|reply| reply.status == 429).expect("a refusal");
    assert_eq!(bench.log_of(refused.request_id())["limit"], "REJECTED");
    let reply = bench.client().get(PROTECTED).token("broken").send();
    let line = bench.log_of(reply.request_id());
    assert_eq!((line["status"].as_u64(), line["auth_status"].as_str()), (Some(503), Some("503")));
}

fn no_secret_is_logged(bench: &Bench) {
    let secret = bench.marker();
    for (host, path) in
        [(API, PROTECTED), (API, PUBLIC), (API, "/nowhere"), (API, FILES), (AUTH, REALM)]
    {
        let request = bench
            .client()
            .host(host)
            .get(&format!("{path}?token={secret}"))
            .token(&format!("good-{secret}"));
        let request = request
            .header("Cookie", &format!("session={secret}"))
            .header("Referer", &format!("https://x/?{secret}"));
        let reply = request
            .header("X-Api-Key", &secret)
            .header("Proxy-Authorization", &secret)
            .header("X-Csrf-Token", &secret)
            .send();
        let line = bench.log_of(reply.request_id());
        // The validated identity is no secret; here it happens to repeat the token.
        let words = line.to_string().replace(&format!("\"auth_user_id\":\"{secret}\""), "");
        assert!(!words.contains(&secret), "{words}");
    }
    assert!(!bench.nginx().errors.now().iter().any(|line| line.contains(&secret)));
}

/// nginx prints the whole request line, query included, with every error that it reports.
fn failures_hide_the_query(bench: &Bench) {
    let secret = bench.marker();
    let client = bench.client();
    for (path, orders) in [
        (PROTECTED, "hang-up"),
        (PROTECTED, "status=500"),
        ("/files/missing", ""),
        ("/files/link.txt", ""),
        ("/api/..", ""),
    ] {
        client.get(&format!("{path}?token={secret}")).token("good-ann").stub(orders).send();
    }
    client.get(&format!("{PROTECTED}?token={secret}")).token("broken").send();
    client
        .post(&format!("{PROTECTED}?token={secret}"), vec![b'x'; 2 << 20])
        .token("good-ann")
        .send();
    client.burst(40, &client.get(&format!("{PUBLIC}?token={secret}")));
    let told =
        bench.nginx().errors.wait_for(Duration::from_millis(100), |line| line.contains(&secret));
    assert_eq!(told, None);
}

fn lines_cannot_be_forged(bench: &Bench) {
    let evil = "\",\"status\":200,\"x\":\"\\";
    let request = format!(
        "GET {PUBLIC}/{evil} HTTP/1.1\r\nHost: {API}\r\nUser-Agent: a{evil}\x1b[31m\u{e9}\r\nConnection: close\r\n\r\n"
    );
    let reply = bench.client().raw_reply(request);
    let line = bench.log_of(reply.request_id());
    assert_eq!(line["status"].as_u64(), Some(u64::from(reply.status)));
    assert!(line.get("x").is_none());
    assert_eq!(
        line["user_agent"].as_str().map(|agent| agent.starts_with(&format!("a{evil}"))),
        Some(true)
    );
}

/// Who changed what, in lines of their own; whoever reads only these misses nothing.
fn changes_are_audited(bench: &Bench) {
    let listed = bench.listed().host(AUTH);
    let client = bench.client();
    for (client, method, path, audited) in [
        (&client, "POST", PROTECTED, true),
        (&client, "PUT", PROTECTED, true),
        (&client, "DELETE", PROTECTED, true),
        (&client, "GET", PROTECTED, false),
        (&client, "HEAD", PROTECTED, false),
        (&client, "OPTIONS", PROTECTED, false),
        (&client, "POST", PUBLIC, true),
        (&client, "GET", PUBLIC, false),
        // The route's description says so.
        (&listed, "GET", ADMIN, true),
    ] {
        let reply = client.request(method, &format!("{path}?hidden=1")).token("good-ann").send();
        assert_eq!(
            audit_of(bench, reply.request_id(), audited).is_some(),
            audited,
            "{method} {path}"
        );
    }
    // Garbage has no method that could change anything.
    let reply =
        client.raw_reply(format!("GET {PUBLIC} HTTP/1.1\r\nHost: {API}\r\nHost: {API}\r\n\r\n"));
    assert!(audit_of(bench, reply.request_id(), false).is_none());
}

fn an_audit_line_says_who_and_what(bench: &Bench) {
    let client = bench.client();
    let reply = client.raw_reply(format!(
        "POST {PROTECTED}/a\"b?hidden=1 HTTP/1.1\r\nHost: {API}\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
        client.token("good-ann")
    ));
    let line = audit_of(bench, reply.assert_passed().request_id(), true).expect("an audit line");
    for (field, value) in [
        ("req_id", reply.request_id()),
        ("client", &*client.from.to_string()),
        ("host", API),
        ("method", "POST"),
        ("path", &*format!("{PROTECTED}/a\"b")),
        ("auth_status", "204"),
        ("auth_user_id", "ann"),
        ("auth_scopes", "read write"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert_eq!(line["status"], 200);
    assert!(line["time"].as_str().is_some_and(|time| time.contains('T')), "{line}");
}

/// The audit log's line, which nginx writes right after the access log's; an unexpected one is waited for a moment.
fn audit_of(bench: &Bench, id: &str, expected: bool) -> Option<Value> {
    bench.log_of(id);
    let patience = Duration::from_millis(if expected { 3_000 } else { 100 });
    let audited = |line: &str| line.contains(id) && line.contains("\"audit\"");
    let found = bench.nginx().access.wait_for(patience, audited);
    found.map(|line| serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e} in {line}")))
}

fn garbage_is_logged_but_changes_nothing(bench: &Bench) {
    let client = bench.client();
    client.raw("123\r\n\r\n");
    let from = format!("\"client\":\"{}\"", client.from);
    let line = bench
        .nginx()
        .access
        .wait_for(Duration::from_secs(2), |line| line.contains(&from))
        .expect("a line");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((line["log"].as_str(), line["method"].as_str()), (Some("access"), Some("-")));
    let audited = |line: &str| line.contains(&from) && line.contains("\"audit\"");
    assert_eq!(bench.nginx().access.wait_for(Duration::from_millis(30), audited), None);
}
