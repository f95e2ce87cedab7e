//! The judges of `tests/checkers`, over hundreds of trees: each is started once for many of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::jail::Jail;

/// A tree's folder, the judge, what it found.
pub(crate) type Finding = (PathBuf, String, String);

/// Every judge over every tree; the two gixys over each `every`th.
pub(crate) fn all(trees: &[PathBuf], every: usize) -> Vec<Finding> {
    let some: Vec<PathBuf> = trees.iter().step_by(every).cloned().collect();
    let (left, right) = trees.split_at(trees.len() / 2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let mut found = compose_and_nginx(left);
            found.extend(gixy("gixy-ng", &some));
            found.extend(dclint(trees));
            found.extend(schema(trees));
            found
        });
        let mut found = compose_and_nginx(right);
        found.extend(gixy("gixy-next", &some));
        found.extend(compose_lint(trees));
        found.extend(first.join().unwrap());
        found
    })
}

/// Compose reads each file, and the real nginx the configuration at the paths where Compose
/// mounts it.
fn compose_and_nginx(trees: &[PathBuf]) -> Vec<Finding> {
    let mut found = Vec::new();
    for tree in trees {
        let read = Command::new(tools().join("bin/docker-compose"))
            .args(["--file", "compose.yaml", "--profile", "*", "config", "--format", "json"])
            .current_dir(tree)
            .envs(asked(&fs::read_to_string(tree.join("compose.yaml")).unwrap()))
            .output()
            .unwrap();
        if !read.status.success() {
            found.push((tree.clone(), "docker-compose".to_owned(), said(&read.stderr)));
            continue;
        }
        let project: Value = serde_json::from_slice(&read.stdout).unwrap();
        let tested = || {
            let jail = Jail::of_service("gateway", &project)?;
            jail.run(&tools().join("bin/nginx"), &["-t"])
        };
        // A process that another thread started meanwhile may still hold the copy open.
        let busy = |why: &String| why.contains("Text file busy");
        let judged = tested().or_else(|why| if busy(&why) { tested() } else { Err(why) });
        if let Err(why) = judged {
            found.push((tree.clone(), "nginx -t".to_owned(), why));
        }
    }
    found
}

/// What the file asks of who starts it, as `portcullis secrets exec` would hand it over.
fn asked(compose: &str) -> BTreeMap<&str, &str> {
    let names = compose.split("${").skip(1).filter_map(|after| after.split(":?").next());
    let name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    names.filter(name).map(|name| (name, "/run/portcullis-secrets")).collect()
}

fn compose_lint(trees: &[PathBuf]) -> Vec<Finding> {
    let arguments =
        ["check", "--strict-config", "--fail-on", "low", "--format", "json", "compose.yaml"];
    let mut found = Vec::new();
    for (tree, code, out, err) in python("judges", "compose_lint.cli", &arguments, trees) {
        let mut finding =
            |what: String| found.push((tree.clone(), "compose-lint".to_owned(), what));
        let report: Value = serde_json::from_str(&out).unwrap_or_default();
        let Some(findings) = report["findings"].as_array() else {
            finding(format!("no report: {err}"));
            continue;
        };
        let unexplained = findings.iter().filter(|finding| {
            finding["suppression_reason"].as_str().is_none_or(|reason| reason.trim().is_empty())
        });
        let before: Vec<_> = unexplained
            .map(|f| format!("{}: {}", f["rule_id"].as_str().unwrap_or("?"), f["message"]))
            .collect();
        if code != 0 && before.is_empty() {
            finding(format!("exit code {code}: {err}"));
        }
        before.into_iter().for_each(finding);
    }
    found
}

fn gixy(name: &str, trees: &[PathBuf]) -> Vec<Finding> {
    let answers = python(name, "gixy.cli.main", &["gateway/nginx.conf"], trees);
    let judged = answers.into_iter().filter_map(|(tree, code, out, err)| {
        let lower = (out.clone() + &err).to_lowercase();
        let clean =
            code == 0 && lower.contains("no issues found") && !lower.contains("internal error");
        (!clean).then(|| (tree, name.to_owned(), out + &err))
    });
    judged.collect()
}

/// dclint takes many files but one configuration: trees with the same one go together.
fn dclint(trees: &[PathBuf]) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<&PathBuf>> = BTreeMap::new();
    for tree in trees {
        let own = fs::read_to_string(tree.join(".dclintrc.yaml")).unwrap_or_default();
        groups.entry(own).or_default().push(tree);
    }
    let mut found = Vec::new();
    for group in groups.values() {
        let path = format!("{}:{}", tools().join("bin").display(), std::env::var("PATH").unwrap());
        let files = group.iter().map(|tree| tree.join("compose.yaml"));
        let output = Command::new(tools().join("bin/dclint"))
            .args(["--formatter", "json", "--max-warnings", "0"])
            .args(files)
            .current_dir(group[0])
            .env("PATH", path)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("dclint: {}{}", said(&output.stdout), said(&output.stderr)));
        for file in report.as_array().unwrap() {
            let tree = Path::new(file["filePath"].as_str().unwrap()).parent().unwrap();
            for message in file["messages"].as_array().unwrap() {
                let what =
                    format!("{}: {}", message["rule"].as_str().unwrap_or("?"), message["message"]);
                found.push((tree.to_owned(), "dclint".to_owned(), what));
            }
        }
    }
    found
}

/// The published schema, which an editor holds a description against.
fn schema(trees: &[PathBuf]) -> Vec<Finding> {
    if trees.is_empty() {
        return Vec::new();
    }
    let output = Command::new(tools().join("bin/check-jsonschema"))
        .args(["--output-format", "json", "--schemafile"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/portcullis.schema.json"))
        .args(trees.iter().map(|tree| tree.join("portcullis.yaml")))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("check-jsonschema: {}", said(&output.stderr)));
    assert!(matches!(report["status"].as_str(), Some("ok" | "fail")), "{report:#}");
    let errors =
        ["errors", "parse_errors"].map(|kind| report[kind].as_array().cloned().unwrap_or_default());
    let found = errors.concat().into_iter().map(|error| {
        let file = Path::new(error["filename"].as_str().unwrap());
        let what = format!("{}: {}", error["path"], error["message"]);
        (file.parent().unwrap().to_owned(), "schema".to_owned(), what)
    });
    found.collect()
}

/// One process of a Python judge for all trees: folder, exit code, standard output and error.
fn python(
    environment: &str,
    module: &str,
    arguments: &[&str],
    trees: &[PathBuf],
) -> Vec<(PathBuf, i64, String, String)> {
    let mut child = Command::new(tools().join(environment).join("bin/python3"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/judge.py"))
        .arg(module)
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = trees.iter().map(|tree| format!("{}\n", tree.display())).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers: Vec<_> = said(&output.stdout)
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
            (
                PathBuf::from(text("folder")),
                answer["code"].as_i64().unwrap_or(1),
                text("out"),
                text("err"),
            )
        })
        .collect();
    assert_eq!(answers.len(), trees.len(), "{environment}: {}", said(&output.stderr));
    answers
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools")
}
