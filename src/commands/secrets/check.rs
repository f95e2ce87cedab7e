//! `secrets check`: what is missing, too short, overdue, or the same in another environment.

use super::super::project::Project;
use super::super::{Failure, World};
use crate::cli::Common;
use crate::secrets::{faults, reconcile, reused};

pub(super) fn run(
    project: &Project,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let index = project.bundle.index();
    let stack = project.stack();
    let state = reconcile(&stack.secrets, &index, &project.recipients, world.today);
    let mut found: Vec<String> = Vec::new();
    let lists = [
        (&state.to_generate, "missing: run `portcullis generate`"),
        (&state.to_issue, "missing: run `portcullis certs issue`"),
        (&state.to_provide, "missing: run `portcullis secrets fill`"),
        (&state.sealed_for_others, "sealed for other people than `recipients` names"),
    ];
    for (names, what) in lists {
        found.extend(names.iter().map(|name| format!("{name}: {what}")));
    }
    for overdue in &state.overdue {
        found.push(format!("{}: should have been replaced on {}", overdue.name, overdue.due));
    }
    if let Ok(open) = project.opened(world) {
        found.extend(faults(stack, &open).iter().map(ToString::to_string));
        found.extend(other_environments(project, common, &open, world)?);
    }
    found.sort();
    found.dedup();
    match found.is_empty() {
        true => world.say("every secret is there, long enough and young enough"),
        false => Err(Failure::Found(found.join("\n"))),
    }
}

/// Values that this environment shares with another one that this person can open.
fn other_environments(
    project: &Project,
    common: &Common,
    open: &crate::secrets::OpenBundle,
    world: &mut World<'_>,
) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let Ok(entries) = fs_err::read_dir(project.root.join("secrets")) else { return Ok(found) };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .filter(|name| *name != common.env)
        .collect();
    names.sort();
    for name in names {
        let other = Common { env: name.clone(), ..common.clone() };
        let Ok(other) = Project::open(&other, world) else { continue };
        let Ok(theirs) = other.opened(world) else { continue };
        for same in reused(open, &theirs) {
            let (own, others) = (&same.first.1, &same.second.1);
            found.push(format!("{own}: the same value as {others} in {name}"));
        }
    }
    Ok(found)
}
