//! SARIF as others read it: the official schema, and what GitHub's code scanning asks for beyond it.
//! `sarif-2.1.0-rtm.5.json` is the schema as Microsoft's npm package `@microsoft/jest-sarif` carries it (MIT).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{audited, broken, sarif};

/// Everything that a result may have: a fix, a waiver, a complaint about a waiver.
fn log() -> Value {
    sarif(&[
        audited(&broken("privileged: true # portcullis: allow privileged -- a builder")),
        audited(&broken("ports: ['80:80'] # portcullis: allow host-pid -- nothing")),
        audited(&broken("environment: {DB_PASSWORD: hunter2hunter2}")),
    ])
}

#[test]
fn the_official_schema_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let written = tempfile::NamedTempFile::new().unwrap();
    let judge = |log: &Value| {
        std::fs::write(written.path(), log.to_string()).unwrap();
        Command::new(root.join("target/tools/bin/check-jsonschema"))
            // One of its patterns is none where characters are read as Unicode.
            .args(["--regex-variant", "nonunicode", "--schemafile"])
            .arg(root.join("tests/audit/sarif-2.1.0-rtm.5.json"))
            .arg(written.path())
            .output()
            .unwrap()
    };
    let output = judge(&log());
    assert!(output.status.success(), "{output:?}");
    let mut wrong = log();
    wrong["runs"][0]["results"][0]["level"] = "high".into();
    assert!(!judge(&wrong).status.success(), "the judge takes anything");
}

/// docs.github.com, "SARIF support for code scanning": required properties, and limits by object.
#[test]
fn github_finds_what_it_requires() {
    let log = log();
    let run = &log["runs"][0];
    let text = |value: &Value, most: usize| {
        let text = value.as_str().unwrap_or_default();
        assert!(!text.is_empty() && text.chars().count() <= most, "{value}");
    };
    let mut rules = BTreeSet::new();
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        text(&rule["id"], 255);
        text(&rule["shortDescription"]["text"], 1024);
        text(&rule["fullDescription"]["text"], 1024);
        text(&rule["help"]["text"], usize::MAX);
        assert!(rules.insert(rule["id"].as_str().unwrap()), "{} stands twice", rule["id"]);
        let Some(score) = rule["properties"]["security-severity"].as_str() else {
            assert_eq!(rule["id"], "waiver");
            continue;
        };
        let score: f64 = score.parse().unwrap();
        assert!((0.1..=10.0).contains(&score), "{score}");
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
    }
    let results = run["results"].as_array().unwrap();
    for result in results {
        assert!(rules.contains(result["ruleId"].as_str().unwrap()));
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        text(&result["message"]["text"], 1000);
        text(&result["partialFingerprints"]["primaryLocationLineHash"], 255);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with('/') && !uri.contains(' '), "{uri}");
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][key].as_u64().unwrap() >= 1, "{key}: {place}");
        }
    }
    let has = |key: &str| results.iter().any(|result| !result[key].is_null());
    assert!(has("fixes") && has("suppressions") && rules.contains("waiver"));
}
