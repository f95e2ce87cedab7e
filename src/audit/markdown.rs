//! Findings for a pull request: one table, the worst first.

use super::report::sum;
use super::{Audited, Finding};
use crate::controls::Severity;
use crate::escape::markdown::{cell_code, cell_prose};

/// A table of the findings that are `shown`, and how many there are of each severity.
pub fn markdown(projects: &[Audited], shown: impl Fn(Severity) -> bool) -> String {
    let mut rows: Vec<(&Finding, String)> = Vec::new();
    for project in projects {
        let open = project.judged.open().filter(|finding| shown(finding.severity));
        rows.extend(open.map(|finding| (finding, row(project, finding))));
    }
    rows.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.severity));
    let mut text = format!("**{}**\n", sum(projects));
    if !rows.is_empty() {
        text += "\n| severity | where | control | found | write instead |\n|---|---|---|---|---|\n";
        text.extend(rows.into_iter().map(|(_, row)| row));
    }
    text
}

fn row(project: &Audited, finding: &Finding) -> String {
    let Finding { at, control, place, found, severity, advice, .. } = finding;
    let place_in_file = format!("{}:{}", project.file_of(finding), at.line);
    let words = |text: &str| cell_prose(text).unwrap_or_default();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        severity.word(),
        cell_code(&place_in_file).unwrap_or_default(),
        cell_code(control).unwrap_or_default(),
        words(&format!("{place}: {found}")),
        words(advice),
    )
}
