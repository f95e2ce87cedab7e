//! What a route may say about itself.

use std::time::Duration;

use crate::gateway::bench::Bench;
use crate::gateway::facts::{ADMIN, API, AUTH, FILES, ORIGIN, PROTECTED, PUBLIC, STAFF};
use crate::gateway::suite::checks;

checks![Quick: a_route_names_its_methods, a_prefix_is_stripped, a_prefix_is_told, uploads_have_room, another_validator_decides,
    lists_of_addresses_come_first, a_whole_host_has_a_policy, watched_requests_are_audited, an_open_route_is_readable_by_all,
    files_may_need_a_policy, without_a_credential_the_address_counts,
    own_errors_do_not_leak_into_refusals, a_route_may_be_closed_to_sites];

fn a_route_names_its_methods(bench: &Bench) {
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let reply = bench.client().request(method, "/api/read").token("good-ann").send();
        reply.assert_error(405, "method_not_allowed").assert_secured();
        assert_eq!(reply.header("Allow"), Some("GET, HEAD"));
        assert!(bench.seen(&reply).is_empty());
    }
    bench.client().get("/api/read").token("good-ann").send().assert_passed();
    assert_eq!(bench.client().request("HEAD", "/api/read").token("good-ann").send().status, 200);
    let reply = bench
        .client()
        .request("OPTIONS", "/api/read")
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", "GET")
        .send();
    assert_eq!(
        (reply.status, reply.header("Access-Control-Allow-Methods")),
        (204, Some("GET, HEAD"))
    );
}

fn a_prefix_is_stripped(bench: &Bench) {
    for (sent, got) in [
        ("/v2/", "/"),
        ("/v2/a/b?x=1&y=%20", "/a/b?x=1&y=%20"),
        ("/v2/caf%C3%A9/v2/x", "/caf%C3%A9/v2/x"),
    ] {
        let reply = bench.client().get(sent).send();
        assert_eq!(bench.service_saw(reply.assert_passed()).target, got, "{sent}");
    }
    // Another spelling of the prefix must not reach the service with it.
    for sent in ["/%762/a", "/v%32/a"] {
        let reply = bench.client().post(sent, vec![b'x'; 3 << 20]).send();
        reply.assert_error(400, "bad_request");
        assert!(bench.seen(&reply).is_empty());
    }
}

fn a_prefix_is_told(bench: &Bench) {
    let reply = bench
        .client()
        .get("/v2/a")
        .header("X-Forwarded-Prefix", "/evil")
        .stub("status=302; header=Location~ /login")
        .send();
    assert_eq!(bench.service_saw(&reply).header("X-Forwarded-Prefix"), Some("/v2"));
    assert_eq!(reply.header("Location"), Some("/v2/login"));
    for orders in [
        "status=302; header=Location~ https~//elsewhere.example/x",
        "status=302; header=Location~ //elsewhere.example/x",
    ] {
        let reply = bench.client().get("/v2/a").stub(orders).send();
        assert!(
            reply
                .header("Location")
                .is_some_and(|to| to.contains("elsewhere.example/x") && !to.contains("v2")),
            "{reply:?}"
        );
    }
    for path in [PUBLIC, PROTECTED] {
        let reply =
            bench.client().get(path).token("good-ann").header("X-Forwarded-Prefix", "/evil").send();
        assert!(
            bench
                .seen(reply.assert_passed())
                .iter()
                .all(|seen| seen.header("X-Forwarded-Prefix").is_none())
        );
    }
}

/// The sub-request is measured by the parent's length: without care it refuses, and the upload fails with 500.
fn uploads_have_room(bench: &Bench) {
    let reply = bench.client().post("/api/uploads/a", vec![b'x'; 3 << 20]).token("good-ann").send();
    assert_eq!(bench.service_saw(reply.assert_passed()).body.len(), 3 << 20);
    assert_eq!(bench.validator_saw(&reply).body.len(), 0);
    // The body that belongs to an error is measured again on the way to the error's page.
    let reply = bench
        .client()
        .post("/api/uploads/a", vec![b'x'; 3 << 20])
        .token("good-ann")
        .stub("hang-up")
        .send();
    reply.assert_error(502, "bad_gateway");
    let reply = bench
        .client()
        .post("/api/uploads/a", vec![b'x'; 3 << 20])
        .token("good-ann")
        .stub("status=500")
        .send();
    reply.assert_error(500, "internal_error");
    let reply = bench.client().post("/api/uploads/a", vec![b'x'; 3 << 20]).token("dead").send();
    reply.assert_error(503, "unavailable");
    let reply = bench.client().post("/api/uploads/a", vec![b'x'; 3 << 20]).send();
    reply.assert_error(401, "unauthorized");
    assert!(bench.seen(&reply).iter().all(|seen| seen.by_validator()));
    let head = format!(
        "POST /api/uploads/a HTTP/1.1\r\nHost: {API}\r\nAuthorization: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bench.client().token("good-ann"),
        (64 << 20) + 1
    );
    bench.client().raw_reply(head).assert_error(413, "payload_too_large");
}

fn another_validator_decides(bench: &Bench) {
    let request = bench
        .client()
        .get("/partners/list")
        .token("good-ann")
        .header("X-Partner", "evil")
        .header("X-User-Id", "evil");
    let reply = request.send();
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!((seen.header("X-Partner"), seen.header("X-User-Id")), (Some("ann"), None));
    assert_eq!(
        seen.header("X-Partner-Name-As-It-Stands-In-The-Contract-With-Them"),
        Some("read write")
    );
    assert_eq!(bench.validator_saw(&reply).service, "partner");
    bench.client().get("/partners/list").send().assert_error(401, "unauthorized");
    // One policy's identity is stripped where another one decides.
    let reply = bench.client().get(PROTECTED).token("good-ann").header("X-Partner", "evil").send();
    assert_eq!(bench.service_saw(reply.assert_passed()).header("X-Partner"), None);
}

fn lists_of_addresses_come_first(bench: &Bench) {
    let reply = bench.client().get("/api/near/x").token("good-ann").send();
    reply.assert_error(403, "forbidden").assert_secured();
    assert!(bench.seen(&reply).is_empty(), "the validator need not be asked");
    bench.near().get("/api/near/x").token("good-ann").send().assert_passed();
    bench.near().get("/api/near/x").send().assert_error(401, "unauthorized");
    // Another list's addresses are not meant.
    bench.listed().get("/api/near/x").token("good-ann").send().assert_error(403, "forbidden");
}

fn a_whole_host_has_a_policy(bench: &Bench) {
    for path in ["/__gw/anything", "/__gw/auth/partner"] {
        bench.near().host(STAFF).get(path).token("good-eve").send().assert_error(404, "not_found");
    }
    for path in ["/", "/any/thing", "/api/items"] {
        let reply = bench.near().host(STAFF).get(path).token("good-eve").send();
        let seen = bench.service_saw(reply.assert_passed());
        assert_eq!((&*seen.service, seen.header("X-Partner")), ("partner", Some("eve")));
        bench.near().host(STAFF).get(path).send().assert_error(401, "unauthorized");
        bench
            .client()
            .host(STAFF)
            .get(path)
            .token("good-eve")
            .send()
            .assert_error(403, "forbidden");
    }
}

fn watched_requests_are_audited(bench: &Bench) {
    let reply = bench.client().get("/api/watched").send();
    let id = reply.assert_passed().request_id();
    let audited = |line: &str| line.contains(id) && line.contains("\"audit\"");
    assert!(bench.nginx().access.wait_for(Duration::from_secs(2), audited).is_some());
}

fn an_open_route_is_readable_by_all(bench: &Bench) {
    let reply =
        bench.client().get("/api/open/x").header("Origin", "https://anybody.example").send();
    assert_eq!(reply.assert_passed().header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(reply.header("Access-Control-Allow-Credentials"), None);
}

fn files_may_need_a_policy(bench: &Bench) {
    let reply = bench.client().get("/private/clip.mp4").send();
    reply.assert_error(401, "unauthorized").assert_secured();
    bench.client().get("/private/clip.mp4").token("broken").send().assert_error(503, "unavailable");
    let reply = bench.client().get("/private/clip.mp4").token("good-ann").send();
    assert_eq!((reply.status, &*reply.text()), (200, "moving pictures"));
    assert_eq!(bench.seen(&reply).len(), 1, "the validator");
    assert_eq!(bench.client().get(&format!("{FILES}clip.mp4")).send().status, 200);
}

/// Where no credential is sent, a limit for credentials counts the address, before the validator is asked.
fn without_a_credential_the_address_counts(bench: &Bench) {
    let client = bench.client();
    let replies = client.burst(8, &client.get("/api/rare"));
    let asked = replies.iter().filter(|reply| reply.status == 401).count();
    assert!((3..=4).contains(&asked), "{asked}");
    let refused = replies.last().expect("the last");
    refused.assert_error(429, "too_many_requests");
    assert_eq!(refused.header("Retry-After"), Some("10"));
    bench.client().get("/api/rare").send().assert_error(401, "unauthorized");
}

/// The service keeps its 403; whoever is not on the list gets the gateway's, however much he sends.
fn own_errors_do_not_leak_into_refusals(bench: &Bench) {
    let reply = bench.client().host(AUTH).post(ADMIN, vec![b'x'; 3 << 20]).send();
    reply.assert_error(403, "forbidden").assert_secured();
    assert!(bench.seen(&reply).is_empty());
    let reply =
        bench.listed().host(AUTH).post(ADMIN, vec![b'x'; 3 << 20]).stub("status=403").send();
    assert!(reply.status == 403 && reply.text().contains("says Traceback"), "{reply:?}");
}

fn a_route_may_be_closed_to_sites(bench: &Bench) {
    let reply = bench.client().get("/api/alone").token("good-ann").header("Origin", ORIGIN).send();
    assert_eq!(reply.assert_passed().header("Access-Control-Allow-Origin"), None);
    assert_eq!(reply.header("Vary"), None);
}
