//! What was judged, as the views of it need it.

use super::{Finding, Judged};
use crate::controls::Severity;
use crate::diagnostic::{Diagnostic, Sources};

/// One project with the texts that its findings point into.
#[derive(Debug, Clone)]
pub struct Audited {
    /// The file that was named.
    pub file: String,
    /// Its texts, and those that it includes.
    pub sources: Sources,
    /// What was found.
    pub judged: Judged,
    /// What could not be judged.
    pub unjudged: Vec<Diagnostic>,
    /// Variables that have to be set and are not; stand-ins were judged instead.
    pub unset: Vec<String>,
}

impl Audited {
    /// The name of the file that a finding stands in.
    pub(super) fn file_of(&self, finding: &Finding) -> &str {
        match self.sources.name(finding.at.source) {
            "" => &self.file,
            name => name,
        }
    }
}

/// How many findings that no waiver accepts there are of each severity, the worst first.
pub fn counts(projects: &[Audited]) -> Vec<(Severity, usize)> {
    let count = |severity: Severity| {
        let open = projects.iter().flat_map(|project| project.judged.open());
        open.filter(|finding| finding.severity == severity).count()
    };
    Severity::ALL.iter().rev().map(|severity| (*severity, count(*severity))).collect()
}

/// The counts in words: `1 critical, 3 high, 20 low`.
pub(super) fn sum(projects: &[Audited]) -> String {
    let counts = counts(projects).into_iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> =
        counts.map(|(severity, count)| format!("{count} {}", severity.word())).collect();
    if words.is_empty() { "nothing found".to_owned() } else { words.join(", ") }
}
