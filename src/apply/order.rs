//! The order in which Compose starts services: each after what it waits for.

use std::collections::{BTreeMap, BTreeSet};

/// The keys of `after`, each behind those that it names; by name where that leaves a choice, and
/// where they form a circle.
pub(super) fn ordered(after: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut left: BTreeSet<&str> = after.keys().copied().collect();
    let mut out = Vec::new();
    while let Some(first) = left.first().copied() {
        let waits = |name: &str| {
            after.get(name).is_some_and(|before| {
                before.iter().any(|other| *other != name && left.contains(other))
            })
        };
        let next = left.iter().copied().find(|name| !waits(name)).unwrap_or(first);
        left.remove(next);
        out.push(next.to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_comes_first() {
        let after = BTreeMap::from([
            ("api", BTreeSet::from(["store", "migrate"])),
            ("gateway", BTreeSet::new()),
            ("migrate", BTreeSet::from(["store"])),
            ("store", BTreeSet::from(["elsewhere"])),
        ]);
        assert_eq!(ordered(&after), ["gateway", "store", "migrate", "api"]);
    }

    #[test]
    fn a_circle_ends() {
        let after =
            BTreeMap::from([("a", BTreeSet::from(["b"])), ("b", BTreeSet::from(["a", "b"]))]);
        assert_eq!(ordered(&after), ["a", "b"]);
    }
}
