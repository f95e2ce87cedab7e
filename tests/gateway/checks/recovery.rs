//! What happens when services come, move and go; nobody reloads the gateway for it.

use std::thread;
use std::time::{Duration, Instant};

use crate::gateway::bench::Bench;
use crate::gateway::facts::{API, AUTH, PROTECTED, PUBLIC, REALM};
use crate::gateway::room::{SILENT, service_address};
use crate::gateway::suite::checks;

checks![Alone: idle_services_are_left_first, a_moved_service_is_found, it_starts_before_its_services,
    a_restarted_pair_is_asked_at_once, a_silent_service_504];

/// Docker's resolver says 600 s; the gateway asks again after five, and a second may pass until it does.
const FOUND_AGAIN: Duration = Duration::from_millis(6_500);

/// Node and uvicorn close idle connections after five seconds: the gateway has to be first.
fn idle_services_are_left_first(bench: &Bench) {
    // Nothing may be left of what other checks had services wait for.
    bench.stubs.restore(&bench.room, bench.facts.services);
    for (host, path) in [(API, PROTECTED), (AUTH, REALM)] {
        let client = bench.client().host(host);
        client.get(path).token("good-ann").send().assert_passed();
    }
    let held = || {
        bench
            .facts
            .services
            .iter()
            .map(|(name, _)| bench.stubs.open_connections(name))
            .sum::<usize>()
    };
    assert!(held() > 0);
    thread::sleep(Duration::from_millis(2_500));
    assert!(held() > 0, "closed before others may use them");
    thread::sleep(Duration::from_millis(2_300));
    assert_eq!(held(), 0);
}

fn a_moved_service_is_found(bench: &Bench) {
    bench.stubs.dns.forget();
    for (number, (name, port)) in (40..).zip(bench.facts.services) {
        bench.stubs.place(&bench.room, name, service_address(number), *port);
    }
    let lost = bench.client().get(PROTECTED).token("good-ann").send();
    // Unless the gateway happened to look just now.
    if lost.status != 200 {
        lost.assert_error(503, "unavailable");
        assert_eq!(lost.header("Retry-After"), Some("5"));
    }
    found_again(bench);
    // IPv6 questions would double the load and answer nothing.
    let asked = bench.stubs.dns.asked();
    assert!(asked.iter().all(|(_, kind)| *kind == 1), "{asked:?}");
}

fn found_again(bench: &Bench) {
    let begun = Instant::now();
    for (host, path) in [(API, PUBLIC), (API, PROTECTED), (AUTH, REALM)] {
        loop {
            let reply = bench.client().host(host).get(path).token("good-ann").send();
            if reply.status == 200 {
                break;
            }
            assert!(begun.elapsed() < FOUND_AGAIN, "{host}{path} still answers {}", reply.status);
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn it_starts_before_its_services(bench: &Bench) {
    for (name, _) in bench.facts.services {
        bench.stubs.dns.set(name, &[]);
    }
    bench.start_alone().expect("a start without services");
    for (host, path) in [(API, PUBLIC), (AUTH, REALM)] {
        let reply = bench.client().host(host).get(path).send();
        reply.assert_error(503, "unavailable").assert_secured();
        assert_eq!(reply.header("Retry-After"), Some("5"));
    }
    let reply = bench.client().get(PROTECTED).token("good-ann").send();
    reply.assert_error(503, "unavailable").assert_secured();
    assert_eq!(reply.header("Retry-After"), Some("5"));
    bench.client().get("/files/clip.mp4").send().assert_secured();
    for (number, (name, port)) in (60..).zip(bench.facts.services) {
        bench.stubs.place(&bench.room, name, service_address(number), *port);
    }
    found_again(bench);
}

/// Two replicas that fail together are back together: nobody is shut out for having failed once.
fn a_restarted_pair_is_asked_at_once(bench: &Bench) {
    let pair = |number: u8| [service_address(number), service_address(number + 1)];
    let second = |name: &str| format!("second {name}");
    for (number, (name, port)) in (80..).step_by(2).zip(bench.facts.services) {
        bench.stubs.place(&bench.room, name, pair(number)[0], *port);
        bench.stubs.place_beside(&bench.room, &second(name), name, pair(number)[1], *port);
        bench.stubs.dns.set(name, &pair(number));
    }
    bench.start().expect("a start");
    let ask = |(host, path): (&str, &str)| bench.client().host(host).get(path).send();
    for (number, (name, port)) in (80..).step_by(2).zip(bench.facts.services) {
        let Some((_, host, path)) = OPEN.iter().find(|(service, ..)| service == name) else {
            continue;
        };
        ask((host, path)).assert_passed();
        bench.stubs.stop(name);
        bench.stubs.stop(&second(name));
        for _ in 0..4 {
            ask((host, path)).assert_error(502, "bad_gateway");
        }
        bench.stubs.place_beside(&bench.room, name, name, pair(number)[0], *port);
        bench.stubs.place_beside(&bench.room, &second(name), name, pair(number)[1], *port);
        for _ in 0..4 {
            ask((host, path)).assert_passed();
        }
        // One of two fails: the other one answers for it.
        bench.stubs.stop(&second(name));
        for _ in 0..6 {
            ask((host, path)).assert_passed();
        }
    }
}

/// A path without a policy for each service.
const OPEN: [(&str, &str, &str); 2] = [("core-app", API, PUBLIC), ("keycloak", AUTH, REALM)];

/// Two seconds to connect and two attempts, one for the validator; a browser need not wait for a minute.
fn a_silent_service_504(bench: &Bench) {
    let (name, _) = bench.facts.services[0];
    bench.stubs.dns.set(name, &SILENT);
    bench.start_alone().expect("a start");
    thread::sleep(Duration::from_millis(300));
    for (path, status, code, range) in [
        (PUBLIC, 504, "gateway_timeout", 3_900..4_900),
        (PROTECTED, 503, "unavailable", 1_900..2_900),
    ] {
        let begun = Instant::now();
        bench.client().get(path).token("good-ann").send().assert_error(status, code);
        let took = begun.elapsed().as_millis();
        assert!(range.contains(&took), "{path}: {took} ms");
    }
}
