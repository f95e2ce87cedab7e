//! What a person reads of a drawn stack: HARDENING.md, RUNBOOK.md and exposure.yaml. Views of one
//! value, so that no two of them can disagree.

mod backup;
mod hardening;
mod runbook;

use crate::exposure::Exposure;
use crate::hardening::{Difference, Hardening};
use crate::stack::Stack;
use crate::targets::Target;
use crate::templates::TemplateError;
use crate::tree::{File, Tree, TreeError};
use crate::yaml;

pub use hardening::{Line, ReportSection, sections};

/// Everything that the reports are views of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The mended stack.
    pub stack: &'a Stack,
    /// What the controls found.
    pub hardening: &'a Hardening,
    /// What can be reached and read.
    pub exposure: &'a Exposure,
    /// What the stack was drawn for.
    pub target: &'a Target,
    /// Folder of the drawn files below the project.
    pub folder: &'a str,
    /// The directory that secrets are unsealed into.
    pub secrets_dir: &'a str,
    /// Addresses that the stack's networks are cut from.
    pub pool: &'a str,
    /// Controls that end otherwise than in production.
    pub differs: &'a [Difference],
}

/// Why a report could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A template or a value in it.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A value that YAML cannot hold.
    #[error(transparent)]
    Yaml(#[from] yaml::WriteError),
    /// Two reports of one name.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// Draw every report.
///
/// # Errors
/// [`ReportError`] where a value has no harmless form; nothing is drawn then.
pub fn draw(report: &Report<'_>) -> Result<Tree, ReportError> {
    let mut tree = Tree::new();
    tree.add("HARDENING.md", File::plain(hardening::draw(report)?))?;
    tree.add("RUNBOOK.md", File::plain(runbook::draw(report)?))?;
    tree.add("exposure.yaml", File::plain(report.exposure.to_text()?))?;
    Ok(tree)
}
