//! How each judge is called, and what counts as a finding: anything but a clean exit, a word of
//! the judge that it gave up half way, a file that it did not look at, or a waiver without reason.
//!
//! Each runs in the folder of compose.yaml, as a user would, so that it reads the waiver file
//! that lies there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::jail::Jail;

/// Looks at the folder that holds compose.yaml; the error is what it found.
pub(crate) type Judge = fn(&Path) -> Result<(), String>;

/// Stands in for the unsealed directory; no judge opens what lies below it.
pub(crate) const SECRETS_DIR: &str = "/run/portcullis-secrets";

pub(crate) fn compose(stack: &Path) -> Result<(), String> {
    run("docker-compose", stack, &["--file", "compose.yaml", "config", "--quiet"]).map(drop)
}

pub(crate) fn schema(stack: &Path) -> Result<(), String> {
    run("check-jsonschema", stack, &["--builtin-schema", "vendor.compose-spec", "compose.yaml"])
        .map(drop)
}

pub(crate) fn compose_lint(stack: &Path) -> Result<(), String> {
    let strict = ["check", "--strict-config", "--fail-on", "low", "--format", "json"];
    let report = run("compose-lint", stack, &[&strict[..], &["compose.yaml"]].concat())?;
    let report: serde_json::Value = serde_json::from_str(&report).map_err(|e| e.to_string())?;
    let unexplained = |finding: &&serde_json::Value| {
        !finding["suppression_reason"].as_str().is_some_and(|reason| !reason.trim().is_empty())
    };
    match report["findings"].as_array().ok_or("no findings in the report")?.iter().find(unexplained)
    {
        Some(finding) => Err(format!("neither clean nor waived with a reason: {finding}")),
        None => Ok(()),
    }
}

pub(crate) fn dclint(stack: &Path) -> Result<(), String> {
    run("dclint", stack, &["--max-warnings", "0", "compose.yaml"])?;
    waivers_are_explained(&stack.join(".dclintrc.yaml"))
}

pub(crate) fn yamllint(stack: &Path) -> Result<(), String> {
    run("yamllint", stack, &["--strict", "."])?;
    waivers_are_explained(&stack.join(".yamllint"))
}

pub(crate) fn hadolint(stack: &Path) -> Result<(), String> {
    for dockerfile in dockerfiles(stack)? {
        run("hadolint", stack, &["--failure-threshold", "style", &dockerfile])?;
    }
    Ok(())
}

pub(crate) fn trivy(stack: &Path) -> Result<(), String> {
    // Without a cache of its own it would judge by whatever rules its last user has fetched.
    let alone = ["config", "--cache-dir", env!("CARGO_TARGET_TMPDIR"), "--skip-check-update"];
    let strict = ["--skip-version-check", "--exit-code", "1", "."];
    let report = run("trivy", stack, &[alone, strict].concat())?;
    match dockerfiles(stack)?.into_iter().find(|dockerfile| !report.contains(dockerfile)) {
        Some(dockerfile) => Err(format!("{dockerfile} was not looked at:\n{report}")),
        None => Ok(()),
    }
}

pub(crate) fn gixy_ng(stack: &Path) -> Result<(), String> {
    gixy("gixy-ng", stack)
}

pub(crate) fn gixy_next(stack: &Path) -> Result<(), String> {
    gixy("gixy-next", stack)
}

/// The real nginx reads the gateway's files at the paths where compose.yaml mounts them.
pub(crate) fn nginx(stack: &Path) -> Result<(), String> {
    let gateway = run("docker-compose", stack, &["config", "--format", "json", "gateway"])?;
    let gateway = serde_json::from_str(&gateway).map_err(|e| e.to_string())?;
    Jail::of_service("gateway", &gateway)?.run(&program("nginx"), &["-t"])
}

fn gixy(name: &str, stack: &Path) -> Result<(), String> {
    let report = run(name, stack, &["gateway/nginx.conf"])?;
    let lower = report.to_lowercase();
    if !lower.contains("no issues found") || lower.contains("internal error") {
        return Err(report);
    }
    // What is under /run is there on a running host only; any other missing file was not judged.
    let unread = |line: &&str| line.contains("File not found") && !line.contains("/run/");
    match report.lines().find(unread) {
        Some(line) => Err(format!("a file was not looked at: {line}")),
        None => Ok(()),
    }
}

/// Each rule of a waiver file must stand directly below a comment that gives the reason.
fn waivers_are_explained(file: &Path) -> Result<(), String> {
    let Ok(text) = std::fs::read_to_string(file) else { return Ok(()) };
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.windows(2) {
        let is_rule = pair[1].starts_with("  ") && !pair[1].trim_start().starts_with('#');
        if is_rule && !pair[0].trim_start().starts_with('#') {
            return Err(format!("{}: a waiver without reason: {}", file.display(), pair[1]));
        }
    }
    Ok(())
}

/// The Dockerfiles below services/, which must be those that compose.yaml builds from.
fn dockerfiles(stack: &Path) -> Result<Vec<String>, String> {
    let compose = std::fs::read_to_string(stack.join("compose.yaml")).map_err(|e| e.to_string())?;
    let named = compose.lines().filter(|line| line.trim_start().starts_with("dockerfile:")).count();
    let mut found: Vec<String> = std::fs::read_dir(stack.join("services"))
        .into_iter()
        .flatten()
        .map(|entry| format!("services/{}/Dockerfile", entry.unwrap().file_name().display()))
        .filter(|dockerfile| stack.join(dockerfile).is_file())
        .collect();
    found.sort();
    if found.len() == named {
        Ok(found)
    } else {
        Err(format!("compose.yaml names {named} Dockerfiles, but these were drawn: {found:?}"))
    }
}

/// Runs a judge and returns all that it said; anything but exit code 0 makes that an error.
fn run(name: &str, stack: &Path, arguments: &[&str]) -> Result<String, String> {
    let path = format!("{}:{}", tools().display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new(program(name))
        .args(arguments)
        .current_dir(stack)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("PORTCULLIS_SECRETS_DIR", SECRETS_DIR)
        .output()
        .unwrap();
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        // Warnings on standard error do not spoil a report that is read as JSON.
        let errors = if arguments.contains(&"json") { String::new() } else { said(&output.stderr) };
        Ok(said(&output.stdout) + &errors)
    } else {
        Err(format!("{}\n{}{}", output.status, said(&output.stdout), said(&output.stderr)))
    }
}

fn program(name: &str) -> PathBuf {
    let program = tools().join(name);
    assert!(program.exists(), "{name} is not installed: run ./test, which installs it");
    program
}

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin")
}
