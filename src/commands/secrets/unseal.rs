//! `secrets unseal`: every value where the stack reads it.

use camino::{Utf8Path, Utf8PathBuf};

use super::super::project::Project;
use super::super::{Failure, World};
use crate::secrets::{Installed, SecretsDirectory, Storage, default_directory, unseal_files};

pub(super) fn run(
    project: &Project,
    to: Option<&Utf8Path>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let (path, installed) = unseal(project, to, world)?;
    let (changed, removed) = (installed.changed.len(), installed.removed.len());
    world.say(&format!("{path}: files written: {changed}, removed: {removed}"))?;
    let deployed = project.deployed_secrets_dir();
    if path.as_str() != deployed {
        world
            .say(&format!("not {deployed}, which .env names; `docker compose` needs this line:"))?;
        world.print(&format!("export PORTCULLIS_SECRETS_DIR={path}\n"))?;
    }
    let restart = readers(project, &installed);
    if !restart.is_empty() {
        let file = project.root.join(project.out.as_str()).join("compose.yaml");
        let file = file.strip_prefix(".").unwrap_or(&file);
        let services = restart.join(" ");
        world.say(&format!("if the stack runs: docker compose -f {file} restart {services}"))?;
    }
    Ok(())
}

/// Write every file, or none and remove what an earlier run left.
pub(super) fn unseal(
    project: &Project,
    to: Option<&Utf8Path>,
    world: &World<'_>,
) -> Result<(Utf8PathBuf, Installed), Failure> {
    let stack = project.stack();
    let path = match to {
        Some(path) => path.to_owned(),
        None => default_directory(&stack.name, &stack.environment, world.variable)?,
    };
    let open = project.opened(world)?;
    let storage = if to.is_some() { Storage::Anywhere } else { Storage::Memory };
    match unseal_files(stack, &open) {
        Ok(files) => {
            let directory = SecretsDirectory::open(&path, storage)?;
            Ok((directory.path().to_owned(), directory.install(&files)?))
        }
        Err(faults) => {
            if path.exists() {
                SecretsDirectory::open(&path, storage)?.clear()?;
            }
            let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
            Err(Failure::Found(format!(
                "nothing was written; `portcullis secrets fill` asks for what is missing:\n{}",
                lines.join("\n")
            )))
        }
    }
}

/// Services that mount a changed file and see it only after a restart.
fn readers(project: &Project, installed: &Installed) -> Vec<String> {
    let stack = project.stack();
    let changed = |name: &crate::stack::SecretName| {
        let path = crate::secrets::file_path(stack, name);
        installed.changed.contains(&path) && !path.starts_with("tls")
    };
    let services = stack.services.iter();
    services
        .filter(|(_, service)| service.secrets.iter().any(|used| changed(&used.secret)))
        .map(|(name, _)| name.to_string())
        .collect()
}
