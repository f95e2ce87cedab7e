//! One network, in the words of `docker network inspect` (Engine API, `NetworkInspect`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{NETWORK_LABEL, PROJECT_LABEL, null};

/// A network of the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Network {
    /// Its number.
    pub id: String,
    /// Its name on the host: PROJECT_NAME.
    pub name: String,
    /// What makes it: `bridge`.
    pub driver: String,
    /// No way out of it.
    pub internal: bool,
    /// Its addresses.
    #[serde(rename = "IPAM", deserialize_with = "null::is_empty")]
    pub ipam: IpamSettings,
    /// Options of the driver.
    #[serde(deserialize_with = "null::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Labels.
    #[serde(deserialize_with = "null::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl Network {
    /// The Compose project that it belongs to; empty where it belongs to none.
    pub fn project(&self) -> &str {
        self.labels.get(PROJECT_LABEL).map_or("", String::as_str)
    }

    /// Its name in the Compose file; empty where Compose did not make it.
    pub fn key(&self) -> &str {
        self.labels.get(NETWORK_LABEL).map_or("", String::as_str)
    }
}

/// Addresses of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpamSettings {
    /// Ranges.
    #[serde(deserialize_with = "null::is_empty")]
    pub config: Vec<IpamSubnet>,
}

/// A range of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpamSubnet {
    /// In CIDR notation.
    pub subnet: String,
}
