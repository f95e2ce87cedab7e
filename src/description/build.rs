//! How an image is built from sources of the project.

use super::keys::keys;
use super::leaf::leaves;
use super::path::ProjectPath;
use super::read::{Located, Map};
use super::word::{PackageName, RuntimeVersion, StageName};
use crate::stack::SettingName;

keys! {
    /// How an image is built. It has a `runtime`, or a `dockerfile` of the project's own.
    pub struct Build("a build") {
        /// Folder of the sources, relative to this file.
        pub context: Located<ProjectPath>,
        /// What the program is written for; a hardened Dockerfile is drawn for it.
        pub runtime: Option<Located<RuntimeName>>,
        /// Version of the runtime. Default: the one that this release knows best.
        pub version: Option<Located<RuntimeVersion>>,
        /// The lock file in the context; it chooses the installer. Default: the runtime's first.
        pub lock: Option<Located<LockFile>>,
        /// Packages of the distribution that the program needs when it runs.
        pub packages: Vec<Located<PackageName>>,
        /// A Dockerfile of the project's own, relative to the context, instead of a drawn one.
        pub dockerfile: Option<Located<ProjectPath>>,
        /// Build arguments for that Dockerfile; never secret, since the image keeps them.
        pub args: Map<SettingName, Located<String>>,
        /// The stage of that Dockerfile that is the result. Default: the last.
        pub target: Option<Located<StageName>>,
    }
}

/// What a program is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeName {
    /// Node.js.
    Node,
    /// CPython.
    Python,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Built files behind nginx.
    Static,
}

impl RuntimeName {
    fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            "node" => Ok(Self::Node),
            "python" => Ok(Self::Python),
            "go" => Ok(Self::Go),
            "rust" => Ok(Self::Rust),
            "static" => Ok(Self::Static),
            _ => Err("write node, python, go, rust or static; for anything else use `dockerfile:`"),
        }
    }
}

/// The lock file that chooses the installer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockFile(&'static str);

impl LockFile {
    const ALL: [&'static str; 8] = [
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "requirements.txt",
        "uv.lock",
        "poetry.lock",
        "go.sum",
        "Cargo.lock",
    ];

    fn new(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|name| **name == text);
        known.map(|name| Self(name)).ok_or_else(|| format!("write one of {}", Self::ALL.join(", ")))
    }

    /// The file's name.
    pub fn as_str(&self) -> &'static str {
        self.0
    }
}

leaves! {
    RuntimeName, "a runtime", Self::new, {"enum": ["node", "python", "go", "rust", "static"]};
    LockFile, "a lock file that is known", Self::new, {"enum": LockFile::ALL};
}
