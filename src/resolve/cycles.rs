//! Cycles in `needs`: nobody in one could ever start.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolution;
use crate::description::Located;
use crate::diagnostic::Diagnostic;
use crate::stack::ServiceName;

type Needs<'a> = BTreeMap<&'a ServiceName, &'a [Located<ServiceName>]>;

/// Report each cycle once, at the need that closes it.
pub(super) fn find(resolution: &mut Resolution<'_>) {
    let services = &resolution.description.services;
    let needs: Needs<'_> =
        services.iter().map(|(name, keys)| (&name.value, keys.needs.as_slice())).collect();
    let mut done = BTreeSet::new();
    for start in needs.keys() {
        if let Some((path, closing)) = walk(start, &needs, &mut done) {
            let path: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
            let message = format!("a cycle: {}", path.join(" needs "));
            let help =
                "a link carries both directions: remove the `needs` of the one that is called back";
            resolution.problems.add(Diagnostic::at(closing.at, "cycle", message).help(help));
        }
    }
}

/// Depth first without recursion, since a description may have thousands of services in a row.
fn walk<'a>(
    start: &'a ServiceName,
    needs: &Needs<'a>,
    done: &mut BTreeSet<&'a ServiceName>,
) -> Option<(Vec<&'a ServiceName>, &'a Located<ServiceName>)> {
    if !done.insert(start) {
        return None;
    }
    let of = |name: &ServiceName| needs.get(name).copied().unwrap_or_default().iter();
    let mut path = vec![(start, of(start))];
    let mut on_path = BTreeSet::from([start]);
    while let Some((name, rest)) = path.last_mut() {
        match rest.next() {
            None => {
                on_path.remove(name);
                path.pop();
            }
            // A service that needs itself has been reported where links are made.
            Some(needed) if needed.value == **name => {}
            Some(needed) if on_path.contains(&needed.value) => {
                let names = path.iter().map(|(name, _)| *name);
                let cycle = names.skip_while(|name| **name != needed.value);
                return Some((cycle.chain([&needed.value]).collect(), needed));
            }
            Some(needed) => {
                if done.insert(&needed.value) {
                    on_path.insert(&needed.value);
                    path.push((&needed.value, of(&needed.value)));
                }
            }
        }
    }
    None
}
