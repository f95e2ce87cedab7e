//! `apply`: the plan, then what it says.

mod ready;
mod told;

use super::project::Project;
use super::{Failure, World};
use crate::apply::{perform, plan};
use crate::cli::{ApplyArgs, Common, TargetName};

pub(super) fn run(args: &ApplyArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    if common.target != TargetName::Compose {
        let text = "error: apply speaks to Docker; RUNBOOK.md has the commands of this target";
        return Err(Failure::Input(text.to_owned()));
    }
    let project = match args.plan {
        true => Project::open(common, world)?,
        false => Project::open_alone(common, world)?,
    };
    let file = ready::drawn_file(&project)?;
    ready::refuse_unset(&project, world)?;
    let site = ready::site(&project, &file, world)?;
    site.capacity().map_err(|error| told::refusal(error, &project))?;
    let running = site.running().map_err(|error| told::refusal(error, &project))?;
    let drawn = site.drawn(&running).map_err(|error| told::refusal(error, &project))?;
    let plan = plan(&drawn, &running);
    world.print(&told::plan(&project, &plan))?;
    if args.plan {
        return Ok(());
    }
    let shown = !world.quiet;
    let mut say = |line: &str| world.say(&format!("{line} ...")).unwrap_or_default();
    let done = perform(&plan, &site, &drawn, &running, shown, &mut say)
        .map_err(|stopped| Failure::Machine(told::stop(&stopped, &project)))?;
    for service in &done.spared {
        world.say(&format!("{service} was left alone: its image is the one that it has"))?;
    }
    told::notes(&plan, &running, &site, world)
}
