//! How an image is built: the Dockerfile as data.
//!
//! Plain defaults are those of a bare Dockerfile: the base image's user, no health check, a
//! base by tag, dependencies without a check, the whole context copied.

use std::collections::{BTreeMap, BTreeSet};

use super::{ImageReference, Origin, Sourced, User};

/// What a program is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    /// CPython.
    Python,
    /// Node.js.
    Node,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Built files behind nginx.
    Static,
    /// The project's own Dockerfile.
    Own,
    /// The gateway's ACME client; not for descriptions.
    Acme,
}

impl Runtime {
    /// The runtime's name in descriptions and of its files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Static => "static",
            Self::Own => "own",
            Self::Acme => "acme",
        }
    }
}

/// Which program installs dependencies, chosen by the lock file's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installer {
    /// Key in the runtime's knowledge, for example `pnpm` or `pip`.
    pub name: String,
    /// The lock file, for example `pnpm-lock.yaml`.
    pub lock_file: String,
}

/// A Dockerfile as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Where the description asks for it.
    pub origin: Origin,
    /// What the program is written for.
    pub runtime: Runtime,
    /// Folder of the sources, relative to the project, without `..`; `.` is the project itself.
    pub context: String,
    /// A Dockerfile of the project instead of ours, relative to the context; empty for ours.
    pub dockerfile: String,
    /// Build arguments of a Dockerfile of the project.
    pub arguments: BTreeMap<String, String>,
    /// Stage of a Dockerfile of the project that is the result; empty for the last.
    pub stage: String,
    /// Image of the build stage.
    pub build_base: Sourced<ImageReference>,
    /// Image of the last stage.
    pub run_base: Sourced<ImageReference>,
    /// Program that installs dependencies.
    pub installer: Installer,
    /// Distribution packages in the last stage.
    pub packages: BTreeSet<String>,
    /// User of the last stage. Bare: the base's, which is root.
    pub user: Sourced<User>,
    /// The image itself carries a health check. Bare: no.
    pub health_check: Sourced<bool>,
    /// The installer checks hashes or the lock. Bare: no.
    pub locked_install: Sourced<bool>,
    /// Files with secrets stay out of the build context. Bare: no.
    pub ignores_secrets: Sourced<bool>,
    /// Folders made with the user as owner, so that a fresh volume belongs to it.
    pub owned_paths: BTreeSet<String>,
    /// Name of the built program (go, rust) or folder of the built files (static).
    pub artifact: String,
}

impl Recipe {
    /// What the image runs where nobody says it; none where only its base knows.
    pub fn program(&self) -> Vec<String> {
        match self.runtime {
            Runtime::Go | Runtime::Rust => vec![self.artifact.clone()],
            Runtime::Python | Runtime::Node | Runtime::Static | Runtime::Own | Runtime::Acme => {
                Vec::new()
            }
        }
    }
}
