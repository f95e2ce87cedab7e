//! Asked from the street, the application behind the gateway answers.

use std::io::{Read, Write};
use std::net::SocketAddr;

use crate::engine::arrived::Arrived;
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::stack::Stack;
use crate::engine::town::MACHINE;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "reply::health",
        proves: &["RL-4"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Running,
        look: health,
    },
    Observation {
        name: "reply::built_site",
        proves: &[],
        on: Presets::Only(&["bulletin"]),
        moment: Moment::Running,
        look: built_site,
    },
    Observation {
        name: "reply::compiled_programs",
        proves: &[],
        on: Presets::Only(&["bulletin"]),
        moment: Moment::Running,
        look: compiled_programs,
    },
    Observation {
        name: "reply::stream",
        proves: &[],
        on: Presets::Only(&["bulletin"]),
        moment: Moment::Running,
        look: stream,
    },
];

/// The health path answers everybody; every other path wants the key.
fn health(stack: &Stack) {
    let client = stack.client();
    assert_eq!(client.get("relay.example.com", "/health").status, 200);
    assert_eq!(client.get("relay.example.com", "/healthy").status, 401);
    assert_eq!(client.get("relay.example.com", "/").status, 401);
}

/// What a static service's Dockerfile built is what browsers get.
fn built_site(stack: &Stack) {
    let reply = stack.client().get("bulletin.example.com", "/index.html");
    assert_eq!((reply.status, &*reply.body), (200, b"built and served\n".as_slice()));
}

/// What the Dockerfiles for Go and Rust built answers from an image that has nothing of their compilers.
fn compiled_programs(stack: &Stack) {
    for (service, compiler) in [("tally", "go"), ("ledger", "cargo")] {
        Arrived::of(&stack.client().get("bulletin.example.com", &format!("/{service}/x")));
        let found = stack.inside(service, &["ls", &format!("/usr/local/bin/{compiler}")]);
        assert!(!found.status.success(), "{service}: {compiler} is in its image");
        assert!(
            stack.inside(service, &["test", "-x", &format!("/app/{service}")]).status.success()
        );
    }
}

/// What is not HTTP passes the gateway as it is, and the service behind answers.
fn stream(stack: &Stack) {
    let mut wire = stack.client().tcp(SocketAddr::new(MACHINE, 2525)).expect("the stream");
    wire.write_all(b"GET /through HTTP/1.1\r\nConnection: close\r\n\r\n").expect("to send");
    let mut answer = String::new();
    wire.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains("\"path\":\"/through\""), "{answer}");
}
