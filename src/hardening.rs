//! The runner: lets controls mend a stack and derives each verdict; knows no control by name.
//!
//! A control never states its own verdict. Nothing found, or only a plain default replaced, is
//! HARDENED; a value that a person or a file had written and that was changed is FIXED; what is
//! left is MANUAL; what an exception covers is EXCEPTED.

use std::collections::BTreeSet;

use crate::controls::{Control, Violation};
use crate::stack::{Exception, Origin, Place, Stack};

/// What the runner found out about one stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Hardening {
    /// One finding per control, in the order of the controls.
    pub findings: Vec<Finding>,
    /// Exceptions whose control found nothing at their place, or that name no control.
    pub unused: Vec<Exception>,
    /// Violations of refusing controls at values that a person wrote: errors of the input.
    pub refused: Vec<Refusal>,
}

/// One control's verdict with its places.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The control's id.
    pub control: &'static str,
    /// Its worst place.
    pub verdict: Verdict,
    /// Every place where something was found, in the order of places.
    pub places: Vec<PlaceFinding>,
}

/// What was found at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceFinding {
    /// Where.
    pub place: Place,
    /// The verdict of this place alone.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What a person does about it; the reason where an exception covers it.
    pub advice: String,
    /// Who had put it there.
    pub origin: Origin,
}

/// A violation that is an error of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The control's id.
    pub control: &'static str,
    /// What it found.
    pub violation: Violation,
}

/// How far a condition holds, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds; at most a plain default was replaced.
    Hardened,
    /// It holds now; a value that somebody had written was changed.
    Fixed,
    /// It does not hold, and a person has said why.
    Excepted,
    /// It does not hold until a person does something.
    Manual,
}

/// Mend `stack` by `controls` and say what was found.
///
/// `lacks` names controls that the chosen target cannot express, each with a sentence.
pub fn harden(
    stack: &mut Stack,
    controls: &[&dyn Control],
    lacks: &[(&'static str, &'static str)],
) -> Hardening {
    let exceptions = stack.exceptions.clone();
    let mut used = BTreeSet::new();
    let mut hardening = Hardening { findings: Vec::new(), unused: Vec::new(), refused: Vec::new() };
    for control in controls {
        let (mut places, mut open) = (Vec::new(), Vec::new());
        for violation in control.check(stack) {
            let covers = |e: &&Exception| e.control == control.id() && e.place == violation.place;
            if let Some(exception) = exceptions.iter().find(covers) {
                used.insert((exception.control.as_str(), &exception.place));
                places.push(excepted(violation, exception));
            } else if control.refuses() && violation.origin.is_written() {
                hardening.refused.push(Refusal { control: control.id(), violation });
            } else {
                open.push(violation);
            }
        }
        places.extend(mend(stack, *control, open));
        let lack = lacks.iter().find(|(id, _)| *id == control.id()).map(|(_, words)| *words);
        hardening.findings.push(finding(control.id(), places, lack));
    }
    let unused = exceptions.iter().filter(|e| !used.contains(&(e.control.as_str(), &e.place)));
    hardening.unused = unused.cloned().collect();
    hardening
}

/// Mend every open violation of one control, then look again once.
fn mend(stack: &mut Stack, control: &dyn Control, open: Vec<Violation>) -> Vec<PlaceFinding> {
    let places: BTreeSet<&Place> = open.iter().map(|violation| &violation.place).collect();
    places.into_iter().for_each(|place| control.mend(stack, place));
    let left: BTreeSet<(Place, String)> =
        if open.is_empty() { Vec::new() } else { control.check(stack) }
            .into_iter()
            .map(|violation| (violation.place, violation.found))
            .collect();
    open.into_iter()
        .map(|Violation { place, found, origin, advice }| {
            let verdict = match (left.contains(&(place.clone(), found.clone())), &origin) {
                (true, _) => Verdict::Manual,
                (false, Origin::Written(_)) => Verdict::Fixed,
                (false, _) => Verdict::Hardened,
            };
            PlaceFinding { place, verdict, found, advice, origin }
        })
        .collect()
}

fn finding(control: &'static str, mut places: Vec<PlaceFinding>, lack: Option<&str>) -> Finding {
    if let Some(words) = lack {
        places.push(PlaceFinding {
            place: Place::Stack,
            verdict: Verdict::Manual,
            found: "the target has no word for it".to_owned(),
            advice: words.to_owned(),
            origin: Origin::Default,
        });
    }
    let verdict = places.iter().map(|p| p.verdict).max().unwrap_or(Verdict::Hardened);
    Finding { control, verdict, places }
}

fn excepted(violation: Violation, exception: &Exception) -> PlaceFinding {
    PlaceFinding {
        place: violation.place,
        verdict: Verdict::Excepted,
        found: violation.found,
        advice: exception.reason.clone(),
        origin: violation.origin,
    }
}
