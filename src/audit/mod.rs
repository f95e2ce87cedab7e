//! Judging Compose files that other people wrote: what the controls find in a lifted project, where
//! it stands, how bad it is, and what to write instead.
//!
//! [`audit`] lifts a project and asks every control that a Compose file can answer; what a comment
//! of the file accepts with a reason is [`Waiver`]'s. [`text`], [`markdown`], [`json`] and
//! [`sarif`] are views of the same findings.

mod beside;
pub mod dockerfile;
mod finding;
mod fix;
mod json;
mod judged_file;
mod loosened;
mod markdown;
mod mounts;
pub mod nginx;
mod report;
mod rule;
mod sarif;
mod scope;
mod text;
mod waiver;

#[cfg(test)]
mod tests;

pub use beside::{alone, beside};
pub use finding::{Finding, Judged};
pub use fix::Fix;
pub use json::json;
pub use markdown::markdown;
pub use report::{Audited, counts};
pub use rule::{RULES, Rule, rule};
pub use sarif::sarif;
pub use text::text;
pub use waiver::Waiver;

use crate::compose::lift_project;
use crate::compose::load::Project;
use crate::controls::{ALL, Severity};
use crate::diagnostic::{Problems, Sources};
use crate::stack::Stack;

/// Judge a project that was read from `sources`; findings in the order of the files. `None` where
/// the project has no name that a stack may have.
pub fn audit(project: &Project, sources: &Sources, problems: &mut Problems) -> Option<Judged> {
    let stack = lift_project(project, problems)?;
    let mut findings = found(&stack, project, sources);
    findings.extend(loosened::found(&stack, project));
    let mut waivers = waiver::read(project, sources);
    for finding in &mut findings {
        finding.waived = waiver::covering(&mut waivers, finding);
    }
    findings.extend(waivers.iter().filter_map(Waiver::complaint));
    findings.sort();
    findings.dedup();
    Some(Judged { findings, services: stack.services.len() })
}

/// What every control finds in the stack, each at its place.
fn found(stack: &Stack, project: &Project, sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let judging = ALL.iter().filter(|control| scope::is_told_by_files(control.id()));
    for control in judging.filter(|control| control.concerns(stack)) {
        for violation in control.check(stack) {
            let written = violation.origin.is_written();
            let severity = match (control.is_advice(), written) {
                (true, _) => Severity::Info,
                (false, true) => control.severity(),
                (false, false) => control.severity().less(),
            };
            let place = finding::place(&violation, stack, project);
            let fix = fix::fix(control.id(), &violation, project, sources);
            findings.push(Finding {
                at: place.at,
                service: place.service,
                control: control.id(),
                severity,
                place: violation.place.to_string(),
                found: violation.found,
                advice: fix::words(control.id()).map_or(violation.advice, str::to_owned),
                references: control.references(),
                fix,
                waived: None,
            });
        }
    }
    findings
}
