//! Programs that read a secret only from their environment start through a script of ours, which
//! then becomes the program. An entrypoint in a Compose file drops what the image says, so the
//! whole program must be known here.

use super::{Resolution, unknown};
use crate::description::ExceptionKeys;
use crate::diagnostic::Diagnostic;
use crate::stack::{Command, Delivery, Runtime, Service, ServiceName, Sourced};

/// Say how each such service starts, or report that it is not known.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let reads_variables = |service: &Service| {
        service.secrets.iter().any(|used| matches!(used.delivery, Delivery::Variable(_)))
    };
    let services = resolution.stack.services.iter();
    let names: Vec<ServiceName> = services
        .filter(|(_, service)| reads_variables(service))
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        known_program(resolution, &name);
    }
}

fn known_program(resolution: &mut Resolution<'_>, name: &ServiceName) {
    let facts = resolution.known.get(name).map(|known| known.facts.clone()).unwrap_or_default();
    let Some(service) = resolution.stack.services.get_mut(name) else { return };
    let built = service.recipe.first().is_some_and(|recipe| recipe.runtime != Runtime::Own);
    let says_entrypoint = *service.entrypoint != Command::Image;
    if !says_entrypoint
        && !built
        && facts.shell == Some(true)
        && let Some(words) = facts.entrypoint
    {
        let source = resolution.known.get(name).map(|known| known.image.name.clone());
        let source = format!("images/{}", source.unwrap_or_default());
        service.entrypoint = Sourced::preset(Command::Exec(words), source);
    }
    let starts =
        *service.entrypoint != Command::Image || (built && *service.command != Command::Image);
    match starts {
        true => {}
        false if is_accepted(resolution, name) => in_plain_sight(resolution, name),
        false => report(resolution, name),
    }
}

/// True where the description accepts that this service's secrets are in plain sight.
pub(super) fn is_accepted(resolution: &Resolution<'_>, name: &ServiceName) -> bool {
    let excepted = resolution.description.exceptions.iter().any(|exception| {
        let ExceptionKeys { control, service, .. } = &exception.value;
        control.value.as_str() == ACCEPTED && service.0.iter().any(|one| one.value == *name)
    });
    excepted || unknown::start(resolution, name)
}

/// The control that finds a secret which Compose puts into an environment.
const ACCEPTED: &str = "secrets-as-files";

/// Compose hands the values over, from the environment of who runs it.
fn in_plain_sight(resolution: &mut Resolution<'_>, name: &ServiceName) {
    let Some(service) = resolution.stack.services.get_mut(name) else { return };
    for used in &mut service.secrets {
        if let Delivery::Variable(variable) = &used.delivery {
            used.delivery = Delivery::Plain(variable.clone());
        }
    }
}

fn report(resolution: &mut Resolution<'_>, name: &ServiceName) {
    let declared = resolution.description.services.get(name);
    let at = declared.and_then(|keys| keys.env_secrets.first()).map(|(variable, _)| variable.at);
    let message = format!(
        "`{name}` reads secrets from its environment, but how its image starts is not known"
    );
    let help = "add `entrypoint:`, what the image's ENTRYPOINT says (the image needs a shell), use `secrets:` if it reads files, or say `unknown: [start]`: they are then in plain sight of `docker inspect`";
    let problem = Diagnostic { at, ..Diagnostic::nowhere("unknown-entrypoint", message) };
    resolution.problems.add(problem.help(help));
}
