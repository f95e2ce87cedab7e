//! `secrets exec`: unseal, then run a command that finds the values.

use camino::Utf8Path;

use super::super::project::Project;
use super::super::{Failure, World};
use super::unseal::unseal;
use std::os::unix::ffi::OsStrExt;

use crate::compose::conventions::SECRETS_VARIABLE;
use crate::secrets::values_in_sight;

pub(super) fn run(
    project: &Project,
    to: Option<&Utf8Path>,
    command: &[String],
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let (path, _) = unseal(project, to, world)?;
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::Input("error: name a command after `--`".into()));
    };
    let mut child = std::process::Command::new(program);
    child.args(arguments).env(SECRETS_VARIABLE, path.as_str());
    for (variable, value) in values_in_sight(project.stack(), &project.opened(world)?) {
        child.env(variable, std::ffi::OsStr::from_bytes(value.trimmed()));
    }
    let status =
        child.status().map_err(|error| Failure::Machine(format!("error: {program}: {error}")))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::Child(u8::try_from(code).unwrap_or(1))),
        None => Err(Failure::Machine(format!("error: {program} was ended by a signal"))),
    }
}
