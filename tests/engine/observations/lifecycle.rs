//! A preset comes up, healthy to the last service, and goes down without a trace.

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::finish;
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "lifecycle::fills",
        proves: &["AI-12"],
        on: Presets::All,
        moment: Moment::Before,
        look: fills,
    },
    Observation {
        name: "lifecycle::comes_up",
        proves: &["AI-8", "WS-15", "AI-2"],
        on: Presets::All,
        moment: Moment::Up,
        look: comes_up,
    },
    Observation {
        name: "lifecycle::goes_down",
        proves: &[],
        on: Presets::All,
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
    for service in stack.running() {
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
