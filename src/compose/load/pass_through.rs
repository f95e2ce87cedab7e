//! Names of settings without a value: they have the one of who runs Compose.

use std::collections::BTreeMap;

use super::tree::{as_text, get_mut, spelled, text};
use crate::yaml::{Node, Value};

/// Give names of lists without a value the one that they have outside.
pub(super) fn pass_through(tree: &mut Node, environment: &BTreeMap<String, String>) {
    let Some(Value::Mapping(services)) = get_mut(tree, "services").map(|node| &mut node.value)
    else {
        return;
    };
    for (_, service) in services {
        let Some(Value::Sequence(items)) =
            get_mut(service, "environment").map(|node| &mut node.value)
        else {
            continue;
        };
        for item in items {
            if let Some(value) = as_text(item).and_then(|name| environment.get(name)) {
                *item = text(format!("{}={value}", spelled(item).unwrap_or_default()), item.at);
            }
        }
    }
}
