//! What should run: the drawn files, what Compose makes of them, and when those that a running
//! container reads were last changed.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

/// A drawn stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawn {
    /// Compose's project.
    pub project: String,
    /// Services that take part, by name.
    pub services: BTreeMap<String, DrawnService>,
    /// Services of profiles that nobody asked for: neither started nor removed.
    pub idle: BTreeSet<String>,
    /// Networks, by their names in compose.yaml.
    pub networks: BTreeMap<String, DrawnNetwork>,
    /// The gateway's configuration.
    pub gateway: Configuration,
}

/// A drawn service.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnService {
    /// The hash of its definition, as Compose computes it.
    pub hash: String,
    /// The image's name.
    pub image: String,
    /// The number of the image that has this name now; empty where none has.
    pub image_id: String,
    /// How the image is built; nothing where it is pulled.
    pub sources: Option<Sources>,
    /// Networks, by their names in compose.yaml.
    pub networks: BTreeSet<String>,
    /// What it starts after.
    pub after: BTreeSet<String>,
    /// Unsealed secrets that it mounts one by one, so that it sees another file only after a
    /// restart.
    pub secrets: Vec<Changed>,
    /// It runs to its end.
    pub job: bool,
    /// Containers.
    pub replicas: u16,
}

/// The sources of an image that is built here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// What was changed last.
    pub newest: Changed,
    /// When the image got its name; every build gives it anew.
    pub built: OffsetDateTime,
}

/// A file and when it was last changed: the inode's own time (`ctime`, inode(7)), which no copy
/// sets back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// When.
    pub at: OffsetDateTime,
    /// Which one, as a person would name it.
    pub file: String,
}

/// A drawn network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrawnNetwork {
    /// No way out of it.
    pub internal: bool,
    /// Its ranges; none where the engine chooses.
    pub subnets: BTreeSet<String>,
    /// Options of the driver.
    pub options: BTreeMap<String, String>,
}

/// The files that the gateway reads again when it is told to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Files and folders of the mounted directory.
    pub files: Vec<Changed>,
    /// The hash that the gateway's definition would have with the label that its container has.
    /// Where the container's own hash is this one, nothing but those files was changed.
    pub hash_but_for_files: String,
}
