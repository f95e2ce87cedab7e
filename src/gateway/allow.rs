//! Allow lists: one `geo` per combination of lists that a route names.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::DrawError;
use super::identity::snake;
use crate::stack::{AddressRange, AllowListName, Gateway};

/// One `geo` block.
#[derive(Debug, Serialize)]
pub(super) struct AllowList {
    variable: String,
    ranges: Vec<String>,
}

/// The blocks of all routes.
pub(super) fn lists(gateway: &Gateway) -> Result<Vec<AllowList>, DrawError> {
    let mut lists: BTreeMap<String, (&BTreeSet<AllowListName>, BTreeSet<_>)> = BTreeMap::new();
    for (_, _, route) in gateway.routes().filter(|(_, _, route)| !route.allow.is_empty()) {
        let mut ranges = BTreeSet::new();
        for name in route.allow.iter() {
            let list = gateway.allow_lists.get(name);
            ranges.extend(list.ok_or_else(|| DrawError::UnknownAllowList(name.clone()))?);
        }
        let (names, _) = lists.entry(variable(&route.allow)).or_insert((&route.allow, ranges));
        if **names != *route.allow {
            return Err(DrawError::AmbiguousAllowLists((*names).clone()));
        }
    }
    let view = |(variable, (_, ranges)): (String, (_, BTreeSet<&AddressRange>))| AllowList {
        variable,
        ranges: ranges.into_iter().map(ToString::to_string).collect(),
    };
    Ok(lists.into_iter().map(view).collect())
}

/// The end of the variable's name.
pub(super) fn variable(names: &BTreeSet<AllowListName>) -> String {
    let names: Vec<_> = names.iter().map(|name| snake(name.as_str())).collect();
    names.join("__")
}
