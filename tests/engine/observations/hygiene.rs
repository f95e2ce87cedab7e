//! What answers give away, what is written down, and what never gets past the gateway.

use serde_json::Value;

use crate::engine::arrived::Arrived;
use crate::engine::journal;
use crate::engine::observation::{Observation, Presets, running};
use crate::engine::project::finish;
use crate::engine::reply::Reply;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running(
        "hygiene::a_services_failures_are_masked",
        &["RL-6", "RL-3"],
        Presets::Only(BEARERS),
        errors,
    ),
    running("hygiene::listed_pages_alone_read_answers", &["AC-9"], Presets::Only(BEARERS), cors),
    running("hygiene::without_a_list_no_page_reads", &["RL-7"], Presets::Only(&["relay"]), closed),
    running(
        "hygiene::lines_say_who_and_when_and_no_secret",
        &["WS-10", "RL-9", "MY-13"],
        Presets::Only(ALL),
        lines,
    ),
    running("hygiene::changes_are_audited", &["RL-10"], Presets::Only(ALL), audit),
    running("hygiene::what_staff_does_is_audited", &["AC-8"], Presets::Only(&["ai-camera"]), staff),
    running(
        "hygiene::unclear_requests_are_refused",
        &["RL-15", "WS-4"],
        Presets::Only(ALL),
        smuggling,
    ),
    running(
        "hygiene::unclear_paths_are_refused",
        &["RL-15", "WS-4", "WS-7"],
        Presets::Only(ALL),
        paths,
    ),
    running(
        "hygiene::files_are_served_one_by_one",
        &["WS-5"],
        Presets::Only(&["wavestack"]),
        files,
    ),
];

const ALL: &[&str] = &["wavestack", "ai-camera", "relay"];
const BEARERS: &[&str] = &["wavestack", "ai-camera"];
const LISTED: &str = "https://app.example.com";

/// Host, a prefix below which everything needs credentials, a public path.
fn places(stack: &Stack) -> (&'static str, &'static str, &'static str) {
    match stack.preset() {
        "wavestack" => ("api.example.com", "/api", "/api/health"),
        "ai-camera" => ("api.example.com", "/v1", "/v1/health"),
        _ => ("relay.example.com", "/v1", "/health"),
    }
}

/// A credential that the preset takes.
fn credential(stack: &Stack) -> (&'static str, String) {
    if stack.preset() == "relay" {
        ("X-API-Key", super::auth::secret(stack, "relay_api_key"))
    } else {
        ("Authorization", "Bearer good-ann".to_owned())
    }
}

fn errors(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 120]);
    let (host, prefix, _) = places(stack);
    let (name, value) = credential(stack);
    for (status, code) in [
        (500, "internal_error"),
        (502, "bad_gateway"),
        (503, "unavailable"),
        (504, "gateway_timeout"),
        (401, "unauthorized"),
        (403, "forbidden"),
    ] {
        let path = format!("{prefix}/status/{status}");
        let reply = client.ask("GET", host, &path, &[(name, &value)]);
        reply.assert_error(status, code).assert_secured();
    }
    // What a client can mend keeps the service's own words.
    let reply = client.ask("GET", host, &format!("{prefix}/status/422"), &[(name, &value)]);
    assert!(reply.status == 422 && reply.text().contains("detail"), "{reply:?}");
}

fn cors(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 121]);
    let (host, prefix, public) = places(stack);
    let protected = format!("{prefix}/items");
    for (path, status) in [(public, 200), (&*protected, 401)] {
        let from = |origin| client.ask("GET", host, path, &[("Origin", origin)]);
        let listed = from(LISTED);
        assert_eq!((listed.status, allowed(&listed)), (status, Some(LISTED)), "{listed:?}");
        for origin in ["https://evil.example", "null", "https://app.example.com.evil.example"] {
            assert_eq!(allowed(&from(origin)), None, "{path} {origin}");
        }
    }
    let ask = |origin| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "DELETE")];
        client.ask("OPTIONS", host, &protected, &headers)
    };
    let listed = ask(LISTED);
    assert_eq!((listed.status, allowed(&listed)), (204, Some(LISTED)), "{listed:?}");
    journal::assert_kept_out(stack, &listed);
    let foreign = ask("https://evil.example");
    assert_eq!(allowed(foreign.assert_error(401, "unauthorized")), None);
}

/// relay lists nobody, and its description says how somebody is listed.
fn closed(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 122]);
    let reply = client.ask("GET", "relay.example.com", "/health", &[("Origin", LISTED)]);
    assert_eq!((reply.status, allowed(&reply)), (200, None));
    let text = std::fs::read_to_string(stack.root().join("portcullis.yaml")).expect("it");
    assert!(text.contains("# cors: {origins:"), "no guidance in the description");
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("Access-Control-Allow-Origin")
}

fn lines(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 123]);
    let (host, prefix, _) = places(stack);
    let (name, value) = credential(stack);
    let path = format!("{prefix}/items");
    let secrets = [
        ("Cookie", "session=hidden-cookie"),
        ("Referer", "https://app.example.com/?t=hidden-referer"),
        ("X-Extra-Key", "hidden-header"),
        (name, value.as_str()),
    ];
    let query = format!("{path}?access_token=hidden-query");
    let passed = client.ask("POST", host, &query, &secrets);
    let refused = client.ask("GET", host, &query, &secrets[..3]);
    assert_eq!((passed.status, refused.status), (200, 401), "{passed:?}\n{refused:?}");
    assert_eq!(Arrived::of(&passed).all("X-Request-Id"), [passed.request_id()]);
    let line = journal::line(stack, "access", &passed);
    assert_eq!(line["client"], "198.51.100.123", "{line}");
    assert_eq!((&line["method"], &line["path"]), (&Value::from("POST"), &Value::from(&*path)));
    assert!(line["request_time"].is_number(), "{line}");
    let took = line["upstream_response_time"].as_str().and_then(|text| text.parse::<f64>().ok());
    assert!(took.is_some(), "{line}");
    if stack.preset() != "relay" {
        assert_eq!(line["auth_user_id"], "ann", "{line}");
    }
    assert_eq!(journal::line(stack, "access", &refused)["status"], 401);
    let text = journal::text(stack);
    assert!(!text.contains("hidden-"), "a secret was logged");
    assert!(
        !text.contains(&value) || value.starts_with("Bearer") && !text.contains("Bearer"),
        "a credential was logged"
    );
    let broken = text.lines().find(|line| serde_json::from_str::<Value>(line).is_err());
    // nginx's own notices, of its start for instance, precede the requests.
    assert!(broken.is_none_or(|line| line.contains('[')), "no JSON: {broken:?}");
    let config = &stack.inspect("gateway")["HostConfig"]["LogConfig"];
    assert!(config["Config"]["max-size"].is_string(), "the log is not rotated: {config}");
}

fn audit(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 124]);
    let (host, prefix, public) = places(stack);
    let (name, value) = credential(stack);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let path = format!("{prefix}/items/7");
        let reply = client.ask(method, host, &path, &[(name, &value), ("Content-Length", "0")]);
        let line = journal::line(stack, "audit", &reply);
        assert_eq!((&line["method"], &line["path"]), (&Value::from(method), &Value::from(path)));
        assert_eq!(line["status"], 200, "{line}");
        if stack.preset() != "relay" {
            assert_eq!(line["auth_user_id"], "ann", "{line}");
        }
    }
    // Who tried and was refused is written down, too; who only read is not.
    let refused = client.ask("DELETE", host, &format!("{prefix}/items/7"), &[]);
    assert_eq!(journal::line(stack, "audit", &refused)["status"], 401);
    let read = client.get(host, public);
    journal::line(stack, "access", &read);
    assert!(journal::written(stack, "audit", &read).is_none(), "reading is no change");
}

/// Whoever only looks is written down as well.
fn staff(stack: &Stack) {
    let office = stack.client().at([203, 0, 113, 125]);
    let good = [("Cookie", "__Host-gateway=good-eve")];
    let reply = office.ask("GET", "admin.example.com", "/users", &good);
    Arrived::of(&reply);
    let line = journal::line(stack, "audit", &reply);
    for (field, value) in [("auth_user_id", "eve"), ("method", "GET"), ("path", "/users")] {
        assert_eq!(line[field], value, "{line}");
    }
    assert_eq!(line["status"], 200, "{line}");
}

fn smuggling(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 126]);
    let (host, _, public) = places(stack);
    for headers in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: +4",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Host: other.example.com",
        "Transfer-Encoding : chunked",
    ] {
        let text = format!("POST {public} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n0\r\n\r\n");
        let answer = client.raw(host, &text);
        let reply = Reply::parse(&answer).unwrap_or_else(|| panic!("no answer to {headers:?}"));
        let code = if reply.status == 501 { "not_implemented" } else { "bad_request" };
        assert!([400, 501].contains(&reply.status), "{headers:?}: {reply:?}");
        reply.assert_error(reply.status, code).assert_secured();
        journal::assert_kept_out(stack, &reply);
    }
    let odd = client.ask("TRACE", host, public, &[]);
    odd.assert_error(405, "method_not_allowed").assert_secured();
    journal::assert_kept_out(stack, &odd);
}

fn paths(stack: &Stack) {
    let (host, prefix, public) = places(stack);
    let (name, value) = credential(stack);
    let below = [
        "/private/../health",
        "/./items",
        "/items/..",
        "//items",
        "/%2e%2e/health",
        "/.%2e/x",
        "/a%2fb",
        "/..%2fhealth",
        "/a%5cb",
        "/a%00b",
        "/.env",
        "/.git/config",
        "/%2eenv",
    ];
    let tricks = below.iter().map(|path| format!("{prefix}{path}"));
    for (n, path) in tricks.chain([format!("{public}/../items"), "/.env".to_owned()]).enumerate() {
        let client = stack.client().at([198, 51, 100, if n % 2 == 0 { 127 } else { 128 }]);
        let reply = client.ask("GET", host, &path, &[(name, &value)]);
        assert!([400, 404].contains(&reply.status), "{path}: {reply:?}");
        let code = if reply.status == 404 { "not_found" } else { "bad_request" };
        reply.assert_error(reply.status, code).assert_secured();
        journal::assert_kept_out(stack, &reply);
    }
}

/// From the volume that the clipper writes.
fn files(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 129]);
    let host = "api.example.com";
    let script = "echo moving pictures >/data/clip.mp4; ln -sf /etc/passwd /data/out.mp4; echo x >/data/.key";
    let written = stack.inside("clipper", &["sh", "-c", script]);
    assert!(written.status.success(), "the clipper cannot write");
    let reply = client.ask("GET", host, "/files/clip.mp4", &[("Origin", "https://any.example")]);
    assert_eq!((reply.status, &*reply.text()), (200, "moving pictures\n"), "{reply:?}");
    assert_eq!(allowed(&reply), Some("*"));
    for (path, statuses) in [
        ("/files/", &[403, 404][..]),
        ("/files/out.mp4", &[403, 404]),
        ("/files/.key", &[400, 403, 404]),
    ] {
        let reply = client.get(host, path);
        assert!(statuses.contains(&reply.status), "{path}: {reply:?}");
    }
    for method in ["PUT", "DELETE", "POST"] {
        let reply = client.ask(method, host, "/files/clip.mp4", &[("Content-Length", "0")]);
        assert!([403, 405].contains(&reply.status), "{method}: {reply:?}");
    }
    let mounts = stack.inspect("gateway")["Mounts"].to_string();
    let write =
        finish(&mut stack.docker(&["exec", &stack.container("gateway"), "ls", "/data/clips"]), "");
    assert!(!write.stdout.is_empty(), "the gateway does not see the volume: {mounts}");
    let write = stack.inside("gateway", &["sh", "-c", "echo x >/data/clips/clip.mp4"]);
    assert!(!write.status.success(), "the gateway can write: {mounts}");
}
