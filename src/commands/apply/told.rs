//! What `apply` tells a person: the plan, a refusal, where it stopped, and what it saw besides.

use crate::apply::{Plan, Running, Site, SiteError, Stopped};
use crate::commands::project::Project;
use crate::commands::{Failure, World};

/// The plan, as it is printed.
pub(super) fn plan(project: &Project, plan: &Plan) -> String {
    let stack = project.stack();
    if plan.is_empty() {
        return format!("{}, {}: nothing to do\n", stack.name, stack.environment);
    }
    format!("{}, {}, in this order:\n{plan}", stack.name, stack.environment)
}

/// Where it stopped, what runs now, and how to go back.
pub(super) fn stop(stopped: &Stopped, project: &Project) -> String {
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
pub(super) fn notes(
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

/// Why nothing could be planned, and what to do about it.
pub(super) fn refusal(error: SiteError, project: &Project) -> Failure {
    let environment = &project.stack().environment;
    let help = match &error {
        SiteError::Sealed { .. } => format!(
            "  help: run `portcullis secrets unseal --env {environment}`; where it prints an export line, that line as well"
        ),
        SiteError::TooFewCpus { .. } => {
            "  help: an engine refuses such a container; lower its `limits: {cpus: ...}`".to_owned()
        }
        SiteError::Elsewhere { .. } => {
            "  help: take that one down first (its volumes stay), or give the project another `name`"
                .to_owned()
        }
        SiteError::Engine(_) | SiteError::Io { .. } => return error.into(),
    };
    Failure::from(error).with(&help)
}
