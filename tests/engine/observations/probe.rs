//! `portcullis probe`, on the machine of a stack: what it sees of an image that the stack runs.

use crate::engine::observation::{Observation, Presets, running};
use crate::engine::project::finish;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[running(
    "probe::an_image_is_seen_and_nothing_is_left",
    &[],
    Presets::Only(&["web-api"]),
    an_image_is_seen_and_nothing_is_left,
)];

fn an_image_is_seen_and_nothing_is_left(stack: &Stack) {
    let image = stack.service("redis")["image"].as_str().expect("an image").to_owned();
    let line = format!("portcullis probe '{image}' --seconds 10");
    let output = finish(&mut stack.shell(&line), "");
    let sheet = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let port = "  port: 6379\n";
    for words in ["repositories: [redis]\n", "    data: /data\n", port, "  shell: true\n"] {
        assert!(sheet.contains(words), "{words:?} is not in\n{sheet}\n{said}");
    }
    assert!(said.contains("without capabilities: it runs"), "{said}");
    let filter = "label=portcullis.probe";
    let left = finish(&mut stack.docker(&["ps", "--all", "--quiet", "--filter", filter]), "");
    assert!(left.stdout.is_empty(), "{}", String::from_utf8_lossy(&left.stdout));
}
