//! Secrets: who can read them, where they are never found, and what stops without them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "secrets::nothing_starts_without_them",
        proves: &["AC-10"],
        on: Presets::All,
        moment: Moment::Before,
        look: nothing_starts_without_them,
    },
    Observation {
        name: "secrets::a_missing_one_stops_unsealing",
        proves: &["AC-10", "RL-1"],
        on: Presets::Only(&["relay", "ai-camera"]),
        moment: Moment::Before,
        look: a_missing_one_stops_unsealing,
    },
    Observation {
        name: "secrets::readers_alone_read_them",
        proves: &["AI-4", "MY-12"],
        on: Presets::All,
        moment: Moment::Running,
        look: readers_alone_read_them,
    },
    Observation {
        name: "secrets::other_users_of_the_machine_do_not",
        proves: &["MY-9"],
        on: Presets::All,
        moment: Moment::Running,
        look: other_users_of_the_machine_do_not,
    },
    Observation {
        name: "secrets::found_nowhere_else",
        proves: &["MY-9", "RL-9", "RL-12"],
        on: Presets::All,
        moment: Moment::Running,
        look: found_nowhere_else,
    },
];

/// Without the folder Docker names the path, which says whose secrets are missing; without the variable
/// the file itself says what to run.
fn nothing_starts_without_them(stack: &Stack) {
    let up = feed(&mut stack.compose(&["up", "-d", "--no-build"]), "");
    let words = said(&up);
    assert!(!up.status.success(), "it started: {words}");
    let path = format!("/run/portcullis/{}/production", stack.preset());
    assert!(words.contains(&path), "{path} is not named: {words}");
    let mut blind = stack.docker(&["compose", "--env-file", "/dev/null"]);
    blind.args(["-f", "deploy/production/compose.yaml", "up", "-d", "--no-build"]);
    let blind = feed(&mut blind, "");
    assert!(!blind.status.success(), "it started: {}", said(&blind));
    assert!(said(&blind).contains("portcullis secrets unseal"), "{}", said(&blind));
    finish(&mut stack.compose(&["--profile", "*", "down", "-v"]), "");
}

/// Empty, too short or not given at all: nothing is written, and the secret is named.
fn a_missing_one_stops_unsealing(stack: &Stack) {
    let provided = stack.project.provided();
    let name = provided.first().map_or("relay_api_key", String::as_str);
    let bundle = stack.root().join("secrets/production.yaml");
    let sealed = fs::read(&bundle).expect("the bundle");
    let folder = stack.town.on_machine(&folder(stack));
    for (case, value) in [("empty", ""), ("short", "x")] {
        let set = feed(&mut stack.portcullis(&["secrets", "set", name]), &format!("{value}\n"));
        let unseal = feed(&mut stack.portcullis(&["secrets", "unseal"]), "");
        fs::write(&bundle, &sealed).expect("the bundle as it was");
        let words = format!("{}{}", said(&set), said(&unseal));
        assert!(!set.status.success() || !unseal.status.success(), "{case}: {name} was taken");
        assert!(words.contains(name), "{case}: {name} is not named: {words}");
        if set.status.success() {
            assert_eq!(files(&folder), Vec::<PathBuf>::new(), "{case}: unsealed");
        }
    }
    fs::write(&bundle, without_entry(&String::from_utf8_lossy(&sealed), name)).expect("a bundle");
    let unseal = feed(&mut stack.portcullis(&["secrets", "unseal"]), "");
    fs::write(&bundle, &sealed).expect("the bundle as it was");
    assert_eq!(unseal.status.code(), Some(1), "missing: {}", said(&unseal));
    assert!(said(&unseal).contains(name), "missing: {}", said(&unseal));
    assert_eq!(files(&folder), Vec::<PathBuf>::new(), "missing: unsealed");
}

/// Each service finds what it declares, readable, and nothing else; and it is what was unsealed.
fn readers_alone_read_them(stack: &Stack) {
    for service in stack.running() {
        let declared: BTreeSet<String> = targets(stack.service(service));
        let listed = stack.inside(service, &["ls", "/run/secrets"]);
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let found: BTreeSet<String> = listed.split_whitespace().map(str::to_owned).collect();
        let below: BTreeSet<String> = declared
            .iter()
            .filter_map(|path| path.strip_prefix("/run/secrets/").map(str::to_owned))
            .collect();
        assert_eq!(found, below, "{service}");
        for path in declared {
            let read = stack.inside(service, &["cat", &path]);
            assert!(read.status.success(), "{service} cannot read {path}: {}", said(&read));
            assert!(!read.stdout.is_empty(), "{service}: {path} is empty");
        }
    }
}

/// Neither another user of the host nor a service's user outside its container can open one.
fn other_users_of_the_machine_do_not(stack: &Stack) {
    let folder = folder(stack);
    let others = ["1000:1000", "65534:65534", "10001:10001"];
    for other in others {
        let (user, group) = other.split_once(':').expect("a pair");
        for line in ["ls '{}'", "cat '{}'/*"] {
            let line = line.replace("{}", &folder);
            let mut setpriv = stack.town.machine(&stack.root(), "setpriv");
            setpriv.args(["--reuid", user, "--regid", group, "--clear-groups", "sh", "-c", &line]);
            let output = feed(&mut setpriv, "");
            assert!(output.stdout.is_empty(), "user {other} could `{line}`");
            assert!(said(&output).contains("denied"), "{other}: `{line}`: {}", said(&output));
        }
    }
}

/// Not in what the engine tells of containers, not in the images' history, not in the logs.
fn found_nowhere_else(stack: &Stack) {
    let values = values(stack);
    assert!(!values.is_empty(), "there is nothing to look for");
    let clean = |what: &str, text: &str| {
        for (name, lines) in &values {
            let found = lines.iter().position(|line| text.contains(line.as_str()));
            assert_eq!(found, None, "{what} holds a line of the secret {name}");
        }
    };
    for service in stack.services() {
        let container = stack.container(service);
        clean(&format!("inspect of {service}"), &stack.inspect(service).to_string());
        let logs = finish(&mut stack.docker(&["logs", &container]), "");
        clean(&format!("the log of {service}"), &said(&logs));
        let image = stack.service(service)["image"].as_str().expect("an image").to_owned();
        let mut history = stack.docker(&["history", "--no-trunc", "--format", "{{.CreatedBy}}"]);
        clean(&format!("the history of {image}"), &said(&finish(history.arg(&image), "")));
    }
    let drawn = finish(&mut stack.compose(&["config"]), "");
    clean("compose config", &said(&drawn));
}

/// The lines of every unsealed value, by its file's name; only those that are long enough not to be found by
/// chance, and not a PEM file's first and last, which are everybody's.
fn values(stack: &Stack) -> BTreeMap<String, Vec<String>> {
    let unsealed = files(&stack.town.on_machine(&folder(stack))).into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("text");
        let lines = text.lines().map(str::trim).filter(|line| line.len() >= 12);
        let secret = lines.filter(|line| !line.starts_with("-----"));
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, secret.map(str::to_owned).collect::<Vec<_>>())
    });
    unsealed.filter(|(_, lines)| !lines.is_empty()).collect()
}

/// Every file below a folder that may not be there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all = Vec::new();
    for path in entries {
        match path.is_dir() {
            true => all.extend(files(&path)),
            // The mark of the folder itself: whose it is, no value.
            false if path.ends_with(".portcullis") => {}
            false => all.push(path),
        }
    }
    all
}

/// Where the secrets are unsealed on the machine.
fn folder(stack: &Stack) -> String {
    format!("/run/portcullis/{}/production", stack.preset())
}

/// The paths of a service's secrets in its container.
fn targets(service: &Value) -> BTreeSet<String> {
    let secrets = service["secrets"].as_array().into_iter().flatten();
    let path = |secret: &Value| {
        let target = secret["target"].as_str().or(secret["source"].as_str()).expect("a name");
        if target.starts_with('/') { target.to_owned() } else { format!("/run/secrets/{target}") }
    };
    secrets.map(path).collect()
}

/// The bundle without one entry: the entry's line and the deeper ones below it.
pub fn without_entry(bundle: &str, name: &str) -> String {
    let (mut kept, mut inside) = (String::new(), false);
    for line in bundle.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start().starts_with(&format!("{name}:")) {
            inside = true;
            continue;
        }
        inside &= indent > 2 || line.trim().is_empty();
        if !inside {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}
