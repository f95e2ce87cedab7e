//! A device of the host that a container is given: one line, or the same in keys.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::read::Read;
use crate::diagnostic::Problems;
use crate::yaml::Node;

/// A device, in the form in which it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Device {
    /// `SOURCE[:TARGET[:PERMISSIONS]]`.
    Line(String),
    /// `source`, `target` and `permissions`.
    Keys(BTreeMap<String, Value>),
}

impl Device {
    /// The line that says the same.
    pub fn line(&self) -> String {
        match self {
            Self::Line(line) => line.clone(),
            Self::Keys(keys) => {
                let part = |key: &str| keys.get(key).and_then(Value::as_str).unwrap_or_default();
                let (source, target) = (part("source"), part("target"));
                match (target, part("permissions")) {
                    ("", "" | "rwm") => source.to_owned(),
                    (target, "" | "rwm") if target == source => source.to_owned(),
                    (target, "" | "rwm") => format!("{source}:{target}"),
                    ("", permissions) => format!("{source}:{source}:{permissions}"),
                    (target, permissions) => format!("{source}:{target}:{permissions}"),
                }
            }
        }
    }
}

impl Serialize for Device {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Line(line) => line.serialize(to),
            Self::Keys(keys) => keys.serialize(to),
        }
    }
}

impl Read for Device {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        match node.scalar() {
            Some(scalar) => Self::Line(scalar.text.clone()),
            None => Self::Keys(Read::read(node, problems)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_say_the_same_as_a_line() {
        for (keys, line) in [
            (&[("source", "/dev/a"), ("target", "/dev/a"), ("permissions", "rwm")][..], "/dev/a"),
            (&[("source", "/dev/a"), ("target", "/dev/b")], "/dev/a:/dev/b"),
            (&[("source", "/dev/a"), ("permissions", "r")], "/dev/a:/dev/a:r"),
        ] {
            let keys = keys.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value)));
            assert_eq!(Device::Keys(keys.collect()).line(), line);
        }
    }
}
