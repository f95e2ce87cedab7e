//! `portcullis verify`, on the machine of a stack that runs: what it can see from there holds, and what is
//! changed behind its back is told.

use serde_json::Value;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "verify::nothing_is_broken",
        proves: &["AC-1", "AC-3", "AC-5", "AC-9", "RL-3", "RL-4", "RL-6", "MY-8", "WS-2", "WS-16"],
        on: Presets::Only(&["relay", "web-api", "wavestack", "ai-camera"]),
        moment: Moment::Disturbing,
        look: nothing_is_broken,
    },
    Observation {
        name: "verify::drift_on_the_machine_is_told",
        proves: &["WS-16"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Disturbing,
        look: drift_on_the_machine_is_told,
    },
];

/// All that is seen holds, and more than half of what the stack promises is seen.
fn nothing_is_broken(stack: &Stack) {
    let promises = verified(stack, 0);
    let told = |word: &str| promises.iter().filter(|promise| promise["result"] == word).count();
    assert_eq!(told("broken"), 0, "{promises:#?}");
    assert!(told("holds") * 2 > promises.len(), "{promises:#?}");
}

/// A container that somebody allowed more memory than is drawn.
fn drift_on_the_machine_is_told(stack: &Stack) {
    let container = stack.container("api");
    let drawn = stack.inspect("api")["HostConfig"]["Memory"].as_u64().expect("a limit");
    let limit = |bytes: u64| {
        let bytes = bytes.to_string();
        let arguments = ["update", "--memory", &bytes, "--memory-swap", &bytes, &container];
        finish(&mut stack.docker(&arguments), "");
    };
    limit(drawn * 2);
    let promises = verified(stack, 1);
    limit(drawn);
    let broken: Vec<_> = promises.iter().filter(|promise| promise["result"] == "broken").collect();
    assert_eq!(broken.len(), 1, "{broken:#?}");
    assert!(broken[0].to_string().contains("memory"), "{broken:#?}");
}

/// What `verify` says of each promise, with its exit code.
fn verified(stack: &Stack, code: i32) -> Vec<Value> {
    let line = "printf good-ann >/run/bearer; portcullis verify --format json --no-load \
                --bearer /run/bearer --url https://127.0.0.1:443 --url http://127.0.0.1:80";
    let output = feed(&mut stack.shell(line), "");
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    let account: Value = serde_json::from_slice(&output.stdout).expect("its account");
    account["promises"].as_array().expect("promises").clone()
}
