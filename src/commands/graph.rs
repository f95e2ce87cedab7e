//! `graph`: what reaches what.

use super::project::Project;
use super::{Failure, World};
use crate::cli::{Common, GraphFormat};
use crate::exposure::{mermaid, svg};

pub(super) fn run(
    format: GraphFormat,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let project = Project::open(common, world)?;
    let picture = match format {
        GraphFormat::Mermaid => mermaid(project.stack()),
        GraphFormat::Svg => {
            svg(project.stack()).map_err(|error| Failure::Input(format!("error: {error}")))?
        }
    };
    world.print(&picture)
}
