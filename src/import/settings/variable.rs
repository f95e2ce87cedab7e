//! The environment variables of all services, each taken apart.

use super::Ground;
use super::expression::{Part, parts};
use crate::compose::ComposeFile;

/// One environment variable of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// The service's name in the project.
    pub(super) service: String,
    pub(super) name: String,
    /// Its pieces; none where it has no value and is taken from who runs Compose.
    pub(super) parts: Option<Vec<Part>>,
    /// What kind of place it was found in.
    pub(super) place: Place,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Environment,
    /// An argument of the command, which is no setting.
    Line,
}

impl Variable {
    /// The value; none where a part of it is not known.
    pub(super) fn text(&self) -> Option<String> {
        self.parts.as_ref()?.iter().map(|part| part.text.clone()).collect()
    }
}

pub(super) fn all(ground: &Ground<'_>) -> Vec<Variable> {
    let project = ground.project;
    let mut out = Vec::new();
    for (service, keys) in &project.file.services {
        for (name, value) in keys.environment.iter() {
            let read = |text: &String| parts(text, &project.environment);
            let mut pieces = value.as_ref().map(read);
            if let (Some(value), Some(file)) = (value, ground.written.map(|one| &one.file)) {
                pieces = written(file, service, name)
                    .map(|text| parts(text, &project.environment))
                    .filter(|parts| same(parts, &read(value)))
                    .or(pieces);
            }
            let (service, name) = (service.clone(), name.clone());
            out.push(Variable { service, name, parts: pieces, place: Place::Environment });
        }
    }
    out
}

fn written<'a>(file: &'a ComposeFile, service: &str, name: &str) -> Option<&'a str> {
    file.services.get(service)?.environment.get(name)?.as_deref()
}

/// True where both say the same; a variable without a value is an empty text once it is filled in.
fn same(written: &[Part], filled: &[Part]) -> bool {
    let text = |parts: &[Part]| -> String {
        parts.iter().filter_map(|part| part.text.as_deref()).collect()
    };
    text(written) == text(filled)
}
