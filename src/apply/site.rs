//! Where a stack stands on this machine, and how its engine is asked.

use camino::{Utf8Path, Utf8PathBuf};

use crate::compose::ComposeFile;
use crate::engine::{Compose, Docker, EngineError};
use crate::stack::Stack;

/// A stack on the machine that runs it.
#[derive(Debug)]
pub struct Site<'a> {
    /// What was drawn.
    pub stack: &'a Stack,
    /// Its compose.yaml, read.
    pub file: &'a ComposeFile,
    /// Folder of compose.yaml.
    pub folder: Utf8PathBuf,
    /// Where its secrets are unsealed.
    pub secrets: Utf8PathBuf,
    /// The engine's client.
    pub docker: Docker,
    /// Compose on that file.
    pub compose: Compose,
}

/// Why a stack could not be looked at, or must not be touched.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The engine said no.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file could not be looked at.
    #[error("{path}: {error}")]
    Io {
        /// Which one.
        path: Utf8PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Secrets that services mount are not unsealed.
    #[error("not unsealed in {folder}: {}", .missing.join(", "))]
    Sealed {
        /// Where they should be.
        folder: Utf8PathBuf,
        /// Their files.
        missing: Vec<String>,
    },
    /// Containers may use more CPUs than there are.
    #[error("this machine has {cpus} CPUs, which some may exceed: {}", .greedy.join(", "))]
    TooFewCpus {
        /// What the engine has.
        cpus: u32,
        /// Services, with what they may use.
        greedy: Vec<String>,
    },
    /// A project of this name runs from other files.
    #[error("{folder} runs on this engine under the name {project}, which is this environment's")]
    Elsewhere {
        /// Compose's project.
        project: String,
        /// The folder of the Compose file that it was started from.
        folder: String,
    },
}

impl SiteError {
    /// True where nothing failed, but something is in the way that a person must decide about.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Sealed { .. } | Self::TooFewCpus { .. } | Self::Elsewhere { .. })
    }

    pub(super) fn io(path: &Utf8Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }
}
