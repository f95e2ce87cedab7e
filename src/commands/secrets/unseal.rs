//! `secrets unseal`: every value where the stack reads it.

use camino::{Utf8Path, Utf8PathBuf};

use super::super::project::Project;
use super::super::{Failure, World};
use crate::secrets::{
    Installed, SecretsDirectory, Storage, Unsealed, default_directory, readers_to_restart,
};
use crate::stack::ServiceName;

pub(super) fn run(
    project: &Project,
    to: Option<&Utf8Path>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let (path, installed) = unseal(project, to, world)?;
    let (changed, removed) = (installed.changed.len(), installed.removed.len());
    world.say(&format!("{path}: files written: {changed}, removed: {removed}"))?;
    let compose = project.target.engine.compose;
    let deployed = project.deployed_secrets_dir();
    if path.as_str() != deployed {
        world.say(&format!("not {deployed}, which .env names; `{compose}` needs this line:"))?;
        world.print(&format!("export PORTCULLIS_SECRETS_DIR={path}\n"))?;
    }
    let restart = readers_to_restart(project.stack(), &installed.changed);
    if !restart.is_empty() {
        let file = project.root.join(project.out.as_str()).join("compose.yaml");
        let file = file.strip_prefix(".").unwrap_or(&file);
        let services: Vec<&str> = restart.iter().map(ServiceName::as_str).collect();
        let services = services.join(" ");
        world.say(&format!("if the stack runs: {compose} -f {file} restart {services}"))?;
    }
    Ok(())
}

/// Write every file, or none and remove what an earlier run left.
pub(super) fn unseal(
    project: &Project,
    to: Option<&Utf8Path>,
    world: &mut World<'_>,
) -> Result<(Utf8PathBuf, Installed), Failure> {
    let stack = project.stack();
    let path = match to {
        Some(path) => path.to_owned(),
        None => default_directory(&stack.name, &stack.environment, world.variable)?,
    };
    let open = project.opened(world)?;
    let storage = if to.is_some() { Storage::Anywhere } else { Storage::Memory };
    let directory = SecretsDirectory::open(&path, storage)?;
    let path = directory.path().to_owned();
    match directory.unseal(stack, &open)? {
        Unsealed::Installed(installed) => {
            if !directory.is_in_memory() {
                world.warn(&format!(
                    "{path} is not in memory: the values are on its disk, and stay there after a \
                     reboot; name a folder on a tmpfs, such as /dev/shm/{}, where that matters",
                    stack.name
                ))?;
            }
            Ok((path, installed))
        }
        Unsealed::Refused { faults, removed } => {
            let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
            let removed = match removed.len() {
                0 => String::new(),
                count => format!(", and {count} files of an earlier run are gone"),
            };
            Err(Failure::Found(format!(
                "nothing was written{removed}; `portcullis secrets fill` asks for what is \
                 missing:\n{}",
                lines.join("\n")
            )))
        }
    }
}
