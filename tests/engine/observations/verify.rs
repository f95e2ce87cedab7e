//! `portcullis verify`, on the machine of a stack that runs: what it can see from there holds, and what is
//! changed behind its back is told.

use serde_json::Value;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "verify::what_it_promises_holds",
        proves: &ROWS,
        on: Presets::Only(EVERY),
        moment: Moment::Disturbing,
        look: what_it_promises_holds,
    },
    Observation {
        name: "verify::drift_on_the_machine_is_told",
        proves: &["WS-16"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Disturbing,
        look: drift_on_the_machine_is_told,
    },
];

const EVERY: &[&str] = &["relay", "web-api", "wavestack", "ai-camera"];

/// A row of the requirements, the promises of `verify` that show it, and the presets on which all of them are
/// made, seen and kept.
struct Shown {
    row: &'static str,
    promises: &'static [&'static str],
    on: &'static [&'static str],
}

const SHOWN: [Shown; 9] = [
    shown("AC-1", &["published-ports", "container-ports"], EVERY),
    shown("AC-3", &["websocket", "websocket-credentials", "websocket-origin"], &["ai-camera"]),
    shown("AC-5", &["blocked-paths"], &["wavestack", "ai-camera"]),
    shown("AC-9", &["cors-listed", "cors-foreign"], &["wavestack", "ai-camera"]),
    shown("RL-3", &["no-credentials", "wrong-credentials", "error-bodies"], EVERY),
    shown("RL-4", &["public-paths", "no-credentials"], &["relay"]),
    shown("MY-8", &["tls-old-versions", "tls-weak-ciphers", "tls-current-versions", "hsts"], EVERY),
    shown("WS-2", &["identity-headers"], &["wavestack", "ai-camera"]),
    shown("WS-16", &["services-answer", "containers", "container-confinement"], EVERY),
];

const fn shown(
    row: &'static str,
    promises: &'static [&'static str],
    on: &'static [&'static str],
) -> Shown {
    Shown { row, promises, on }
}

const ROWS: [&str; SHOWN.len()] = {
    let mut rows = [""; SHOWN.len()];
    let mut at = 0;
    while at < rows.len() {
        rows[at] = SHOWN[at].row;
        at += 1;
    }
    rows
};

/// Nothing is broken, and what shows a row is seen and holds.
fn what_it_promises_holds(stack: &Stack) {
    let promises = verified(stack, 0);
    let with = |word: &str| -> Vec<&str> {
        let those = promises.iter().filter(|promise| promise["result"] == word);
        those.filter_map(|promise| promise["id"].as_str()).collect()
    };
    assert_eq!(with("broken"), Vec::<&str>::new(), "{promises:#?}");
    let holds = with("holds");
    for shown in SHOWN.iter().filter(|shown| shown.on.contains(&stack.preset())) {
        for id in shown.promises {
            assert!(holds.contains(id), "{}: {id} does not hold: {promises:#?}", shown.row);
        }
    }
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
