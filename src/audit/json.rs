//! Findings for programs.

use serde_json::{Value, json};

use super::{Audited, Finding, Fix, counts};

/// Version of the form: it changes when a field goes or changes its meaning.
const VERSION: u32 = 1;

/// `{version, files: [{file, services, findings, unjudged, unset}], open: {SEVERITY: COUNT}}`; a
/// finding has `file`, `line`, `column` (from 1), `control`, `severity`, `reason` of the severity,
/// `place`, `found`, `advice`, `references`, `fix` (`{line, column, length, text}`: the characters to
/// replace by a text) where a machine may write one, and `waived` with the reason where a comment
/// accepts it.
pub fn json(projects: &[Audited]) -> Value {
    let each = |project: &Audited| {
        let findings = project.judged.findings.iter();
        let unjudged = project
            .unjudged
            .iter()
            .map(|note| json!({"line": note.at.map_or(0, |at| at.line), "message": note.message}));
        json!({
            "file": project.file,
            "services": project.judged.services,
            "findings": findings.map(|f| finding(project, f)).collect::<Vec<_>>(),
            "unjudged": unjudged.collect::<Vec<_>>(),
            "unset": project.unset,
        })
    };
    let open = counts(projects);
    let open: serde_json::Map<String, Value> =
        open.into_iter().map(|(severity, n)| (severity.word().to_owned(), json!(n))).collect();
    json!({
        "version": VERSION,
        "files": projects.iter().map(each).collect::<Vec<_>>(),
        "open": open,
    })
}

fn finding(project: &Audited, finding: &Finding) -> Value {
    let fix = |Fix { at, text }: &Fix| json!({"line": at.line, "column": at.column, "length": at.length, "text": text});
    json!({
        "file": project.file_of(finding),
        "line": finding.at.line,
        "column": finding.at.column,
        "control": finding.control,
        "severity": finding.severity.word(),
        "reason": finding.reason(),
        "place": finding.place,
        "found": finding.found,
        "advice": finding.advice,
        "references": finding.references,
        "fix": finding.fix.as_ref().map(fix),
        "waived": finding.waived,
    })
}
