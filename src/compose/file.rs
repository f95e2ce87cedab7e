//! A whole Compose file.

use std::collections::BTreeMap;

use super::keys::keys;
use super::read::Read;
use super::{NamedVolume, Network, Service};
use crate::diagnostic::{Problems, SourceId};
use crate::yaml;

keys! {
    /// A Compose file; the order is that of dclint's `top-level-properties-order`.
    pub struct ComposeFile
    ordered {
        /// Who drew it from what.
        "x-portcullis" portcullis: Option<serde_json::Value>,
        /// The project.
        "name" name: Option<String>,
        /// Everything that runs.
        "services" services: BTreeMap<String, Service>,
        /// Networks.
        "networks" networks: BTreeMap<String, Network>,
        /// Named volumes.
        "volumes" volumes: BTreeMap<String, NamedVolume>,
        /// Secrets.
        "secrets" secrets: BTreeMap<String, FileSource>,
        /// Files of the project that services mount.
        "configs" configs: BTreeMap<String, FileSource>,
    }
}

keys! {
    /// A secret or config that is a file of the host.
    pub struct FileSource
    ordered {
        /// Its path, relative to the Compose file.
        "file" file: Option<String>,
    }
}

impl ComposeFile {
    /// Read a file; what cannot be read is reported and left out.
    pub fn read(source: SourceId, text: &str, problems: &mut Problems) -> Self {
        yaml::parse_into(source, text, problems)
            .map(|node| <Self as Read>::read(&node, problems))
            .unwrap_or_default()
    }
}
