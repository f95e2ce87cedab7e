//! `secrets list`: names, kinds, ages and readers.

use super::super::project::Project;
use super::super::{Failure, World};
use crate::secrets::reconcile;
use crate::stack::{SecretKind, SecretName, Stack};

pub(super) fn run(project: &Project, world: &mut World<'_>) -> Result<(), Failure> {
    let stack = project.stack();
    let index = project.bundle.index();
    let state = reconcile(&stack.secrets, &index, &project.recipients, world.today);
    let mut text = String::new();
    for (name, secret) in &stack.secrets {
        let kind = match &secret.kind {
            SecretKind::Generated(_) => "generated",
            SecretKind::Provided => "provided",
            SecretKind::Template(_) => "template",
            SecretKind::Derived(_) => "derived",
        };
        let age = match index.secrets.get(name) {
            Some(known) => format!("since {}", known.rotated),
            None if matches!(secret.kind, SecretKind::Template(_) | SecretKind::Derived(_)) => {
                "joined when unsealed".to_owned()
            }
            None => "MISSING".to_owned(),
        };
        let due = state.overdue.iter().find(|overdue| overdue.name == *name);
        let due = due.map(|overdue| format!(", OVERDUE since {}", overdue.due));
        text += &format!(
            "{name}: {kind}, {age}{}, {}\n",
            due.unwrap_or_default(),
            readers(stack, name)
        );
    }
    for name in &state.orphaned {
        text += &format!("{name}: ORPHANED, named nowhere any more; kept\n");
    }
    world.print(&text)
}

fn readers(stack: &Stack, name: &SecretName) -> String {
    let names: Vec<&str> = stack.readers(name).map(|(reader, _)| reader.as_str()).collect();
    let people = stack.secrets.get(name).is_some_and(|secret| secret.for_people);
    match (names.is_empty(), people) {
        (true, true) => "kept for people".to_owned(),
        (true, false) => "part of other secrets".to_owned(),
        (false, _) => format!("read by {}", names.join(", ")),
    }
}
