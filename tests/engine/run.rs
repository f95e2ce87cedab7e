//! The program around the observations: which are made, side by side for the presets, and how it is told.

use std::io::{self, BufRead};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use super::observation::{Moment, Observation, Outcome, complaint, keep_complaints};
use super::observations;
use super::project::Project;
use super::stack::Stack;
use super::workshop::Workshop;

/// The presets that the program carries.
pub const PRESETS: &[&str] =
    &["minimal", "web-api", "relay", "ai-camera", "myloware", "wavestack", "ai-stack"];

/// Makes the observations whose name contains one of the words; all of them without a word.
pub fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let (flags, words): (Vec<_>, Vec<_>) = arguments.partition(|word| word.starts_with('-'));
    let stay = flags.iter().any(|flag| flag == "--stay");
    let chosen: Vec<&'static str> =
        PRESETS.iter().copied().filter(|preset| !wanted(preset, &words).is_empty()).collect();
    let outcomes = make_all(&chosen, &words, stay);
    let failed: Vec<&Outcome> = outcomes.iter().filter(|o| o.complaint.is_some()).collect();
    for outcome in &failed {
        println!(
            "\n---- {} ----\n{}",
            outcome.name,
            outcome.complaint.as_deref().unwrap_or_default()
        );
    }
    let (verdict, bad) = (if failed.is_empty() { "ok" } else { "FAILED" }, failed.len());
    let good = outcomes.len() - bad;
    let rest = everything() - outcomes.len();
    // As Rust's own test harness ends, for whoever adds up the totals.
    println!(
        "\ntest result: {verdict}. {good} passed; {bad} failed; 0 ignored; 0 measured; {rest} filtered out"
    );
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn make_all(chosen: &[&'static str], words: &[String], stay: bool) -> Vec<Outcome> {
    let begun = Instant::now();
    let workshop = Workshop::open();
    let projects = workshop.prepare(chosen);
    keep_complaints();
    println!("images made and applications built in {} s", begun.elapsed().as_secs());
    let outcomes = Mutex::new(Vec::new());
    let note = |outcome: Outcome| {
        let verdict = if outcome.complaint.is_none() { "ok" } else { "FAILED" };
        let words =
            outcome.complaint.as_ref().map(|words| format!("\n{words}")).unwrap_or_default();
        println!("test {} ... {verdict} ({} ms){words}", outcome.name, outcome.took);
        outcomes.lock().expect("outcomes").push(outcome);
    };
    thread::scope(|scope| {
        for project in projects {
            scope.spawn(|| live(&workshop, project, words, stay, &note));
        }
    });
    outcomes.into_inner().expect("outcomes")
}

/// One preset from its engine's start to its end.
fn live(
    workshop: &Workshop,
    project: Project,
    words: &[String],
    stay: bool,
    note: &impl Fn(Outcome),
) {
    let preset = project.preset;
    let observations = wanted(preset, words);
    let settle = std::panic::AssertUnwindSafe(|| workshop.settle(project));
    let stack = match std::panic::catch_unwind(settle) {
        Ok(stack) => stack,
        Err(panic) => {
            let complaint = Some(complaint(&*panic));
            return note(Outcome { name: format!("{preset}::settle"), took: 0, complaint });
        }
    };
    for observation in observations {
        if observation.moment == Moment::Down && stay {
            stay_up(&stack);
        }
        let outcome = observation.make(&stack);
        let broken = outcome.complaint.is_some();
        note(outcome);
        if broken && observation.moment == Moment::Up {
            if stay {
                stay_up(&stack);
            }
            break;
        }
    }
}

fn stay_up(stack: &Stack) {
    println!("{}: {}\npress Enter to go on", stack.preset(), stack.way_in());
    io::stdin().lock().read_line(&mut String::new()).ok();
}

/// The observations of a preset that the words choose, in the order in which they are made. Its way up
/// and down belongs to whatever needs it to run.
fn wanted(preset: &str, words: &[String]) -> Vec<&'static Observation> {
    let chosen = |observation: &Observation| {
        let name = format!("{preset}::{}", observation.name);
        words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))
    };
    let of_preset = || all().filter(|observation| observation.on.include(preset));
    if !of_preset().any(chosen) {
        return Vec::new();
    }
    let mut wanted: Vec<_> = of_preset()
        .filter(|o| chosen(o) || matches!(o.moment, Moment::Up | Moment::Down))
        .collect();
    wanted.sort_by_key(|observation| observation.moment);
    wanted
}

fn all() -> impl Iterator<Item = &'static Observation> {
    observations::ALL.iter().flat_map(|subject| subject.iter())
}

fn everything() -> usize {
    PRESETS.iter().map(|preset| wanted(preset, &[]).len()).sum()
}
