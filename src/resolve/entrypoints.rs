//! Programs that read a secret only from their environment start through a generated script,
//! which exports from the files and becomes the program.

use serde::Serialize;

use super::{Resolution, accounts};
use crate::diagnostic::Diagnostic;
use crate::stack::{Command, Delivery, GeneratedFile, Runtime, Service, ServiceName, Sourced};
use crate::templates;

/// Where the script is mounted; called as `/bin/sh FILE`, so that it need not be executable.
const SCRIPT: &str = "/usr/local/libexec/portcullis-entrypoint";

#[derive(Serialize)]
struct Script {
    variables: Vec<Variable>,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    file: String,
}

/// Put a script before the program of every service that needs one.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    let names: Vec<ServiceName> = resolution.stack.services.keys().cloned().collect();
    for name in names {
        let Some(service) = resolution.stack.services.get(&name).cloned() else { continue };
        let variables = variables(&service);
        if variables.is_empty() {
            continue;
        }
        let Some(words) = program(resolution, &name, &service) else { continue };
        match templates::render("shell/entrypoint.sh.j2", &Script { variables }) {
            Ok(content) => wrap(resolution, &name, words, content),
            Err(error) => {
                resolution.problems.add(Diagnostic::nowhere("template", error.to_string()));
            }
        }
    }
}

fn variables(service: &Service) -> Vec<Variable> {
    let uses = service.secrets.iter();
    uses.filter_map(|used| match &used.delivery {
        Delivery::Variable(name) => {
            Some(Variable { name: name.to_string(), file: format!("/run/secrets/{}", used.secret) })
        }
        Delivery::File | Delivery::FileVariable(_) | Delivery::Folder | Delivery::Plain(_) => None,
    })
    .collect()
}

fn wrap(resolution: &mut Resolution<'_>, name: &ServiceName, words: Vec<String>, content: String) {
    let Some(service) = resolution.stack.services.get_mut(name) else { return };
    let entrypoint = vec!["/bin/sh".to_owned(), SCRIPT.to_owned()];
    service.entrypoint = Sourced::derived(Command::Exec(entrypoint));
    service.command = Sourced::from(Command::Exec(words), service.command.origin().clone());
    service.files.push(GeneratedFile {
        name: accounts::joined(&[name.as_str(), "entrypoint"]),
        source: format!("services/{name}/entrypoint.sh"),
        target: SCRIPT.to_owned(),
        content,
    });
}

/// The whole program: entrypoint and command, as the container would run them. An entrypoint in
/// a Compose file drops the image's command, so both must be known.
fn program(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    service: &Service,
) -> Option<Vec<String>> {
    let facts = resolution.known.get(name).map(|known| known.facts.clone()).unwrap_or_default();
    let built = service.recipe.first().is_some_and(|recipe| recipe.runtime != Runtime::Own);
    let entrypoint = match &*service.entrypoint {
        Command::Exec(words) => Some(words.clone()),
        Command::Shell(_) => None,
        Command::Image if built => Some(Vec::new()),
        Command::Image => facts.entrypoint,
    };
    let command = match &*service.command {
        Command::Exec(words) => words.clone(),
        Command::Shell(_) | Command::Image => Vec::new(),
    };
    let shell = built || facts.shell.unwrap_or(service.entrypoint.origin().is_written());
    let words: Option<Vec<String>> = entrypoint
        .filter(|_| shell)
        .map(|entrypoint| entrypoint.into_iter().chain(command).collect());
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        return Some(words);
    }
    let declared = resolution.description.services.get(name);
    let at = declared.and_then(|keys| keys.env_secrets.first()).map(|(variable, _)| variable.at);
    let message = format!(
        "`{name}` reads secrets from its environment, but how its image starts is not known"
    );
    let help = "add `entrypoint:`, what the image's ENTRYPOINT says (the image needs a shell), or use `secrets:` if it reads files";
    let problem = Diagnostic { at, ..Diagnostic::nowhere("unknown-entrypoint", message) };
    resolution.problems.add(problem.help(help));
    None
}
