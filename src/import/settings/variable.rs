//! The environment variables of all services, each taken apart.

use std::collections::BTreeMap;

use super::Ground;
use crate::compose::ComposeFile;
use crate::import::expression::{Part, parts};

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
    let known = environment(ground);
    let mut out = Vec::new();
    for (service, keys) in &ground.project.file.services {
        for (name, value) in keys.environment.iter() {
            let pieces = value.as_ref().map(|value| {
                let written = ground.written.and_then(|one| written(&one.file, service, name));
                let written = written.filter(|text| same(ground, text, value));
                parts(written.unwrap_or(value), &known)
            });
            let (service, name) = (service.clone(), name.clone());
            out.push(Variable { service, name, parts: pieces, place: Place::Environment });
        }
    }
    out
}

/// Values of variables, without those that only stand in for others.
pub(super) fn environment(ground: &Ground<'_>) -> BTreeMap<String, String> {
    let mut environment = ground.project.environment.clone();
    environment.retain(|name, _| !ground.unset.contains(name));
    environment
}

fn written<'a>(file: &'a ComposeFile, service: &str, name: &str) -> Option<&'a str> {
    file.services.get(service)?.environment.get(name)?.as_deref()
}

/// True where a text says the same as another once its variables are filled in; a variable without
/// a value is an empty text then.
fn same(ground: &Ground<'_>, written: &str, filled: &str) -> bool {
    let text = |text: &str| -> String {
        let parts = parts(text, &ground.project.environment);
        parts.into_iter().filter_map(|part| part.text).collect()
    };
    text(written) == text(filled)
}
