//! Which services of a Compose project face the web, on which port, and how sure that is.
//!
//! Compose has no word for "this is the one that people open in a browser". What there is are
//! clues: ports, labels for other proxies, names, who waits for whom. Each clue gives points with a
//! reason in words ([`clues`]); ports are found by votes of the same kind ([`port`]). The best by
//! points is believed as far as it stands out ([`decide`]); below that nothing is claimed.
//!
//! Points and words were chosen by what they mean, and tried on templates whose authors say which
//! service it is (`tests/web_inference`); no rule names one of them. The ports of images that have
//! no knowledge file come from what is known of their projects (`presets/ports.yaml`), not from the
//! templates that the test asks.
//!
//! Alone because nothing else of an import guesses: what is claimed here is written into the
//! description with its reasons, what is not is left to a person.

mod clues;
mod decide;
mod names;
mod port;
mod scene;
mod settings;
mod table;

#[cfg(test)]
mod tests;

use crate::compose::load::Project;
use crate::import::proxy::{self, Told};
use crate::knowledge::Knowledge;

pub use port::FoundPort;

/// One service, seen as what might face the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name in the project.
    pub service: String,
    /// Where it serves HTTP; none: not known.
    pub port: Option<FoundPort>,
    /// What its labels and settings tell other proxies: hosts and paths.
    pub told: Told,
    /// Sum of the reasons' points.
    pub score: i32,
    /// Why, the weightiest first.
    pub reasons: Vec<Reason>,
    /// How far this is to be believed.
    pub confidence: Confidence,
}

/// A clue for or against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// Against where negative.
    pub points: i32,
    /// For people: "publishes port 80 of the host".
    pub words: String,
}

/// How far a claim is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It does not face the web, or nothing says that it does.
    NotKnown,
    /// It does, as far as the clues go; a person should look.
    Likely,
    /// It does.
    Sure,
}

/// Every service, the likeliest to face the web first.
pub fn candidates(project: &Project, knowledge: &Knowledge) -> Vec<Candidate> {
    judge(project, knowledge, clues::ALL)
}

/// With some of the clues only.
fn judge(project: &Project, knowledge: &Knowledge, clues: &[clues::Clue]) -> Vec<Candidate> {
    let scene = scene::Scene::of(project, knowledge);
    let mut found: Vec<_> = scene
        .services
        .iter()
        .map(|service| {
            let port = port::find(&scene, service);
            let mut reasons: Vec<_> =
                clues.iter().flat_map(|clue| (clue.look)(&scene, service)).collect();
            reasons.sort_by(|a, b| b.points.abs().cmp(&a.points.abs()).then(a.cmp(b)));
            let score = reasons.iter().map(|reason| reason.points).sum();
            let told = proxy::told(service.written);
            let (service, confidence) = (service.name.to_owned(), Confidence::NotKnown);
            Candidate { service, port, told, score, reasons, confidence }
        })
        .collect();
    found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.service.cmp(&b.service)));
    decide::decide(&scene, &mut found);
    found
}
