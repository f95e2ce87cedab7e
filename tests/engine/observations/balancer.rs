//! Behind a load balancer, which alone is believed when it says who a client is.

use crate::engine::arrived::Arrived;
use crate::engine::client::Client;
use crate::engine::journal;
use crate::engine::observation::{Observation, Presets, running};
use crate::engine::stack::Stack;

use super::limits::burst;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running("balancer::its_word_counts", &["AC-13"], Presets::Only(BEHIND), its_word_counts),
    running(
        "balancer::nobody_elses_word_counts",
        &["AC-13"],
        Presets::Only(BEHIND),
        nobody_elses_word_counts,
    ),
    running(
        "balancer::each_client_behind_it_counts_alone",
        &["AC-13"],
        Presets::Only(BEHIND),
        each_client_behind_it_counts_alone,
    ),
];

/// The description says `trusted_proxies`.
const BEHIND: &[&str] = &["bulletin"];
const HOST: &str = "bulletin.example.com";
const PATH: &str = "/tally/count";

fn balancer(stack: &Stack) -> Client {
    stack.client().at([198, 51, 100, 200])
}

/// Whom the service, and the log, take for the client who came with this header.
fn told(stack: &Stack, client: &Client, forwarded: &str) -> [String; 3] {
    let reply = client.ask("GET", HOST, PATH, &[("X-Forwarded-For", forwarded)]);
    let seen = Arrived::of(&reply);
    let logged = journal::line(stack, "access", &reply)["client"].as_str().expect("it").to_owned();
    [logged, seen.all("X-Forwarded-For").concat(), seen.all("X-Real-IP").concat()]
}

fn its_word_counts(stack: &Stack) {
    let balancer = balancer(stack);
    assert_eq!(told(stack, &balancer, "203.0.113.70"), ["203.0.113.70"; 3]);
    assert_eq!(told(stack, &balancer, "2001:db8:7::1"), ["2001:db8:7::1"; 3]);
    // What the client itself wrote before the balancer saw it.
    assert_eq!(told(stack, &balancer, "10.0.0.1, 203.0.113.71"), ["203.0.113.71"; 3]);
}

fn nobody_elses_word_counts(stack: &Stack) {
    let stranger = stack.client().at([198, 51, 100, 201]);
    for claimed in ["203.0.113.72", "198.51.100.200"] {
        assert_eq!(told(stack, &stranger, claimed), ["198.51.100.201"; 3], "{claimed}");
    }
    let replies = burst(&stranger, HOST, 120, &format!("GET {PATH}"), &from(73));
    assert!(replies.iter().any(|reply| reply.status == 429), "a made-up address has its own rate");
}

fn each_client_behind_it_counts_alone(stack: &Stack) {
    let balancer = balancer(stack);
    let statuses = |count: usize, from: &str| -> Vec<u16> {
        let replies = burst(&balancer, HOST, count, &format!("GET {PATH}"), from);
        replies.iter().map(|reply| reply.status).collect()
    };
    let noisy = statuses(120, &from(74));
    assert!(noisy.iter().filter(|status| **status == 429).count() > 30, "{noisy:?}");
    // As many at once, of as many clients.
    let many: Vec<u16> = (75..135).flat_map(|last| statuses(1, &from(last))).collect();
    assert!(many.iter().all(|status| *status == 200), "{many:?}");
}

fn from(last: u8) -> String {
    format!("X-Forwarded-For: 203.0.113.{last}\r\n")
}
