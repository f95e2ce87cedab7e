//! What has to be so before anything is planned: the drawn folder is current, every value is set, and an
//! engine is there to ask.

use std::time::Duration;

use camino::Utf8PathBuf;

use crate::apply::{Site, SiteError};
use crate::commands::generate::drift_of_tree;
use crate::commands::project::Project;
use crate::commands::{Failure, World};
use crate::compose::ComposeFile;
use crate::compose::conventions::{SECRETS_VARIABLE, project_name, value_variable};
use crate::diagnostic::Problems;
use crate::engine::{Compose, Docker};
use crate::secrets::default_directory;
use crate::stack::{Delivery, SettingValue};
use crate::tree::{Disk, Found};

/// Places of a difference that are listed.
const SHOWN: usize = 8;
/// Time for one answer of an engine that is also building or starting containers.
const PATIENCE: Duration = Duration::from_secs(30);

/// compose.yaml, where the drawn folder is what the description says.
pub(super) fn drawn_file(project: &Project) -> Result<ComposeFile, Failure> {
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
pub(super) fn refuse_unset(project: &Project, world: &World<'_>) -> Result<(), Failure> {
    let mut names = Vec::new();
    for service in project.stack().services.values() {
        let settings = service.settings.iter();
        let required = settings.filter(|(_, value)| ***value == SettingValue::Required);
        names.extend(required.map(|(name, _)| name.to_string()));
        names.extend(service.secrets.iter().filter_map(|used| match &used.delivery {
            Delivery::Plain(_) => Some(value_variable(&used.secret)),
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
        "error: not set: {}\n  help: export a value for each; the description leaves them to whoever starts the stack (`portcullis secrets exec -- COMMAND` exports those of secrets)",
        names.join(", ")
    )))
}

/// Where the stack runs: its folder, its secrets and its engine.
pub(super) fn site<'a>(
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
    let compose = Compose::find(&docker, &project_name(stack), &path).map_err(SiteError::from)?;
    Ok(Site { stack, file, folder, secrets, docker, compose })
}
