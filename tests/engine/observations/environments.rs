//! A further environment has secrets of its own.

use std::fs;

use super::databases::value;
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[Observation {
    name: "environments::share_no_secret",
    proves: &["MY-2", "WS-20"],
    on: Presets::Only(&["relay"]),
    moment: Moment::Disturbing,
    look: share_no_secret,
}];

/// The runbook's commands for one more environment; a value taken over from production is told.
fn share_no_secret(stack: &Stack) {
    let lines = stack.runbook("One more environment").replace("NAME", "dev");
    finish(&mut stack.shell(&lines), "");
    let root = stack.root();
    let sealed = |environment: &str| {
        let path = root.join(format!("secrets/{environment}.yaml"));
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    assert_ne!(sealed("production"), sealed("dev"));
    // Started beside production, it would not be taken for production.
    let drawn = fs::read_to_string(root.join("deploy/dev/compose.yaml")).expect("the drawn file");
    assert!(drawn.contains("\nname: relay-dev\n"), "{drawn}");
    let check = |code: i32| {
        let output = feed(&mut stack.portcullis(&["secrets", "check", "--env", "dev"]), "");
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        said(&output)
    };
    check(0);
    let production = value(stack, "relay_api_key");
    let set = ["secrets", "set", "relay_api_key", "--env", "dev"];
    finish(&mut stack.portcullis(&set), &format!("{production}\n"));
    let told = check(1);
    assert!(told.contains("relay_api_key") && told.contains("same value"), "{told}");
    assert!(!told.contains(&production), "the value itself is printed");
    for path in ["secrets/dev.yaml", "deploy/dev"] {
        let path = root.join(path);
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}
