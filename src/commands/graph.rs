//! `graph`: what reaches what.

use super::project::Project;
use super::{Failure, World};
use crate::cli::Common;
use crate::exposure::mermaid;

pub(super) fn run(common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    let project = Project::open(common, world)?;
    world.print(&mermaid(project.stack()))
}
