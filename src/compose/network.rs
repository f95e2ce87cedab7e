//! Networks: the top-level entry, and the list of a service.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Choice;
use super::forms::by_name;
use super::keys::{Absent, keys};
use super::read::Read;
use crate::diagnostic::Problems;
use crate::yaml::Node;

keys! {
    /// One entry of the top-level `networks:`.
    pub struct Network
    ordered {
        /// The engine's driver.
        "driver" driver: Option<String>,
        /// The driver's options.
        "driver_opts" driver_opts: Choice<BTreeMap<String, Option<String>>>,
        /// No way out of it.
        "internal" internal: Option<bool>,
        /// Its addresses.
        "ipam" ipam: Option<Ipam>,
    }
}

keys! {
    /// Addresses of a network.
    pub struct Ipam
    ordered {
        /// Ranges.
        "config" config: Vec<IpamConfig>,
    }
}

keys! {
    /// One range of addresses.
    pub struct IpamConfig
    ordered {
        /// In CIDR notation.
        "subnet" subnet: Option<String>,
    }
}

/// `networks:` of a service: names, with keys of their own where the file has such.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attachments(pub BTreeMap<String, Value>);

impl Absent for Attachments {
    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Attachments {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.values().all(Value::is_null) {
            to.collect_seq(self.0.keys())
        } else {
            self.0.serialize(to)
        }
    }
}

impl Read for Attachments {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        Self(by_name(node, problems))
    }
}
