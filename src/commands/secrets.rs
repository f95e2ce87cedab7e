//! `secrets`: list, fill, set, check, unseal, exec. No value is ever printed.

mod check;
mod exec;
mod fill;
mod list;
mod unseal;

use super::project::Project;
use super::{Failure, World};
use crate::cli::{Common, SecretsCommand};
use crate::secrets::derived::bits_lost_to_case;
use crate::secrets::{Deposit, Kind, Sealing, SecretValue};
use crate::stack::{Derived, Secret, SecretKind, SecretName, Stack};

pub(super) fn run(
    command: &SecretsCommand,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let project = match command {
        SecretsCommand::Fill | SecretsCommand::Set { .. } => Project::open_alone(common, world)?,
        _ => Project::open(common, world)?,
    };
    match command {
        SecretsCommand::List => list::run(&project, world),
        SecretsCommand::Fill => fill::run(project, world),
        SecretsCommand::Set { name } => fill::set(project, name, world),
        SecretsCommand::Check => check::run(&project, common, world),
        SecretsCommand::Unseal { to } => unseal::run(&project, to.as_deref(), world),
        SecretsCommand::Exec { to, command } => exec::run(&project, to.as_deref(), command, world),
    }
}

/// Seal one value that a person gave.
pub(super) fn deposit(
    project: &mut Project,
    name: &SecretName,
    value: &SecretValue,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let Some(secret) = project.hardened.stack.secrets.get(name) else {
        return Err(Failure::Input(format!("error: there is no secret `{name}`")));
    };
    accept(name, secret, value)?;
    let kind = match secret.kind {
        SecretKind::Generated(_) => Kind::Generated,
        _ => Kind::Provided,
    };
    let rotate_after = *secret.rotate_after;
    let recipients = project.recipients(world)?;
    let sealing = Sealing { recipients: &recipients, today: world.today };
    let deposit = Deposit { kind, value, public: String::new(), rotate_after };
    let sealed = project.bundle.put(name, deposit, false, &sealing);
    sealed.map_err(|error| Failure::Machine(format!("error: {error}")))?;
    if is_api_key(&project.hardened.stack, name)
        && let lost @ 1.. = bits_lost_to_case(value)
    {
        world.say(&format!(
            "note: the gateway looks keys up without regard to case, so {name} is {lost} bits weaker than it looks"
        ))?;
    }
    Ok(())
}

/// True for a key that the gateway looks up.
fn is_api_key(stack: &Stack, name: &SecretName) -> bool {
    stack.secrets.values().any(|secret| match &secret.kind {
        SecretKind::Derived(Derived::ApiKeys { clients }) => {
            clients.iter().any(|(_, key)| key == name)
        }
        _ => false,
    })
}

/// What cannot be given, and what is too short.
fn accept(name: &SecretName, secret: &Secret, value: &SecretValue) -> Result<(), Failure> {
    if !matches!(
        secret.kind,
        SecretKind::Provided | SecretKind::Generated(crate::stack::Made::Text { .. })
    ) {
        return Err(Failure::Input(format!(
            "error: `{name}` is made from other secrets or by the stack's own authority"
        )));
    }
    let minimum = usize::try_from((*secret.minimum).max(1)).unwrap_or(usize::MAX);
    if value.strength() < minimum {
        return Err(Failure::Input(format!("error: `{name}` needs {minimum} characters or more")));
    }
    Ok(())
}

/// Write the bundle after values were sealed.
pub(super) fn save(project: &Project) -> Result<(), Failure> {
    for file in project.files()? {
        file.write(&project.disk)?;
    }
    Ok(())
}
