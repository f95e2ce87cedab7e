//! Findings for a terminal: one line each, in the form that editors jump to.

use super::report::sum;
use super::{Audited, Finding};
use crate::controls::Severity;

/// `FILE:LINE:COLUMN: SEVERITY CONTROL: PLACE: FOUND`, with what to write below it; those
/// that are not `shown` are counted only.
pub fn text(projects: &[Audited], shown: impl Fn(Severity) -> bool) -> String {
    let mut text = String::new();
    for project in projects {
        for finding in project.judged.findings.iter().filter(|f| shown(f.severity)) {
            text += &line(project.file_of(finding), finding);
        }
        for note in &project.unjudged {
            let line = note.at.map_or(0, |at| at.line);
            text += &format!("{}:{line}: note: {}\n", project.file, note.message);
        }
        if !project.unset.is_empty() {
            let names = project.unset.join(", ");
            text +=
                &format!("{}: note: not set, so judged with stand-ins: {names}\n", project.file);
        }
    }
    let (services, files) =
        (projects.iter().map(|p| p.judged.services).sum::<usize>(), projects.len());
    text + &format!("{services} services in {files} files: {}\n", sum(projects))
}

fn line(file: &str, finding: &Finding) -> String {
    let Finding { at, control, place, found, severity, advice, waived, .. } = finding;
    let head = format!("{file}:{}:{}", at.line, at.column);
    let (found, place) = (plain(found), plain(place));
    match waived {
        Some(reason) => {
            format!("{head}: waived {control}: {place}: {found}\n    reason: {}\n", plain(reason))
        }
        None => format!("{head}: {} {control}: {place}: {found}\n    {advice}\n", severity.word()),
    }
}

/// Text of the file without what would steer a terminal or look like another line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
