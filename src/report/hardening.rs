//! HARDENING.md: one line per control, with its verdict, where it is enforced and what is left.

use serde::Serialize;

use super::{Report, ReportError};
use crate::controls::{self, Section};
use crate::hardening::{Finding, Hardening, PlaceFinding, Verdict};
use crate::templates;

/// One section of the report.
#[derive(Debug, Clone, Serialize)]
pub struct ReportSection {
    /// Its heading.
    pub title: &'static str,
    /// Its controls, in their order.
    pub lines: Vec<Line>,
}

/// One control.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// HARDENED, FIXED, EXCEPTED or MANUAL.
    pub verdict: &'static str,
    /// The control's id.
    pub control: &'static str,
    /// The wanted condition.
    pub title: &'static str,
    /// Where it shows in the generated files.
    pub enforced_in: &'static str,
    /// What it satisfies elsewhere.
    pub references: String,
    /// Places where something is left, was fixed or is excepted.
    pub places: Vec<LinePlace>,
}

/// One place of a control.
#[derive(Debug, Clone, Serialize)]
pub struct LinePlace {
    /// The place's own verdict.
    pub verdict: &'static str,
    /// Where.
    pub place: String,
    /// What was found.
    pub found: String,
    /// What to do, or the reason of an exception.
    pub advice: String,
}

#[derive(Serialize)]
struct View {
    project: String,
    environment: String,
    hardened: usize,
    fixed: usize,
    excepted: usize,
    manual: usize,
    differs: Vec<Differs>,
    sections: Vec<ReportSection>,
}

#[derive(Serialize)]
struct Differs {
    control: &'static str,
    production: &'static str,
    here: &'static str,
}

/// The text of HARDENING.md.
pub(super) fn draw(report: &Report<'_>) -> Result<String, ReportError> {
    let count = |verdict: Verdict| {
        report.hardening.findings.iter().filter(|finding| finding.verdict == verdict).count()
    };
    let view = View {
        project: report.stack.name.to_string(),
        environment: report.stack.environment.to_string(),
        hardened: count(Verdict::Hardened),
        fixed: count(Verdict::Fixed),
        excepted: count(Verdict::Excepted),
        manual: count(Verdict::Manual),
        differs: report
            .differs
            .iter()
            .map(|difference| Differs {
                control: difference.control,
                production: difference.production.word(),
                here: difference.here.word(),
            })
            .collect(),
        sections: sections(report.hardening),
    };
    Ok(templates::render("docs/HARDENING.md.j2", &view)?)
}

/// The findings by section, sections without a control left out.
pub fn sections(hardening: &Hardening) -> Vec<ReportSection> {
    Section::ALL
        .iter()
        .map(|section| ReportSection {
            title: section.title(),
            lines: hardening
                .findings
                .iter()
                .filter_map(|finding| Some((finding, controls::find(finding.control)?)))
                .filter(|(_, control)| control.section() == *section)
                .map(|(finding, control)| line(finding, control))
                .collect(),
        })
        .filter(|section| !section.lines.is_empty())
        .collect()
}

fn line(finding: &Finding, control: &'static dyn controls::Control) -> Line {
    // What only replaced a plain default needs no line of its own.
    let told = finding.places.iter().filter(|place| place.verdict != Verdict::Hardened);
    Line {
        verdict: finding.verdict.word(),
        control: finding.control,
        title: control.title(),
        enforced_in: control.enforced_in(),
        references: control.references().join(", "),
        places: told.map(place).collect(),
    }
}

fn place(found: &PlaceFinding) -> LinePlace {
    LinePlace {
        verdict: found.verdict.word(),
        place: found.place.to_string(),
        found: found.found.clone(),
        advice: found.advice.clone(),
    }
}
