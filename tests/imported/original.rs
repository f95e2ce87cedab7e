//! A project as its own file runs it, and what it answers that way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::answer::{Answer, PATHS, PATIENCE, settled};
use crate::cases::Case;
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// The Compose file's name in the project's folder.
pub const FILE: &str = "compose.yaml";

/// What was there before.
pub struct Original {
    /// By published port and path.
    pub answers: BTreeMap<(u16, &'static str), Answer>,
    /// Named volumes by the engine's name.
    pub volumes: BTreeSet<String>,
    /// How many services its file has.
    pub services: usize,
}

/// Lays out the project's folder: its own file, and what that mounts and reads.
pub fn lay_out(case: &Case, corpus: &Path, root: &Path) {
    fs::copy(corpus.join(case.file), root.join(FILE)).expect("the Compose file");
    for (path, text) in case.files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

impl Original {
    /// Brings it up, asks each of its ports and takes it down with its volumes.
    pub fn of(case: &Case, stack: &Stack) -> Self {
        let services = model(stack)["services"].as_object().expect("services").len();
        let up = feed(compose(stack).args(["up", "-d", "--no-build", "--wait"]), "");
        assert!(up.status.success(), "the original does not come up: {}{}", said(&up), logs(stack));
        let ports = case.web.iter().map(|(port, _)| port).chain(case.streams);
        let asked = ports.flat_map(|port| PATHS.iter().map(|path| (*port, *path)));
        let answers = asked.map(|(port, path)| ((port, path), answer(case, stack, port, path)));
        let answers: BTreeMap<_, _> = answers.collect();
        let published = published(&model(stack));
        let asked = answers.keys().map(|(port, _)| *port);
        let asked: BTreeSet<u16> = asked.filter(|_| case.inside.is_none()).collect();
        assert_eq!(published, asked, "a published port that nobody asks");
        let volumes = volumes(stack);
        finish(compose(stack).args(["down", "-v"]), "");
        Self { answers, volumes, services }
    }
}

fn answer(case: &Case, stack: &Stack, port: u16, path: &str) -> Answer {
    let ask = || match case.inside {
        Some(service) => {
            let address = *stack.addresses(service).values().next().expect("an address");
            Answer::inside(&stack.town, address, port, path)
        }
        None => Answer::at(&stack.town, port, path),
    };
    let good =
        |answer: &std::io::Result<Answer>| answer.as_ref().is_ok_and(|answer| answer.status == 200);
    let answer = settled(PATIENCE, ask, good);
    assert!(good(&answer), "port {port} of the original: {answer:?}\n{}", logs(stack));
    answer.expect("an answer")
}

fn logs(stack: &Stack) -> String {
    said(&feed(compose(stack).args(["logs", "--tail", "8"]), ""))
}

/// What Compose understands of it.
fn model(stack: &Stack) -> Value {
    let output = finish(compose(stack).args(["config", "--format", "json"]), "");
    serde_json::from_slice(&output.stdout).expect("Compose's JSON")
}

fn published(model: &Value) -> BTreeSet<u16> {
    let services = model["services"].as_object().expect("services").values();
    let ports = services.filter_map(|service| service["ports"].as_array()).flatten();
    ports.filter_map(|port| port["published"].as_str()?.parse().ok()).collect()
}

/// The named volumes on the engine: those without a name have 64 hexadecimal digits.
pub fn volumes(stack: &Stack) -> BTreeSet<String> {
    let output = finish(&mut stack.docker(&["volume", "ls", "--quiet"]), "");
    let text = String::from_utf8(output.stdout).expect("text");
    let named = |name: &&str| name.len() != 64 || !name.chars().all(|c| c.is_ascii_hexdigit());
    text.lines().filter(named).map(str::to_owned).collect()
}

fn compose(stack: &Stack) -> Command {
    stack.docker(&["compose", "--progress", "quiet", "-p", stack.preset(), "-f", FILE])
}
