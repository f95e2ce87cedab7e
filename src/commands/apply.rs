//! `apply`: the plan, then what it says.

use std::time::Duration;

use camino::Utf8PathBuf;

use super::generate::drift_of_tree;
use super::project::Project;
use super::{Failure, World};
use crate::apply::{Plan, Running, Site, SiteError, Stopped, perform, plan};
use crate::cli::{ApplyArgs, Common, TargetName};
use crate::compose::ComposeFile;
use crate::compose::conventions::SECRETS_VARIABLE;
use crate::diagnostic::Problems;
use crate::engine::{Compose, Docker};
use crate::secrets::default_directory;
use crate::stack::{Delivery, SettingValue};
use crate::tree::{Disk, Found};

/// Places of a difference that are listed.
const SHOWN: usize = 8;
/// Time for one answer of an engine that is also building or starting containers.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn run(args: &ApplyArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    if common.target != TargetName::Compose {
        let text = "error: apply speaks to Docker; RUNBOOK.md has the commands of this target";
        return Err(Failure::Input(text.to_owned()));
    }
    let project = match args.plan {
        true => Project::open(common, world)?,
        false => Project::open_alone(common, world)?,
    };
    let file = drawn_file(&project)?;
    refuse_unset(&project, world)?;
    let site = site(&project, &file, world)?;
    let running = site.running().map_err(|error| explained(error, &project))?;
    let drawn = site.drawn(&running).map_err(|error| explained(error, &project))?;
    let plan = plan(&drawn, &running);
    world.print(&told(&project, &plan))?;
    if args.plan {
        return Ok(());
    }
    let shown = !world.quiet;
    let mut say = |line: &str| world.say(&format!("{line} ...")).unwrap_or_default();
    let done = perform(&plan, &site, &drawn, &running, shown, &mut say)
        .map_err(|stopped| Failure::Machine(failure(&stopped, &project)))?;
    for service in &done.spared {
        world.say(&format!("{service} was left alone: its image is the one that it has"))?;
    }
    notes(&plan, &running, &site, world)
}

/// compose.yaml, where the drawn folder is what the description says.
fn drawn_file(project: &Project) -> Result<ComposeFile, Failure> {
    let (tree, _) = project.draw()?;
    if project.disk.look(&project.out)? == Found::Nothing {
        let text =
            format!("error: {} is not drawn yet\n  help: run `portcullis generate`", project.out);
        return Err(Failure::Refused(text));
    }
    let drift = drift_of_tree(project, &tree)?;
    if !drift.is_empty() {
        let more = drift.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        let first: Vec<&str> = drift.iter().take(SHOWN).map(String::as_str).collect();
        return Err(Failure::Refused(format!(
            "error: {} is not what portcullis.yaml says\n{}{more}\n  help: `portcullis diff` shows the difference, `portcullis generate` writes it",
            project.out,
            first.join("\n")
        )));
    }
    let text = tree.get("compose.yaml").map(|file| String::from_utf8_lossy(&file.bytes));
    Ok(ComposeFile::read(0, &text.unwrap_or_default(), &mut Problems::new()))
}

/// What Compose would only say about the first of them.
fn refuse_unset(project: &Project, world: &World<'_>) -> Result<(), Failure> {
    let mut names = Vec::new();
    for service in project.stack().services.values() {
        let settings = service.settings.iter();
        let required = settings.filter(|(_, value)| ***value == SettingValue::Required);
        names.extend(required.map(|(name, _)| name.to_string()));
        names.extend(service.secrets.iter().filter_map(|used| match &used.delivery {
            Delivery::Plain(name) => Some(name.to_string()),
            _ => None,
        }));
    }
    names.retain(|name| (world.variable)(name).is_none_or(|value| value.is_empty()));
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "error: not set: {}\n  help: export a value for each; the description leaves them to whoever starts the stack",
        names.join(", ")
    )))
}

fn site<'a>(
    project: &'a Project,
    file: &'a ComposeFile,
    world: &World<'_>,
) -> Result<Site<'a>, Failure> {
    let stack = project.stack();
    let folder = project.root.join(project.out.as_str());
    let folder = folder.strip_prefix(".").unwrap_or(&folder).to_owned();
    let secrets = match (world.variable)(SECRETS_VARIABLE) {
        Some(path) if !path.is_empty() => Utf8PathBuf::from(path),
        _ => default_directory(&stack.name, &stack.environment, world.variable)?,
    };
    let docker = Docker::default()
        .with_patience(PATIENCE)
        .with_variable(SECRETS_VARIABLE, secrets.as_str())
        // The plan names them, and what becomes of them.
        .with_variable("COMPOSE_IGNORE_ORPHANS", "1");
    let path = folder.join("compose.yaml");
    let compose = Compose::find(&docker, stack.name.as_str(), &path).map_err(SiteError::from)?;
    Ok(Site { stack, file, folder, secrets, docker, compose })
}

fn explained(error: SiteError, project: &Project) -> Failure {
    let environment = &project.stack().environment;
    let help = match &error {
        SiteError::Sealed { .. } => format!(
            "  help: run `portcullis secrets unseal --env {environment}`; where it prints an export line, that line as well"
        ),
        SiteError::Elsewhere { .. } => {
            "  help: take that one down first, or give this environment a `name` of its own"
                .to_owned()
        }
        SiteError::Engine(_) | SiteError::Io { .. } => return error.into(),
    };
    Failure::from(error).with(&help)
}

fn told(project: &Project, plan: &Plan) -> String {
    let stack = project.stack();
    if plan.is_empty() {
        return format!("{}, {}: nothing to do\n", stack.name, stack.environment);
    }
    format!("{}, {}, in this order:\n{plan}", stack.name, stack.environment)
}

fn failure(stopped: &Stopped, project: &Project) -> String {
    let environment = &project.stack().environment;
    let mut lines = vec![format!("error: {}: {}", stopped.step, stopped.why)];
    if stopped.touched {
        lines.push(match stopped.done.is_empty() {
            true => "nothing was done before".to_owned(),
            false => format!("done before: {}", stopped.done.join("; ")),
        });
        lines.push("running now:".to_owned());
        lines.extend(stopped.now.iter().map(|line| format!("  {line}")));
        lines.push(format!(
            "to go back: check out the commit before, then `portcullis secrets unseal --env {environment}` and `portcullis apply --env {environment}`"
        ));
    } else {
        lines.push("what runs was not touched".to_owned());
    }
    lines.push("once the reason is gone, `portcullis apply` does the rest".to_owned());
    lines.join("\n")
}

/// What a person should know although nothing went wrong.
fn notes(
    plan: &Plan,
    running: &Running,
    site: &Site<'_>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    if plan.is_empty() {
        let ill = site.ill(running);
        if !ill.is_empty() {
            world.say(&format!("note: as drawn, and not well: {}", ill.join("; ")))?;
        }
    }
    Ok(())
}
