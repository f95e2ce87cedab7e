//! The program around the observations: which are made, side by side for the presets, and how it is told.

use std::io::{self, BufRead};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use super::damage::{self, Damage};
use super::observation::{Moment, Observation, Outcome, complaint, keep_complaints};
use super::observations;
use super::project::Project;
use super::stack::Stack;
use super::totals::conclude;
use super::workshop::Workshop;

/// The presets that the program carries, from the smallest to the largest.
pub const PRESETS: &[&str] =
    &["minimal", "relay", "web-api", "ai-camera", "myloware", "wavestack", "ai-stack"];

/// Stacks that show what no preset has; their descriptions lie in `tests/fixtures/engine`.
pub const DESCRIBED: &[&str] = &["bulletin"];

/// Makes the observations whose name contains one of the words; all of them without a word.
pub fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let (flags, words): (Vec<_>, Vec<_>) = arguments.partition(|word| word.starts_with('-'));
    let stay = flags.iter().any(|flag| flag == "--stay");
    let outcomes = make_all(&words, stay);
    let failed: Vec<&Outcome> = outcomes.iter().filter(|o| o.complaint.is_some()).collect();
    for outcome in &failed {
        println!(
            "\n---- {} ----\n{}",
            outcome.name,
            outcome.complaint.as_deref().unwrap_or_default()
        );
    }
    let rest = everything().saturating_sub(outcomes.len());
    conclude(outcomes.len() - failed.len(), failed.len(), rest)
}

/// A stack from its engine's start to its end.
struct Life {
    project: Project,
    /// Empty for a stack as it was drawn.
    damage: Vec<&'static Damage>,
}

fn make_all(words: &[String], stay: bool) -> Vec<Outcome> {
    let begun = Instant::now();
    let workshop = Workshop::open();
    let lives = draw(&workshop, words);
    workshop.prepare(&lives.iter().map(|life| &life.project).collect::<Vec<_>>());
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
    // Health checks have time limits, so not more stacks at once than the machine bears.
    let at_once = 2 * thread::available_parallelism().map_or(2, NonZero::get);
    let waiting = Mutex::new(lives);
    let next = || waiting.lock().expect("lives").pop();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(life) = next() {
                    live(&workshop, life, words, stay, &note);
                }
            });
        }
    });
    println!("all of it took {} s", begun.elapsed().as_secs());
    outcomes.into_inner().expect("outcomes")
}

/// The stacks that the words ask for, the quick ones first: the last is the first to be taken.
fn draw(workshop: &Workshop, words: &[String]) -> Vec<Life> {
    let mut lives = Vec::new();
    for (number, list) in damage::ALL.iter().enumerate() {
        let name = |damage: &Damage| format!("{}::damage::{}", damage::PRESET, damage.name);
        let list: Vec<_> = list.iter().filter(|damage| chosen(&name(damage), words)).collect();
        if !list.is_empty() {
            let mut project = workshop.draw(damage::PRESET, &format!("damaged-{number}"));
            damage::damage_all(&mut project, &list);
            lives.push(Life { project, damage: list });
        }
    }
    for preset in stacks().filter(|preset| !wanted(preset, words).is_empty()) {
        lives.push(Life { project: workshop.draw(preset, preset), damage: Vec::new() });
    }
    lives
}

fn live(workshop: &Workshop, life: Life, words: &[String], stay: bool, note: &impl Fn(Outcome)) {
    let Life { project, damage } = life;
    let preset = project.preset;
    let settle = AssertUnwindSafe(|| workshop.settle(project));
    match catch_unwind(settle) {
        Ok(stack) if damage.is_empty() => observe(&stack, words, stay, note),
        Ok(stack) => suffer(&stack, &damage, note),
        Err(panic) => {
            let complaint = Some(complaint(&*panic));
            note(Outcome { name: format!("{preset}::settle"), took: 0, complaint });
        }
    }
}

fn observe(stack: &Stack, words: &[String], stay: bool, note: &impl Fn(Outcome)) {
    for observation in wanted(stack.preset(), words) {
        if observation.moment == Moment::Down && stay {
            stay_up(stack);
        }
        let outcome = observation.make(stack);
        let broken = outcome.complaint.is_some();
        note(outcome);
        if broken && observation.moment == Moment::Up {
            if stay {
                stay_up(stack);
            }
            break;
        }
    }
}

fn suffer(stack: &Stack, list: &[&Damage], note: &impl Fn(Outcome)) {
    let up = catch_unwind(AssertUnwindSafe(|| stack.up()));
    let failed = up.err().map(|panic| complaint(&*panic));
    for damage in list {
        let observation = all().find(|observation| observation.name == damage.seen_by);
        let observation = observation.unwrap_or_else(|| panic!("no {}", damage.seen_by));
        let seen = || damage.is_seen(stack, observation);
        note(failed.as_ref().map_or_else(seen, |words| damage.cannot_tell(words)));
    }
}

fn stay_up(stack: &Stack) {
    println!("{}: {}\npress Enter to go on", stack.preset(), stack.way_in());
    io::stdin().lock().read_line(&mut String::new()).ok();
}

/// The observations of a preset that the words choose, in the order in which they are made. Its way up
/// and down belongs to whatever needs it to run.
fn wanted(preset: &str, words: &[String]) -> Vec<&'static Observation> {
    let chosen =
        |observation: &Observation| chosen(&format!("{preset}::{}", observation.name), words);
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
    let whole: usize = stacks().map(|preset| wanted(preset, &[]).len()).sum();
    whole + damage::ALL.iter().map(|list| list.len()).sum::<usize>()
}

fn stacks() -> impl Iterator<Item = &'static str> {
    DESCRIBED.iter().chain(PRESETS).copied()
}

fn chosen(name: &str, words: &[String]) -> bool {
    words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))
}
