//! API keys, checked at the edge.

use crate::gateway::bench::Bench;
use crate::gateway::facts::{CRAWLER_KEY, LEGACY_KEY, ORIGIN, PROTECTED, PUBLIC, REPORTER_KEY};
use crate::gateway::suite::checks;

checks![Quick: no_key_401, wrong_keys_401, a_key_names_its_client, the_key_stays_at_the_edge, a_forwarded_key_goes_on,
    a_key_opens_its_own_routes_only, nobody_names_a_client, guessing_is_counted, a_listed_site_may_send_a_key];

const ROBOTS: &str = "/robots/list";
const LEGACY: &str = "/legacy/list";

fn no_key_401(bench: &Bench) {
    for path in [ROBOTS, LEGACY] {
        let reply = bench.client().get(path).token("good-ann").send();
        reply.assert_error(401, "unauthorized").assert_secured();
        assert!(bench.seen(&reply).is_empty());
    }
}

fn wrong_keys_401(bench: &Bench) {
    let long = format!("{CRAWLER_KEY}x");
    for key in [
        "",
        "x",
        "crawler",
        &CRAWLER_KEY[1..],
        &CRAWLER_KEY[..63],
        &long,
        ".*",
        "default",
        LEGACY_KEY,
        "~^.*$",
    ] {
        let reply = bench.client().get(ROBOTS).header("X-Api-Key", key).send();
        reply.assert_error(401, "unauthorized");
        assert!(bench.seen(&reply).is_empty(), "{key}");
    }
    // A key belongs into its header, where no log and no Referer finds it.
    bench
        .client()
        .get(&format!("{ROBOTS}?X-Api-Key={CRAWLER_KEY}&api_key={CRAWLER_KEY}"))
        .send()
        .assert_error(401, "unauthorized");
}

fn a_key_names_its_client(bench: &Bench) {
    for (key, name) in [(CRAWLER_KEY, "crawler"), (REPORTER_KEY, "reporter")] {
        let reply = bench.client().post(ROBOTS, "x").header("X-Api-Key", key).send();
        let seen = bench.service_saw(reply.assert_passed());
        assert_eq!(seen.header("X-Api-Client"), Some(name));
        assert_eq!(bench.log_of(reply.request_id())["api_client"], name);
        assert_eq!(bench.seen(&reply).len(), 1, "no validator is asked");
    }
}

fn the_key_stays_at_the_edge(bench: &Bench) {
    let request = bench
        .client()
        .get(ROBOTS)
        .header("X-Api-Key", CRAWLER_KEY)
        .header("X-Legacy-Key", LEGACY_KEY);
    let reply = request.send();
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!((seen.header("X-Api-Key"), seen.header("X-Legacy-Key")), (None, None));
    for path in [PUBLIC, PROTECTED] {
        let request = bench
            .client()
            .get(path)
            .token("good-ann")
            .header("X-Api-Key", CRAWLER_KEY)
            .header("X-Legacy-Key", LEGACY_KEY);
        let reply = request.send();
        for seen in bench.seen(reply.assert_passed()) {
            assert_eq!(
                (seen.header("X-Api-Key"), seen.header("X-Legacy-Key")),
                (None, None),
                "{path}"
            );
        }
    }
}

fn a_forwarded_key_goes_on(bench: &Bench) {
    let reply = bench
        .client()
        .get(LEGACY)
        .header("X-Legacy-Key", LEGACY_KEY)
        .header("X-Api-Key", CRAWLER_KEY)
        .send();
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!((seen.header("X-Legacy-Key"), seen.header("X-Api-Key")), (Some(LEGACY_KEY), None));
    assert_eq!(seen.header("X-Api-Client"), Some("legacy"));
}

fn a_key_opens_its_own_routes_only(bench: &Bench) {
    bench
        .client()
        .get(LEGACY)
        .header("X-Legacy-Key", CRAWLER_KEY)
        .send()
        .assert_error(401, "unauthorized");
    bench
        .client()
        .get(LEGACY)
        .header("X-Api-Key", LEGACY_KEY)
        .send()
        .assert_error(401, "unauthorized");
    bench
        .client()
        .get(PROTECTED)
        .header("X-Api-Key", CRAWLER_KEY)
        .send()
        .assert_error(401, "unauthorized");
}

fn nobody_names_a_client(bench: &Bench) {
    for path in [PUBLIC, PROTECTED] {
        let reply = bench
            .client()
            .get(path)
            .token("good-ann")
            .header("X-Api-Client", "crawler")
            .header("X-Api-Key", CRAWLER_KEY)
            .send();
        for seen in bench.seen(reply.assert_passed()) {
            assert_eq!(seen.header("X-Api-Client"), None, "{path}");
        }
    }
    let reply = bench
        .client()
        .get(ROBOTS)
        .header("X-Api-Key", CRAWLER_KEY)
        .header("X-Api-Client", "root")
        .send();
    assert_eq!(bench.service_saw(&reply).header("X-Api-Client"), Some("crawler"));
}

fn guessing_is_counted(bench: &Bench) {
    let client = bench.client();
    let replies = client.burst(40, &client.get(ROBOTS).header("X-Api-Key", "guess"));
    assert!(replies.iter().take(21).all(|reply| reply.status == 401));
    assert!(replies.iter().filter(|reply| reply.status == 429).count() > 9);
}

fn a_listed_site_may_send_a_key(bench: &Bench) {
    let ask = |path: &str| {
        let request = bench.client().request("OPTIONS", path).header("Origin", ORIGIN);
        request.header("Access-Control-Request-Method", "GET").send()
    };
    let common = "Authorization, Content-Type, X-Requested-With";
    for (path, headers) in [
        (ROBOTS, format!("{common}, X-API-Key")),
        (LEGACY, format!("{common}, X-Legacy-Key")),
        (PROTECTED, common.to_owned()),
    ] {
        let reply = ask(path);
        assert_eq!(
            (reply.status, reply.header("Access-Control-Allow-Headers")),
            (204, Some(&*headers)),
            "{path}"
        );
    }
}
