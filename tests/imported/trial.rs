//! One project, before and after: its looks in their order, and what was seen.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use crate::cases::Case;
use crate::engine::observation::complaint;
use crate::engine::stack::Stack;
use crate::engine::workshop::Workshop;
use crate::looks;
use crate::original::{self, Original};

/// A project's looks.
pub struct Trial {
    pub case: &'static Case,
    pub looks: Vec<Look>,
    /// How many services its file has.
    pub services: usize,
    /// The lines of exposure.yaml about exceptions.
    pub exceptions: Vec<String>,
}

/// What became of one look.
pub struct Look {
    pub name: &'static str,
    /// What it complains of.
    pub complaint: Option<String>,
}

type Later = fn(&Case, &Stack, &Original);

/// What is looked at once the imported project is up.
const LATER: &[(&str, Later)] = &[
    ("answers_as_before", looks::answers_as_before),
    ("publishes_nothing_else", looks::publishes_nothing_else),
    ("is_replaced_by_the_gateway", looks::is_replaced_by_the_gateway),
    ("is_confined_as_reported", looks::is_confined_as_reported),
    ("jobs_have_run", looks::jobs_have_run),
    ("values_reach_their_process_alone", looks::values_reach_their_process_alone),
    ("data_outlives_down_and_up", looks::data_outlives_down_and_up),
    ("a_wrong_port_is_noticed", looks::a_wrong_port_is_noticed),
];

impl Trial {
    /// Brings the project up as it was and as it is imported.
    pub fn of(case: &'static Case, workshop: &Workshop, folder: &Path) -> Self {
        let mut trial = Self { case, looks: Vec::new(), services: 0, exceptions: Vec::new() };
        trial.run(workshop, folder);
        trial
    }

    /// Each step needs the one before it.
    fn run(&mut self, workshop: &Workshop, folder: &Path) -> Option<()> {
        let case = self.case;
        let mut stack = self.look("settles", || {
            let project = workshop.found(case.name);
            original::lay_out(case, folder, &project.root());
            workshop.settle(project)
        })?;
        let original = self.look("comes_up_as_it_was", || Original::of(case, &stack))?;
        self.services = original.services;
        self.look("imports", || looks::imports(case, &mut stack))?;
        self.exceptions = stack.exposure("exceptions");
        self.look("comes_up", || looks::comes_up(&stack))?;
        for (name, look) in LATER {
            if looks::applies(name, case) {
                self.look(name, || look(case, &stack, &original));
            }
        }
        // Nothing outlives the trial but what it saw: the machine, its engine and the folder end here.
        let home = stack.project.home().to_owned();
        drop(stack);
        fs::remove_dir_all(home).ok();
        Some(())
    }

    fn look<T>(&mut self, name: &'static str, look: impl FnOnce() -> T) -> Option<T> {
        let begun = Instant::now();
        let seen = catch_unwind(AssertUnwindSafe(look)).map_err(|panic| complaint(&*panic));
        let verdict = if seen.is_ok() { "ok" } else { "FAILED" };
        let took = begun.elapsed().as_millis();
        let words = seen.as_ref().err().map(|words| format!("\n{words}")).unwrap_or_default();
        println!("test imported::{}::{name} ... {verdict} ({took} ms){words}", self.case.name);
        let (seen, complaint) = match seen {
            Ok(seen) => (Some(seen), None),
            Err(words) => (None, Some(words)),
        };
        self.looks.push(Look { name, complaint });
        seen
    }
}
