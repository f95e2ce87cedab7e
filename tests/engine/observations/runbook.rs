//! RUNBOOK.md's commands work as they are printed.

use std::collections::BTreeSet;
use std::fs;

use super::databases::{query, value};
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "runbook::first_start",
        proves: &["WS-16"],
        on: Presets::Only(&["minimal", "web-api", "wavestack"]),
        moment: Moment::Running,
        look: first_start,
    },
    Observation {
        name: "runbook::every_example_answers",
        proves: &["AI-3", "AI-5", "AI-13"],
        on: Presets::All,
        moment: Moment::Running,
        look: every_example_answers,
    },
    Observation {
        name: "runbook::a_secret_gets_a_new_value",
        proves: &["MY-10"],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Disturbing,
        look: a_secret_gets_a_new_value,
    },
    Observation {
        name: "runbook::a_backup_restores_a_lost_volume",
        proves: &[],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Disturbing,
        look: a_backup_restores_a_lost_volume,
    },
];

/// The section's lines but for the build, which the images' stand-ins went before, on a stack that runs.
fn first_start(stack: &Stack) {
    let lines = stack.runbook("First start");
    let lines: Vec<&str> = lines
        .lines()
        .filter(|line| !line.starts_with("dc build") && !line.contains("secrets fill"))
        .map(|line| line.split("  #").next().unwrap_or(line))
        .collect();
    assert!(lines.iter().any(|line| line.contains("secrets unseal")), "{lines:?}");
    let output = finish(&mut stack.shell(&lines.join("\n")), "");
    for service in stack.running() {
        assert!(said(&output).contains(service), "`dc ps` does not tell of {service}");
    }
}

/// Each example asks as its policy wants it, and none is refused or fails to connect.
fn every_example_answers(stack: &Stack) {
    let lines = stack.runbook("Is it up");
    let examples: Vec<&str> = lines.lines().filter(|line| line.starts_with("curl ")).collect();
    assert!(!examples.is_empty(), "no example");
    let event = stack.root().join("event.json");
    fs::write(&event, "{}").expect("an event");
    for example in &examples {
        let keys = lines.lines().filter(|line| line.starts_with("KEY="));
        let keys = keys.collect::<Vec<_>>().join("\n");
        let with = format!("TOKEN=good-ann\nSIGNATURE=sha256=00\n{keys}\n{example}");
        let output = feed(&mut stack.shell(&with), "");
        assert!(output.status.success(), "{example}: {}", said(&output));
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let status = answer.split_whitespace().nth(1).unwrap_or_default();
        // A browser is sent to sign in.
        let fine = status.starts_with('2') || (example.contains("oidc") && status == "302");
        // The machine itself is on no allow list.
        let fine = fine || (status == "403" && is_listed(stack, example));
        assert!(fine, "{example}: {answer}");
    }
    fs::remove_file(event).expect("no event any more");
}

/// Whether exposure.yaml opens the example's path to an allow list only.
fn is_listed(stack: &Stack, example: &str) -> bool {
    let url = example.rsplit_once("https://").map_or("", |(_, url)| url.trim_end_matches('\''));
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    let start = format!("{host} /{path} ");
    let routes = stack.exposure("routes");
    routes.iter().any(|route| route.starts_with(&start) && route.contains(" allow="))
}

/// A new password for the service's roles in both databases: the new one opens, the old one no more.
fn a_secret_gets_a_new_value(stack: &Stack) {
    let old = value(stack, "database_url");
    let new = "newpasswordofthirtytwocharacters";
    let text = fs::read_to_string(stack.project.drawn("RUNBOOK.md")).expect("the runbook");
    let again = text.lines().find(|line| line.contains("10-roles.sh")).expect("the roles' line");
    let set = "portcullis secrets set postgres_app_password --env production";
    finish(&mut stack.shell(set), &format!("{new}\n"));
    let unsealed = said(&finish(&mut stack.shell("portcullis secrets unseal"), ""));
    let readers: BTreeSet<&str> =
        ["app", "postgres"].into_iter().filter(|service| unsealed.contains(service)).collect();
    assert_eq!(readers.len(), 2, "who restarts is not said: {unsealed}");
    let prelude = stack.runbook("The log").replace("dc logs gateway", "");
    finish(&mut stack.shell(&format!("{prelude}\nset -e\ndc restart app\n{again}")), "");
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait"]), "");
    let now = value(stack, "database_url");
    assert!(now.contains(new), "the URL holds another password");
    assert_eq!(query(stack, &now, "SELECT 1").as_deref(), Ok("1\n"));
    let refused = query(stack, &old, "SELECT 1");
    assert!(
        refused.as_ref().is_err_and(|why| why.contains("authentication failed")),
        "{refused:?}"
    );
}

/// Saved by the runbook's first block, lost with its volumes, restored by the others.
fn a_backup_restores_a_lost_volume(stack: &Stack) {
    let owner = value(stack, "migrate_url");
    query(stack, &owner, "CREATE TABLE IF NOT EXISTS saved (word text)").expect("a table");
    query(stack, &owner, "INSERT INTO saved VALUES ('saved')").expect("a row");
    let url = value(stack, "redis_url");
    let redis = |words: &[&str]| {
        let command = [&["redis-cli", "--no-auth-warning", "-u", url.as_str()], words].concat();
        said(&stack.inside("redis", &command))
    };
    assert_eq!(redis(&["SET", "saved", "word"]), "OK\n");
    let blocks = stack.runbook_blocks("Back up and restore");
    let [first, save, restore @ ..] = &blocks[..] else { panic!("no commands: {blocks:?}") };
    assert!(!restore.is_empty(), "nothing restores: {blocks:?}");
    finish(&mut stack.shell(&format!("set -e\n{first}{save}")), "");
    stack.down();
    stack.up();
    assert!(query(stack, &owner, "SELECT word FROM saved").is_err(), "nothing was lost");
    assert_eq!(redis(&["GET", "saved"]).trim(), "", "nothing was lost");
    for block in restore {
        finish(&mut stack.shell(&format!("set -e\n{first}{block}")), "");
    }
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait"]), "");
    let rows = query(stack, &owner, "SELECT DISTINCT word FROM saved");
    assert_eq!(rows.as_deref(), Ok("saved\n"));
    assert_eq!(redis(&["GET", "saved"]), "word\n");
}
