//! `new`: a project from a preset, with identity, sealed secrets and the generated stack.

use camino::{Utf8Path, Utf8PathBuf};

use super::project::Project;
use super::{Failure, World, generate, init, summary};
use crate::cli::{Common, NewArgs};

pub(super) fn run(args: &NewArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    if common.file != init::DESCRIPTION {
        let (file, dir, usual) = (&common.file, &args.dir, init::DESCRIPTION);
        return Err(Failure::Input(format!(
            "error: `new` writes {dir}/{usual}; it reads no {file}\n  help: leave `--file` out, or \
             run `portcullis init --file {file}`"
        )));
    }
    refuse_occupied(&args.dir)?;
    let missing: Vec<Utf8PathBuf> = missing(&args.dir);
    let outcome = make(args, common, world);
    outcome.map_err(|failure| withdraw(&args.dir, &missing, failure))
}

fn make(args: &NewArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    let start = init::Start {
        file: init::DESCRIPTION,
        preset: &args.preset,
        domain: args.domain.as_deref(),
        email: args.email.as_deref(),
        recipients: &args.recipient,
    };
    let written = init::write(&args.dir, &start, world)?;
    let common = Common { file: args.dir.join(init::DESCRIPTION), ..common.clone() };
    let mut project = Project::open_alone(&common, world)?;
    let made = generate::first(&mut project, world)?;
    world.print(&format!("{}\n", summary::made(&project, &made, &written.identity)))
}

/// The folder and those above it that are not there yet, the innermost first.
fn missing(dir: &Utf8Path) -> Vec<Utf8PathBuf> {
    let above = dir.ancestors().take_while(|above| !above.as_str().is_empty() && !above.exists());
    above.map(Utf8Path::to_owned).collect()
}

/// A project that could not be made leaves nothing, unless secrets were sealed or files drawn:
/// then they stay, and the message says so.
fn withdraw(dir: &Utf8Path, missing: &[Utf8PathBuf], failure: Failure) -> Failure {
    let entries = dir.read_dir_utf8().map(|all| all.flatten().collect::<Vec<_>>());
    let entries = entries.unwrap_or_default();
    if entries.iter().any(|entry| !init::WRITTEN.contains(&entry.file_name())) {
        return failure.with(&format!(
            "  note: what was made so far is in {dir}; `portcullis generate` goes on from there"
        ));
    }
    // Why there is no project is what counts; a file that cannot be removed does not change it.
    entries.iter().for_each(|entry| drop(fs_err::remove_file(entry.path())));
    missing.iter().for_each(|folder| drop(fs_err::remove_dir(folder)));
    failure
}

fn refuse_occupied(dir: &Utf8Path) -> Result<(), Failure> {
    if dir.as_str().is_empty() {
        return Err(Failure::Input("error: the folder needs a name".into()));
    }
    match fs_err::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::Refused(format!(
                "error: {dir} is not empty\n  help: choose another folder, or run `portcullis init` inside it"
            ))),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(Failure::Refused(format!("error: {dir} is not a folder")))
        }
        Err(error) => Err(error.into()),
    }
}
