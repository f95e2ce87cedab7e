//! One thing that is wrong, and where.

use crate::compose::load::Project;
use crate::controls::{Severity, Violation, find};
use crate::diagnostic::Position;
use crate::stack::{Origin, Place, Stack};
use crate::yaml::Node;

use super::Fix;

/// What was found in one project.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// In the order of the files.
    pub findings: Vec<Finding>,
    /// Services that were judged.
    pub services: usize,
}

impl Judged {
    /// Findings that no waiver accepts.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }

    /// The worst of them.
    pub fn worst(&self) -> Option<Severity> {
        self.open().map(|finding| finding.severity).max()
    }
}

/// A violation at its place in a file. Holds no secret's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where it stands; what nobody wrote stands at the service's name.
    pub at: Position,
    /// The control's id; `waiver` for a waiver that cannot hold.
    pub control: &'static str,
    /// What it is about: `service web`, `network default`.
    pub place: String,
    /// What was found.
    pub found: String,
    /// How bad it is; a default that nobody chose weighs one step less than a value.
    pub severity: Severity,
    /// What to write instead.
    pub advice: String,
    /// Where other catalogues say the same.
    pub references: &'static [&'static str],
    /// The place of the service's name, for waivers.
    pub service: Option<Position>,
    /// Lines that mend it, where a machine may write them.
    pub fix: Option<Fix>,
    /// The reason of the waiver that accepts it.
    pub waived: Option<String>,
}

impl Finding {
    /// Why it is as bad as its severity says.
    pub fn reason(&self) -> String {
        let reason = self.severity.reason();
        let written = find(self.control).map(|control| control.severity());
        match written {
            Some(written) if written != self.severity && written.less() == self.severity => {
                format!("{reason}; `{}` where somebody wrote it", written.word())
            }
            _ => reason.to_owned(),
        }
    }
}

/// Where a violation stands.
pub(super) struct Standing {
    pub(super) at: Position,
    pub(super) service: Option<Position>,
}

/// The value that was written, else the name of what the violation is about.
pub(super) fn place(violation: &Violation, stack: &Stack, project: &Project) -> Standing {
    let service = match &violation.place {
        Place::Service(name) => stack.services.get(name).map(|service| &service.origin),
        _ => None,
    };
    let service = service.and_then(|origin| match origin {
        Origin::Written(at) => Some(*at),
        _ => None,
    });
    let written = match violation.origin {
        Origin::Written(at) if at != Position::default() => Some(at),
        _ => None,
    };
    let named = || match &violation.place {
        Place::Network(name) => key(project, "networks", name.as_str()),
        Place::Secret(name) => key(project, "secrets", name.as_str()),
        _ => None,
    };
    let at = written.or(service).or_else(named).or_else(|| top(project));
    Standing { at: at.unwrap_or_default(), service }
}

fn key(project: &Project, section: &str, name: &str) -> Option<Position> {
    let entries = project.node.get(section).and_then(Node::mapping)?;
    // A key that nobody wrote, such as the default network, has the place of the whole file.
    let (key, _) = entries.iter().find(|(key, _)| key.text == name)?;
    (key.at != project.node.at).then_some(key.at)
}

/// The line of `services:`.
fn top(project: &Project) -> Option<Position> {
    let entries = project.node.mapping()?;
    entries.iter().find(|(key, _)| key.text == "services").map(|(key, _)| key.at)
}
