//! A preset comes up, healthy to the last service, and goes down without a trace.

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "lifecycle::fills",
        proves: &["AI-12"],
        on: Presets::Every,
        moment: Moment::Before,
        look: fills,
    },
    Observation {
        name: "lifecycle::comes_up",
        proves: &["AI-8", "WS-15", "AI-2"],
        on: Presets::Every,
        moment: Moment::Up,
        look: comes_up,
    },
    Observation {
        name: "lifecycle::profiles_come_up",
        proves: &["AI-9", "MY-14"],
        on: Presets::Only(&["myloware", "ai-stack"]),
        moment: Moment::Up,
        look: profiles_come_up,
    },
    Observation {
        name: "lifecycle::goes_down",
        proves: &[],
        on: Presets::Every,
        moment: Moment::Down,
        look: goes_down,
    },
];

/// `secrets fill` takes what is missing from standard input and asks for nothing a second time.
fn fills(stack: &Stack) {
    let first = stack.fill();
    assert!(first.status.success(), "{}", said(&first));
    let again = stack.fill();
    assert!(again.status.success(), "asked twice: {}", said(&again));
}

fn comes_up(stack: &Stack) {
    stack.up();
    all_healthy(stack, |service| stack.service(service).get("profiles").is_none());
}

/// What a profile keeps back does not run until it is asked for.
fn profiles_come_up(stack: &Stack) {
    let kept_back = |service: &&str| stack.service(service).get("profiles").is_some();
    for service in stack.running().into_iter().filter(kept_back) {
        let inspected = feed(&mut stack.docker(&["inspect", &stack.container(service)]), "");
        assert!(!inspected.status.success(), "{service} runs without its profile");
    }
    stack.up_with_profiles();
    all_healthy(stack, |_| true);
}

fn all_healthy(stack: &Stack, which: impl Fn(&str) -> bool) {
    for service in stack.running().into_iter().filter(|service| which(service)) {
        let state = &stack.inspect(service)["State"];
        assert_eq!(state["Health"]["Status"], "healthy", "{service}: {state}");
    }
}

fn goes_down(stack: &Stack) {
    stack.down();
    for (kind, arguments) in [
        ("container", ["ps", "-aq"].as_slice()),
        ("volume", &["volume", "ls", "-q"]),
        ("network", &["network", "ls", "-q", "--filter", "type=custom"]),
    ] {
        let left = finish(&mut stack.docker(arguments), "");
        assert!(left.stdout.is_empty(), "a {kind} is left: {}", said(&left));
    }
}
