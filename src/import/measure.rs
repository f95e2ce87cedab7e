//! What the controls refuse of a draft becomes an exception with a reason, until nothing is
//! refused. By measurement, since an exception that nothing needs is an error as well.

use std::collections::BTreeSet;

use time::Date;

use super::draft::{Draft, DraftException};
use super::write::write;
use crate::controls;
use crate::description::Document;
use crate::diagnostic::{Problems, Sources};
use crate::hardening::{Refusal, harden};
use crate::knowledge::Knowledge;
use crate::lock::Lock;
use crate::pipeline::{self, Hardened};
use crate::resolve::resolve;
use crate::stack::{EnvironmentName, Gateway, Place};
use crate::targets;

/// Rounds after which nothing new can be refused: mending one control's violation does not make
/// another's.
const ROUNDS: usize = 4;

/// The text of the draft with the exceptions that it needs, and the hardened stack that it makes.
pub(super) fn accepted(
    draft: &mut Draft,
    today: Date,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<(String, Hardened)> {
    for _ in 0..ROUNDS {
        let refused = refused(&write(draft));
        let before: BTreeSet<_> = draft.exceptions.iter().cloned().collect();
        draft.exceptions.extend(refused.into_iter().filter(|one| !before.contains(one)));
        draft.exceptions.sort();
        draft.exceptions.dedup_by(|a, b| a.control == b.control && a.place == b.place);
        if draft.exceptions.len() == before.len() {
            break;
        }
    }
    let text = write(draft);
    let source = sources.add("portcullis.yaml", text.clone());
    let document = Document::read(source, &text, problems)?;
    let lock = Lock::default();
    let target = &targets::compose::TARGET;
    let hardened = pipeline::hardened(&document, PRODUCTION, target, &lock, today, problems)?;
    problems.is_empty().then_some((text, hardened))
}

const PRODUCTION: &str = "production";

/// What the controls refuse of a text, as exceptions.
fn refused(text: &str) -> Vec<DraftException> {
    let mut problems = Problems::new();
    let Some(document) = Document::read(0, text, &mut problems) else { return Vec::new() };
    let Some(description) = document.environment(PRODUCTION, &mut problems) else {
        return Vec::new();
    };
    let Ok(name) = EnvironmentName::new(PRODUCTION) else { return Vec::new() };
    let Some(mut stack) = resolve(&description, &name, &Knowledge, &mut problems) else {
        return Vec::new();
    };
    let hardening = harden(&mut stack, controls::ALL, targets::compose::TARGET.lacks);
    let gateway = &stack.gateway;
    hardening.refused.iter().filter_map(|refusal| exception(refusal, gateway)).collect()
}

fn exception(refusal: &Refusal, gateway: &Gateway) -> Option<DraftException> {
    let violation = &refusal.violation;
    let place = match &violation.place {
        Place::Stack | Place::Gateway => None,
        Place::Service(name) => Some(("service", name.to_string())),
        Place::Secret(name) => Some(("secret", name.to_string())),
        Place::Network(name) => Some(("network", name.to_string())),
        Place::Route(host, path) => {
            let several = gateway.routes().filter(|(_, other, _)| *other == path).count() > 1;
            let host = if several { host.as_str() } else { "" };
            Some(("route", format!("{host}{path}")))
        }
    };
    Some(DraftException {
        control: refusal.control.to_owned(),
        place,
        reason: reason(refusal.control).to_owned(),
    })
}

/// Why the original needs it; what it is, the report says.
fn reason(control: &str) -> &'static str {
    match control {
        "host-paths" | "sensitive-host-paths" | "project-files" => "the original mounts it",
        "control-socket" => "it steers the engine; a socket proxy would limit that",
        "user" => "the original says so",
        "secret-looking-settings" => "the original has it among its settings",
        "administrator-passwords" => "services sign in with this account, as before",
        _ => "the original asks for it",
    }
}
