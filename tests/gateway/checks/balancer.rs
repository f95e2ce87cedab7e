//! Behind a load balancer, 127.0.0.9, and in front of everybody who only says so.

use std::net::Ipv4Addr;

use crate::gateway::bench::Bench;
use crate::gateway::client::Client;
use crate::gateway::facts::{API, PUBLIC};
use crate::gateway::suite::checks;

checks![Quick: the_balancers_word_counts, a_spoofed_chain_does_not, nobody_elses_word_counts, each_client_behind_it_counts_alone,
    a_network_of_ipv6_counts_as_one, lists_know_the_client];

fn balancer(bench: &Bench) -> Client {
    Client { from: Ipv4Addr::new(127, 0, 0, 9), ..bench.client() }
}

/// What a service is told about a client that came with this header.
fn told(bench: &Bench, client: &Client, forwarded: &str) -> Vec<String> {
    let reply = client.get(PUBLIC).header("X-Forwarded-For", forwarded).send();
    let seen = bench.service_saw(reply.assert_passed());
    let logged = bench.log_of(reply.request_id())["client"].as_str().unwrap_or_default().to_owned();
    let mut told = vec![logged];
    told.extend(
        ["X-Forwarded-For", "X-Real-IP"]
            .map(|name| seen.header(name).unwrap_or_default().to_owned()),
    );
    told
}

fn the_balancers_word_counts(bench: &Bench) {
    assert_eq!(told(bench, &balancer(bench), "192.0.2.11"), ["192.0.2.11"; 3]);
    assert_eq!(told(bench, &balancer(bench), "2001:db8:7::1"), ["2001:db8:7::1"; 3]);
}

fn a_spoofed_chain_does_not(bench: &Bench) {
    assert_eq!(told(bench, &balancer(bench), "10.0.0.1, 192.0.2.12"), ["192.0.2.12"; 3]);
    // The balancer itself in the chain is passed over.
    assert_eq!(told(bench, &balancer(bench), "10.0.0.1, 192.0.2.13, 127.0.0.9"), ["192.0.2.13"; 3]);
}

fn nobody_elses_word_counts(bench: &Bench) {
    let client = bench.client();
    let from = client.from.to_string();
    assert_eq!(told(bench, &client, "192.0.2.14"), [&*from; 3]);
    assert_eq!(told(bench, &client, "127.0.0.9"), [&*from; 3]);
}

fn statuses(bench: &Bench, forwarded: impl Fn(usize) -> String) -> Vec<u16> {
    let client = balancer(bench);
    (0..40)
        .map(|number| {
            client.get(PUBLIC).header("X-Forwarded-For", &forwarded(number)).send().status
        })
        .collect()
}

fn each_client_behind_it_counts_alone(bench: &Bench) {
    let noisy = statuses(bench, |_| "192.0.2.20".to_owned());
    assert!(noisy.iter().filter(|status| **status == 429).count() > 9, "{noisy:?}");
    let many = statuses(bench, |number| format!("192.0.2.{}", 100 + number));
    assert!(many.iter().all(|status| *status == 200), "{many:?}");
}

/// Who has an address of a /64 has all 2^64 of them.
fn a_network_of_ipv6_counts_as_one(bench: &Bench) {
    // In full and with the zeros that the short spelling leaves out, inside the network and below it.
    for network in ["2001:db8:20:1:", "2001:db8:20:2::", "2001:db8::"] {
        let same = statuses(bench, |number| {
            format!("{network}{number:x}{}", if network.ends_with("::") { "" } else { ":1:1:1" })
        });
        assert!(same.iter().filter(|status| **status == 429).count() > 9, "{network}: {same:?}");
    }
    let others = statuses(bench, |number| format!("2001:db8:21:{number:x}::1"));
    assert!(others.iter().all(|status| *status == 200), "{others:?}");
}

fn lists_know_the_client(bench: &Bench) {
    let client = balancer(bench).host(API);
    for (address, status) in
        [("198.51.100.3", 200), ("192.0.2.30", 403), ("2001:db8:1::5", 200), ("2001:db8:2::5", 403)]
    {
        let reply =
            client.get("/api/near/x").token("good-ann").header("X-Forwarded-For", address).send();
        assert_eq!(reply.status, status, "{address}");
    }
}
