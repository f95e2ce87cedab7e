//! What we know of a runtime: its base images, installers, probe and audit command.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::LimitFacts;

/// One file of `presets/runtimes/`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeKnowledge {
    /// What it is, for people.
    pub title: String,
    /// Version where the description names none.
    pub version: String,
    /// Image of the build stage; `{version}` is put in.
    pub build_base: String,
    /// Image of the last stage; `{version}` is put in where it belongs.
    pub run_base: String,
    /// Installers by lock file, the first being the default.
    pub installers: Vec<InstallerFact>,
    /// True where the description must say `command:`.
    pub needs_command: bool,
    /// Command that asks a path by HTTP; `{port}` and `{path}` are put in.
    pub http_probe: Vec<String>,
    /// Command that asks whether a port listens; `{port}` is put in.
    pub port_probe: Vec<String>,
    /// Paths that programs of this kind write; memory is mounted there.
    pub writable: Vec<String>,
    /// Port that the image serves where the description names none; 0: none.
    #[serde(default)]
    pub port: u16,
    /// Memory, processors, processes that are enough to begin with.
    pub limits: LimitFacts,
    /// Settings of every program of this kind.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Command that looks for known vulnerabilities in the dependencies.
    pub audit: String,
    /// Where these facts were read.
    pub evidence: BTreeMap<String, String>,
}

/// One way to install dependencies.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallerFact {
    /// Name that the Dockerfile template knows.
    pub name: String,
    /// Its lock file.
    pub lock_file: String,
}
