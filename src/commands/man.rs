//! `man` and `completions`: drawn from the command line's own types.

use clap::CommandFactory;

use super::{Failure, World};
use crate::cli::Cli;

pub(super) fn page(world: &mut World<'_>) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut bytes)?;
    world.print(&String::from_utf8_lossy(&bytes))
}

pub(super) fn completions(
    shell: clap_complete::Shell,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "portcullis", &mut bytes);
    world.print(&String::from_utf8_lossy(&bytes))
}
