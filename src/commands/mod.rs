//! What each command does: reads lock and bundle before, writes them after.

mod apply;
mod audit;
mod certs;
mod diff;
mod explain;
mod failure;
mod generate;
mod graph;
mod import;
mod init;
mod man;
mod named;
mod new;
mod output;
mod presets;
mod probe;
mod project;
mod secrets;
mod summary;
mod verify;
mod world;

use crate::cli::{Cli, Command};

pub use failure::Failure;
pub use world::{Real, World};

/// Do what the command line says.
///
/// # Errors
/// [`Failure`] with the text to print and the exit code that it stands for.
pub fn run(cli: &Cli, world: &mut World<'_>) -> Result<(), Failure> {
    match &cli.command {
        Command::New(args) => new::run(args, &cli.common, world),
        Command::Init(args) => init::run(args, &cli.common, world),
        Command::Audit(args) => audit::run(args, world),
        Command::Import(args) => import::run(args, &cli.common, world),
        Command::Generate(args) => generate::run(args, &cli.common, world),
        Command::Apply(args) => apply::run(args, &cli.common, world),
        Command::Diff(args) => diff::run(args, &cli.common, world),
        Command::Explain { control } => explain::run(control.as_deref(), world),
        Command::Secrets(command) => secrets::run(command, &cli.common, world),
        Command::Certs(command) => certs::run(command, &cli.common, world),
        Command::Verify(args) => verify::run(args, &cli.common, world),
        Command::Probe(args) => probe::run(args, world),
        Command::Presets { name } => presets::run(name.as_deref(), world),
        Command::Graph { format } => graph::run(*format, &cli.common, world),
        Command::Schema => world.print(&crate::description::schema()),
        Command::Completions { shell } => man::completions(*shell, world),
        Command::Man => man::page(world),
    }
}
