//! What compose-lint finds in each case. One call judges all files that stand alone; of a project
//! of several files it judges what Compose makes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::corpus::Case;

/// One finding of theirs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Theirs {
    /// The case's place in the list.
    pub(crate) case: usize,
    pub(crate) rule: String,
    pub(crate) service: String,
    pub(crate) message: String,
}

pub(crate) fn all(cases: &[Case]) -> Vec<Theirs> {
    let merged = tempfile::tempdir().unwrap();
    let file = |(index, case): (usize, &Case)| match case.files.as_slice() {
        [only] => case.folder.join(only),
        _ => merge(case, &merged.path().join(format!("{index:04}.yaml"))),
    };
    let files = cases.iter().enumerate().map(file);
    let files: Vec<PathBuf> = files.map(|file| file.canonicalize().unwrap()).collect();
    let output = Command::new(tool("compose-lint"))
        // Missing files of settings and overrides that nobody named are no failure here.
        .args(["check", "--format", "json", "--fail-on", "critical"])
        .args(["--no-merge-overrides", "--allow-partial-coverage"])
        .args(&files)
        .output()
        .unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("compose-lint: {why}: {}", said(&output.stderr)));
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(0), "{}", report["errors"]);
    let index: BTreeMap<&Path, usize> =
        files.iter().enumerate().map(|(index, file)| (file.as_path(), index)).collect();
    let finding = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        // What comes from an included file stands there, and was found in the file that includes it.
        let file = finding["graded_file"].as_str().unwrap_or(finding["file"].as_str().unwrap());
        // It names files below the current folder from there.
        let file = Path::new(file).canonicalize().unwrap();
        Theirs {
            case: *index.get(file.as_path()).unwrap_or_else(|| panic!("{finding}")),
            rule: text("rule_id"),
            service: text("service"),
            message: text("message"),
        }
    };
    let mut found: Vec<_> = report["findings"].as_array().unwrap().iter().map(finding).collect();
    found.dedup();
    found
}

/// Several files as the one project that Compose makes of them: with their variables as they are
/// written, or filled in where Compose wants to know them; the first file where nobody can.
fn merge(case: &Case, to: &Path) -> PathBuf {
    let config = |more: &[&str]| {
        let env = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(tool("docker-compose"));
        command.current_dir(&case.folder).args(["--ansi", "never", "--project-directory", "."]);
        if let Some(text) = &case.env {
            std::fs::write(env.path(), text).unwrap();
            command.arg("--env-file").arg(env.path());
        }
        for file in &case.files {
            command.arg("-f").arg(file);
        }
        command.args(["--profile", "*", "config", "--no-path-resolution", "--no-normalize"]);
        command.arg("--no-env-resolution").args(more).output().unwrap()
    };
    let written = config(&["--no-interpolate"]);
    let output = if written.status.success() { written } else { config(&[]) };
    if !output.status.success() {
        return case.folder.join(&case.files[0]);
    }
    std::fs::write(to, output.stdout).unwrap();
    to.to_owned()
}

fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin").join(name)
}
