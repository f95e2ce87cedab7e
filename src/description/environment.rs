//! Environments: each is laid over the description before anything is read into types.

use super::read::{Located, Read, wrong_type};
use crate::diagnostic::Problems;
use crate::stack::SettingName;
use crate::yaml::{Mapping, Node, Value};

/// What an environment says besides what it lays over the description.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Environment {
    /// Settings that must not exist in this environment.
    pub forbidden_settings: Vec<Located<SettingName>>,
}

/// Keys of an environment that are its own.
const OWN: &str = "forbidden_settings";

impl Read for Environment {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if !node.is_null() && node.mapping().is_none() {
            wrong_type(node, "a map", problems, "write a map with the keys that differ".to_owned());
            return None;
        }
        let own = node.get(OWN).map(|settings| Vec::read(settings, problems));
        Some(Self { forbidden_settings: own.flatten().unwrap_or_default() })
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// `over` laid over `base`: maps merge, lists and single values replace, null removes.
pub(super) fn overlay(base: &Node, over: &Node) -> Node {
    let (Value::Mapping(below), Value::Mapping(above)) = (&base.value, &over.value) else {
        return over.clone();
    };
    let find = |entries: &Mapping, key: &str| {
        entries.iter().find(|(k, _)| k.text == key).map(|(_, node)| node.clone())
    };
    let kept = below.iter().filter_map(|(key, node)| match find(above, &key.text) {
        None => Some((key.clone(), node.clone())),
        Some(over) if over.is_null() => None,
        Some(over) => Some((key.clone(), overlay(node, &over))),
    });
    let added = above
        .iter()
        .filter(|(key, node)| find(below, &key.text).is_none() && !node.is_null())
        .cloned();
    Node { value: Value::Mapping(kept.chain(added).collect()), at: base.at }
}

impl schemars::JsonSchema for Environment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Environment".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["object", "null"]})
    }
}
