//! What Compose would start anew after a change: what the change touches, and nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use support::{Project, text};

/// A service with a route and a password at redis restarts the gateway and redis; a setting, its
/// service alone.
#[test]
fn only_what_a_change_touches_starts_anew() {
    let project = Project::new("wavestack");
    let before = hashes(&project);
    assert!(before.len() >= 8, "{before:?}");
    project.edit("      AUTH_MODE: jwks\n", "      AUTH_MODE: other\n");
    project.succeed(&["generate"]);
    let other = hashes(&project);
    assert_eq!(changed(&before, &other), BTreeSet::from(["core-app"]));

    project.edit(
        "  postgres:\n    use:",
        "  search:\n    build: {context: apps/search, runtime: node}\n    command: [node, server.js]\n    port: 4000\n    health: /health\n    needs: [redis]\n    routes: {/search/: {}}\n  postgres:\n    use:",
    );
    project.succeed(&["generate"]);
    let after = hashes(&project);
    assert_eq!(changed(&other, &after), BTreeSet::from(["gateway", "redis", "search"]));
}

fn changed<'a>(
    before: &BTreeMap<String, String>,
    after: &'a BTreeMap<String, String>,
) -> BTreeSet<&'a str> {
    assert!(before.keys().all(|name| after.contains_key(name)), "{before:?} {after:?}");
    let differing = after.iter().filter(|(name, hash)| before.get(*name) != Some(hash));
    differing.map(|(name, _)| name.as_str()).collect()
}

/// The hash by which Compose tells whether a service has to be made anew.
fn hashes(project: &Project) -> BTreeMap<String, String> {
    let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/docker-compose");
    assert!(compose.exists(), "docker-compose is not installed in target/tools: run ./test");
    let output = Command::new(compose)
        .args(["-f", "deploy/production/compose.yaml", "config", "--hash", "*"])
        .current_dir(project.root())
        .env_clear()
        .env("HOME", project.home())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    let pairs = lines.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(name, hash)| (name.to_owned(), hash.to_owned())).collect()
}
