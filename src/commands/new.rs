//! `new`: a project from a preset, with identity, sealed secrets and the generated stack.

use camino::Utf8Path;

use super::project::Project;
use super::{Failure, World, generate, init, summary};
use crate::cli::{Common, NewArgs};

pub(super) fn run(args: &NewArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    refuse_occupied(&args.dir)?;
    let start = init::Start {
        preset: &args.preset,
        domain: args.domain.as_deref(),
        email: args.email.as_deref(),
        recipients: &args.recipient,
    };
    let written = init::write(&args.dir, &start, world)?;
    let common = Common { file: args.dir.join("portcullis.yaml"), ..common.clone() };
    let mut project = Project::open_alone(&common, world)?;
    let made = generate::first(&mut project, world)?;
    world.print(&format!("{}\n", summary::made(&project, &made, &written.identity)))
}

fn refuse_occupied(dir: &Utf8Path) -> Result<(), Failure> {
    match fs_err::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::Refused(format!(
                "error: {dir} is not empty\n  help: choose another folder, or run `portcullis init` inside it"
            ))),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Refused(format!("error: {error}"))),
    }
}
