//! The runner: lets controls mend a stack and derives each verdict; knows no control by name.
//!
//! A control never states its own verdict. Nothing found, or only a plain default replaced, is
//! HARDENED; a value that a person or a file had written and that was changed is FIXED; what is
//! left is MANUAL; what an exception covers is EXCEPTED.

use std::collections::{BTreeMap, BTreeSet};

use crate::controls::{Control, Violation};
use crate::stack::{Exception, Origin, Place, Stack};

/// What the runner found out about one stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Hardening {
    /// One finding per control, in the order of the controls; none where the stack has nothing
    /// that the control is about, or gives people no reason to do what only they can.
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

impl Verdict {
    /// The word that stands in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hardened => "HARDENED",
            Self::Fixed => "FIXED",
            Self::Excepted => "EXCEPTED",
            Self::Manual => "MANUAL",
        }
    }
}

/// A control that ends otherwise here than in production; without a verdict where it has nothing
/// to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The control's id.
    pub control: &'static str,
    /// Its verdict in production.
    pub production: Option<Verdict>,
    /// Its verdict here.
    pub here: Option<Verdict>,
}

/// What ends otherwise in `here` than in `production`, by the controls' ids.
pub fn differences(production: &Hardening, here: &Hardening) -> Vec<Difference> {
    let verdicts = |hardening: &Hardening| -> BTreeMap<&'static str, Verdict> {
        hardening.findings.iter().map(|found| (found.control, found.verdict)).collect()
    };
    let (theirs, ours) = (verdicts(production), verdicts(here));
    let controls: BTreeSet<&'static str> = theirs.keys().chain(ours.keys()).copied().collect();
    controls
        .into_iter()
        .map(|control| Difference {
            control,
            production: theirs.get(control).copied(),
            here: ours.get(control).copied(),
        })
        .filter(|difference| difference.production != difference.here)
        .collect()
}

/// Mend `stack` by `controls` and say what was found.
///
/// `lacks` names controls that the chosen target cannot express, each with a sentence.
pub fn harden(
    stack: &mut Stack,
    controls: &[&dyn Control],
    lacks: &[(&'static str, &'static str)],
) -> Hardening {
    run(stack, controls, lacks, |control| control.refuses())
}

/// As [`harden`], for a stack that was lifted from a file: nothing is refused, all is a finding.
pub fn judge(stack: &mut Stack, controls: &[&dyn Control]) -> Hardening {
    run(stack, controls, &[], |_| false)
}

fn run(
    stack: &mut Stack,
    controls: &[&dyn Control],
    lacks: &[(&'static str, &'static str)],
    refuses: fn(&dyn Control) -> bool,
) -> Hardening {
    let exceptions = stack.exceptions.clone();
    let mut accepted = Accepted::new();
    for exception in &exceptions {
        let places = accepted.entry(&exception.control).or_default();
        places.entry(&exception.place).or_default().push(exception);
    }
    let mut used = BTreeSet::new();
    let mut hardening = Hardening { findings: Vec::new(), unused: Vec::new(), refused: Vec::new() };
    for control in controls {
        let id = control.id();
        let (mut places, mut open) = (Vec::new(), Vec::new());
        for violation in control.check(stack) {
            let exception = accepted.get(id).and_then(|at| covering(at, &violation));
            if let Some(exception) = exception {
                used.insert((exception.control.as_str(), &exception.place));
                places.push(excepted(violation, exception));
            } else if refuses(*control) && violation.origin.is_written() {
                hardening.refused.push(Refusal { control: id, violation });
            } else {
                open.push(violation);
            }
        }
        places.extend(mend(stack, *control, open));
        places.sort_by(|a, b| a.place.cmp(&b.place));
        let nothing_left = places.iter().all(|place| place.verdict == Verdict::Hardened);
        if nothing_left && !control.concerns(stack) || places.is_empty() && control.is_advice() {
            continue;
        }
        let lack = lacks.iter().find(|(lacking, _)| *lacking == id).map(|(_, words)| *words);
        hardening.findings.push(finding(id, places, lack));
    }
    let unused = exceptions.iter().filter(|e| !used.contains(&(e.control.as_str(), &e.place)));
    hardening.unused = unused.cloned().collect();
    hardening
}

/// Exceptions by control and place.
type Accepted<'a> = BTreeMap<&'a str, BTreeMap<&'a Place, Vec<&'a Exception>>>;

/// The exception for a violation: of several at its place the one that stands where the violation
/// does, else the last. One without a place of its own holds for the stack and its gateway.
fn covering<'a>(
    accepted: &BTreeMap<&Place, Vec<&'a Exception>>,
    violation: &Violation,
) -> Option<&'a Exception> {
    let same = match &violation.place {
        Place::Gateway => &Place::Stack,
        Place::Stack => &Place::Gateway,
        place => place,
    };
    let exceptions = accepted.get(&violation.place).or_else(|| accepted.get(same))?;
    let stands_there = |exception: &&&Exception| match &violation.origin {
        Origin::Written(at) => exception.written.contains(at),
        _ => false,
    };
    exceptions.iter().find(stands_there).or_else(|| exceptions.last()).copied()
}

/// Mend every open violation of one control, then look again: what is still there, or is there
/// only now, is left to a person.
fn mend(stack: &mut Stack, control: &dyn Control, open: Vec<Violation>) -> Vec<PlaceFinding> {
    if open.is_empty() {
        return Vec::new();
    }
    let places: BTreeSet<Place> = open.iter().map(|violation| violation.place.clone()).collect();
    places.iter().for_each(|place| control.mend(stack, place));
    let mut left: BTreeMap<(Place, String), Violation> = control
        .check(stack)
        .into_iter()
        .filter(|violation| places.contains(&violation.place))
        .map(|violation| ((violation.place.clone(), violation.found.clone()), violation))
        .collect();
    let mut findings = Vec::new();
    for violation in open {
        let remains = left.remove(&(violation.place.clone(), violation.found.clone()));
        let verdict = match (remains, violation.origin.is_written()) {
            (Some(_), _) => Verdict::Manual,
            (None, true) => Verdict::Fixed,
            (None, false) => Verdict::Hardened,
        };
        findings.push(at_place(violation, verdict));
    }
    findings.extend(left.into_values().map(|violation| at_place(violation, Verdict::Manual)));
    findings
}

fn at_place(violation: Violation, verdict: Verdict) -> PlaceFinding {
    let Violation { place, found, origin, advice } = violation;
    PlaceFinding { place, verdict, found, advice, origin }
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
    let advice = exception.reason.clone();
    PlaceFinding { advice, ..at_place(violation, Verdict::Excepted) }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod random_stack;
#[cfg(test)]
mod verdicts;
