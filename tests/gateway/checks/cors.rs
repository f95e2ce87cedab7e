//! Which other sites a browser lets read the answers.

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Request};
use crate::gateway::facts::{
    API, AUTH, FILES, IDENTITY_PROVIDER, LOGIN, ORIGIN, PROTECTED, PUBLIC, REALM,
};
use crate::gateway::reply::Reply;
use crate::gateway::suite::checks;

checks![Quick: a_listed_origin_is_told_so, an_unlisted_origin_is_told_nothing, caches_are_told_of_the_origin,
    errors_are_readable, a_preflight_is_answered_at_the_edge, a_foreign_preflight_is_not,
    a_preflight_asks_for_a_method, open_files_are_readable_by_all, other_names_have_no_origins];

/// Every route of the services; none has origins of its own.
fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    [(API, PROTECTED), (API, PUBLIC), (API, LOGIN)]
        .into_iter()
        .chain(IDENTITY_PROVIDER.map(|path| (AUTH, path)))
}

fn a_listed_origin_is_told_so(bench: &Bench) {
    for (host, path) in routes() {
        let client = bench.visitor(path).host(host);
        let reply = client.get(path).token("good-ann").header("Origin", ORIGIN).send();
        assert_readable(reply.assert_passed());
    }
}

fn assert_readable(reply: &Reply) {
    assert_eq!(reply.header("Access-Control-Allow-Origin"), Some(ORIGIN));
    assert_eq!(reply.header("Access-Control-Allow-Credentials"), Some("true"));
    assert_eq!(reply.header("Access-Control-Expose-Headers"), Some("X-Request-Id, Retry-After"));
    assert_eq!(reply.header("Vary"), Some("Origin"));
}

fn an_unlisted_origin_is_told_nothing(bench: &Bench) {
    for origin in [
        "https://evil.example",
        "null",
        "http://app.example.com",
        "https://app.example.com.evil.example",
        "https://xapp.example.com",
        "https://app.example.com:444",
        "https://appxexample.com",
        "*",
        "",
    ] {
        let reply = bench.client().get(PROTECTED).token("good-ann").header("Origin", origin).send();
        assert_unreadable(reply.assert_passed());
    }
    assert_unreadable(bench.client().get(PROTECTED).token("good-ann").send().assert_passed());
}

fn assert_unreadable(reply: &Reply) {
    let cors: Vec<_> =
        reply.headers.iter().filter(|(name, _)| name.starts_with("Access-Control-")).collect();
    assert!(cors.is_empty(), "{cors:?}");
}

fn caches_are_told_of_the_origin(bench: &Bench) {
    for request in
        [bench.client().get(PUBLIC), bench.client().get("/nowhere"), bench.client().get(PROTECTED)]
    {
        assert_eq!(request.send().header("Vary"), Some("Origin"));
    }
}

fn errors_are_readable(bench: &Bench) {
    let client = bench.client();
    let ask = |request: Request| request.header("Origin", ORIGIN).send();
    for (reply, status) in [
        (ask(client.get(PROTECTED)), 401),
        (ask(client.get(PROTECTED).token("forbidden")), 403),
        (ask(client.get("/nowhere")), 404),
        (ask(client.post(LOGIN, vec![b'x'; 20_000])), 413),
        (ask(client.get(PROTECTED).token("good-ann").stub("status=500")), 500),
    ] {
        assert_eq!(reply.status, status);
        assert_readable(&reply);
    }
}

fn preflight(client: &Client, path: &str, origin: &str, method: &str) -> Reply {
    let request = client.request("OPTIONS", path).header("Origin", origin);
    let request = request.header("Access-Control-Request-Method", method);
    request.header("Access-Control-Request-Headers", "authorization").send()
}

fn a_preflight_is_answered_at_the_edge(bench: &Bench) {
    let some = ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().cycle();
    for ((host, path), method) in routes().chain([(API, "/api/x/y")]).zip(some) {
        // Where only listed addresses may come, the preflight has to come from one as well.
        let reply = preflight(&bench.visitor(path).host(host), path, ORIGIN, method);
        assert_eq!(reply.status, 204, "{path}");
        assert_readable(reply.assert_secured());
        let methods = reply.header("Access-Control-Allow-Methods");
        assert_eq!(methods, Some("GET, POST, PUT, PATCH, DELETE"));
        let headers = reply.header("Access-Control-Allow-Headers");
        assert_eq!(headers, Some("Authorization, Content-Type, X-Requested-With"));
        assert_eq!(reply.header("Access-Control-Max-Age"), Some("600"));
        assert!(bench.seen(&reply).is_empty(), "neither validator nor service has to see it");
    }
    let reply =
        preflight(&bench.client(), &format!("{FILES}clip.mp4"), "https://anybody.example", "GET");
    assert_eq!(
        (reply.status, reply.header("Access-Control-Allow-Methods")),
        (204, Some("GET, HEAD"))
    );
    // Only a preflight says what would be allowed.
    let reply = bench.client().get(PROTECTED).token("good-ann").header("Origin", ORIGIN).send();
    for name in ["Methods", "Headers"] {
        assert_eq!(reply.header(&format!("Access-Control-Allow-{name}")), None);
    }
    assert_eq!(reply.header("Access-Control-Max-Age"), None);
}

fn a_foreign_preflight_is_not(bench: &Bench) {
    for origin in ["https://evil.example", "null", "https://app.example.com.evil.example"] {
        let reply = preflight(&bench.client(), PROTECTED, origin, "GET");
        assert_unreadable(reply.assert_error(401, "unauthorized"));
    }
}

fn a_preflight_asks_for_a_method(bench: &Bench) {
    let reply = bench.client().request("OPTIONS", PROTECTED).header("Origin", ORIGIN).send();
    reply.assert_error(401, "unauthorized");
    let reply = bench
        .client()
        .get(PROTECTED)
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", "GET")
        .send();
    reply.assert_error(401, "unauthorized");
}

fn open_files_are_readable_by_all(bench: &Bench) {
    for origin in ["https://anybody.example", ORIGIN] {
        let reply = bench.client().get(&format!("{FILES}clip.mp4")).header("Origin", origin).send();
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"), "{origin}");
        assert_eq!(reply.header("Access-Control-Allow-Credentials"), None, "{origin}");
        // The same for everybody, so that caches keep one copy.
        assert_eq!(reply.header("Vary"), None, "{origin}");
    }
}

fn other_names_have_no_origins(bench: &Bench) {
    for (host, path) in [(AUTH, REALM), (AUTH, "/nowhere"), (API, "/nowhere")] {
        let reply = bench
            .client()
            .host(host)
            .get(path)
            .header("Origin", "https://admin.example.com")
            .send();
        assert_unreadable(&reply);
    }
}
