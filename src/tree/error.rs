//! Why a tree was not compared or written.

use super::TreePath;
use super::disk::DiskError;
use std::fmt;

/// No file was lost or torn. What was begun before a [`WriteError::Disk`] is finished by
/// [`recover`](super::recover) or the next write.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Writing would lose what a person wrote.
    #[error("{}", list(.0))]
    Contested(Vec<Contested>),
    #[error(
        "{path}:{line}: not a line of a manifest; restore the file, or remove it (then every \
             generated file that differs must be removed or named in --force)"
    )]
    Manifest { path: String, line: usize },
    #[error("{path}:{line}: not a line of a journal; remove the file and generate again")]
    Journal { path: String, line: usize },
}

/// A file that is not overwritten or removed unless it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    /// Inside the output directory; this is what `forced` must hold.
    pub path: TreePath,
    /// As the person at the terminal would write it behind `--force`.
    pub shown: String,
    pub why: Contention,
    /// From what stands there to what was drawn, as a unified difference; empty where it cannot or
    /// must not be shown.
    pub difference: String,
}

/// What a person did to a contested file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contention {
    /// It was generated and then edited.
    Edited,
    /// It was generated and then edited, and is no longer drawn.
    EditedAndDropped,
    /// It was never generated and stands where a generated file belongs.
    Foreign,
}

impl WriteError {
    /// Whether this protects what a person made (exit code 3), rather than reports a failure of the
    /// machine (4).
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Disk(error) => error.is_refusal(),
            Self::Contested(_) | Self::Manifest { .. } | Self::Journal { .. } => true,
        }
    }
}

impl fmt::Display for Contention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edited => "edited by hand since it was generated",
            Self::EditedAndDropped => "edited by hand, and no longer generated",
            Self::Foreign => "not generated, but stands where a generated file belongs",
        })
    }
}

fn list(contested: &[Contested]) -> String {
    let mut text = String::from("refused, to keep what was written by hand:");
    for Contested { path: _, shown, why, difference } in contested {
        text += &format!("\n{shown}: {why}");
        if !difference.is_empty() {
            text += &format!("\n{}", difference.trim_end());
        }
    }
    text
}
