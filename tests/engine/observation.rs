//! What is observed, when, and what became of it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::time::Instant;

use super::run::PRESETS;
use super::stack::Stack;

/// One promise, looked at on a real engine.
pub struct Observation {
    /// `SUBJECT::NAME`.
    pub name: &'static str,
    /// The rows of the requirements that it proves, such as `AC-1`.
    pub proves: &'static [&'static str],
    /// The presets that it applies to.
    pub on: Presets,
    /// When it is made.
    pub moment: Moment,
    /// Panics when the promise is broken.
    pub look: fn(&Stack),
}

/// An observation of a stack that is up and healthy, and stays so.
pub const fn running(
    name: &'static str,
    proves: &'static [&'static str],
    on: Presets,
    look: fn(&Stack),
) -> Observation {
    Observation { name, proves, on, moment: Moment::Running, look }
}

/// Presets by name.
#[derive(Clone, Copy)]
pub enum Presets {
    /// Every one, and what no preset has (`tests/fixtures/engine`).
    Every,
    /// Every one.
    All,
    /// These.
    Only(&'static [&'static str]),
    /// Every one but these.
    Except(&'static [&'static str]),
}

impl Presets {
    /// Whether the preset is among them.
    pub fn include(self, preset: &str) -> bool {
        match self {
            Self::Every => true,
            Self::All => PRESETS.contains(&preset),
            Self::Only(names) => names.contains(&preset),
            Self::Except(names) => PRESETS.contains(&preset) && !names.contains(&preset),
        }
    }
}

/// The part of a stack's life in which an observation is made; within one, in the order of the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Moment {
    /// Drawn and built; the secrets are not unsealed, nothing runs.
    Before,
    /// Comes up; if this fails, nothing more is looked at.
    Up,
    /// Up and healthy; whoever looks leaves it so.
    Running,
    /// Up and healthy; stops, restarts or changes things, and leaves the stack up and healthy.
    Disturbing,
    /// Goes down.
    Down,
    /// Nothing runs any more.
    After,
}

/// What became of one observation of one preset.
pub struct Outcome {
    /// `PRESET::SUBJECT::NAME`.
    pub name: String,
    /// Milliseconds.
    pub took: u128,
    /// What it complains of.
    pub complaint: Option<String>,
}

thread_local! {
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps where a panic happened instead of printing it.
pub fn keep_complaints() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        PLACE.with_borrow_mut(|kept| *kept = place);
    }));
}

/// The words of a panic of this thread, with its place.
pub fn complaint(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()))
        .unwrap_or_default();
    match PLACE.take() {
        place if place.is_empty() => words,
        place => format!("{place}: {words}"),
    }
}

impl Observation {
    /// Looks, and says what it saw.
    pub fn make(&self, stack: &Stack) -> Outcome {
        let begun = Instant::now();
        let seen = catch_unwind(AssertUnwindSafe(|| (self.look)(stack)));
        Outcome {
            name: format!("{}::{}", stack.preset(), self.name),
            took: begun.elapsed().as_millis(),
            complaint: seen.err().map(|panic| complaint(&*panic)),
        }
    }
}
