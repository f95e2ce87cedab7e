//! What a service names: its secrets and configs, and what it starts after.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::forms::by_name;
use super::keys::{Absent, keys};
use super::read::Read;
use crate::diagnostic::Problems;
use crate::yaml::Node;

keys! {
    /// A secret or config of a service: its name, or where it goes as well.
    pub struct Long
    short named;
    ordered {
        /// Name in the top-level list.
        "source" source: Option<String>,
        /// Path in the container; for a secret, a name below `/run/secrets` too.
        "target" target: Option<String>,
    }
}

fn named(text: &str) -> Result<Long, String> {
    Ok(Long { source: Some(text.to_owned()), ..Long::default() })
}

/// A secret or config of a service; written by its name alone where that says it all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reference(pub Long);

impl Reference {
    /// A reference by name, mounted at its usual place.
    pub fn to(source: &str) -> Self {
        Self(Long { source: Some(source.to_owned()), ..Long::default() })
    }

    /// A reference that is mounted at `target`.
    pub fn at(source: &str, target: &str) -> Self {
        Self(Long { target: Some(target.to_owned()), ..Self::to(source).0 })
    }

    /// The name in the top-level list; empty where the file has none.
    pub fn source(&self) -> &str {
        self.0.source.as_deref().unwrap_or_default()
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Long { source: Some(source), target: None, carried, places: _ }
                if carried.is_empty() =>
            {
                source.serialize(to)
            }
            long => long.serialize(to),
        }
    }
}

impl Read for Reference {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        Self(Long::read(node, problems))
    }
}

keys! {
    /// When the other service is far enough.
    pub struct Dependency
    ordered {
        /// `service_started`, `service_healthy` or `service_completed_successfully`.
        "condition" condition: Option<String>,
    }
}

/// `depends_on:` of a service: a list of names, or a map with conditions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dependencies(pub BTreeMap<String, Dependency>);

impl Absent for Dependencies {
    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Dependencies {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl Read for Dependencies {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        Self(by_name(node, problems))
    }
}
