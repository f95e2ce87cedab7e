//! Findings as SARIF 2.1.0 (OASIS), with what code hosts read beside it: `security-severity` and
//! `precision` of rules, fingerprints that outlive a moved line, fixes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Audited, Finding, Fix};
use crate::controls::{Severity, find};
use crate::tree::Digest;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run with a rule for each control that found something.
pub fn sarif(projects: &[Audited]) -> Value {
    let all = projects.iter().flat_map(|project| &project.judged.findings);
    let controls: BTreeSet<&str> = all.map(|finding| finding.control).collect();
    let results = projects.iter().flat_map(|project| {
        project.judged.findings.iter().map(move |finding| result(project, finding))
    });
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "portcullis",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": controls.iter().map(|control| rule(control)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn rule(id: &str) -> Value {
    let Some(control) = find(id) else {
        return of_a_file(id);
    };
    json!({
        "id": id,
        "shortDescription": {"text": control.title()},
        "fullDescription": {"text": control.why()},
        "help": {"text": control.why(), "markdown": control.page().to_string()},
        "defaultConfiguration": {"level": level(control.severity())},
        "properties": {
            "security-severity": score(control.severity()),
            "precision": "very-high",
            "tags": ["security"],
        },
    })
}

/// A rule that is no control.
fn of_a_file(id: &str) -> Value {
    let Some(rule) = super::rule(id) else {
        // Only waivers are found without a rule.
        let words = "A waiver names a control, has a reason, and accepts a finding.";
        return json!({
            "id": id,
            "shortDescription": {"text": "Waivers have a reason and a use"},
            "fullDescription": {"text": words},
            "help": {"text": words},
            "defaultConfiguration": {"level": level(Severity::Low)},
        });
    };
    json!({
        "id": id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": format!("{} ({})", rule.why, rule.references.join(", "))},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "security-severity": score(rule.severity),
            "precision": "very-high",
            "tags": ["security"],
        },
    })
}

fn result(project: &Audited, finding: &Finding) -> Value {
    let file = project.file_of(finding);
    let mut result = json!({
        "ruleId": finding.control,
        "level": level(finding.severity),
        "message": {"text": format!("{}: {}; {}", finding.place, finding.found, finding.advice)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(file)},
            "region": {
                "startLine": finding.at.line.max(1),
                "startColumn": finding.at.column.max(1),
                "endLine": finding.at.line.max(1),
                "endColumn": finding.at.column.max(1).saturating_add(finding.at.length),
            },
        }}],
        // GitHub follows the first, which it would else make of the line's text.
        "partialFingerprints": {
            "primaryLocationLineHash": fingerprint(file, finding),
            "portcullis/v1": fingerprint(file, finding),
        },
    });
    let further = [
        (
            "suppressions",
            finding
                .waived
                .as_ref()
                .map(|reason| json!([{"kind": "inSource", "justification": reason}])),
        ),
        ("fixes", finding.fix.as_ref().map(|fix| json!([self::fix(file, fix)]))),
    ];
    for (key, value) in further {
        if let (Some(value), Some(result)) = (value, result.as_object_mut()) {
            result.insert(key.to_owned(), value);
        }
    }
    result
}

fn fix(file: &str, fix: &Fix) -> Value {
    let crate::diagnostic::Position { line, column, length, .. } = fix.at;
    let end = column.saturating_add(length);
    let region =
        json!({"startLine": line, "startColumn": column, "endLine": line, "endColumn": end});
    json!({
        "description": {"text": fix.text.trim()},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(file)},
            "replacements": [{"deletedRegion": region, "insertedContent": {"text": fix.text}}],
        }],
    })
}

/// What stays the same when lines above are added or removed.
fn fingerprint(file: &str, finding: &Finding) -> String {
    let Finding { control, place, found, .. } = finding;
    Digest::of(format!("{file}\n{control}\n{place}\n{found}").as_bytes()).to_string()
}

/// A path as a relative reference (RFC 3986, section 4.2).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            letter if letter.is_ascii_alphanumeric() => uri.push(char::from(letter)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// SARIF's own words.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number in the ranges that GitHub's code scanning reads as critical (over 9), high (7 to 8.9),
/// medium (4 to 6.9) and low (0.1 to 3.9).
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.1",
    }
}
