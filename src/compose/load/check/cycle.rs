//! Services that wait for each other in a circle never start.

use std::collections::{BTreeMap, BTreeSet};

use super::entries;
use crate::diagnostic::{Diagnostic, Problems, quoted};
use crate::yaml::Node;

/// Report the first circle that every service is on.
pub(super) fn cycles(services: &BTreeMap<&str, &Node>, problems: &mut Problems) {
    let mut done = BTreeSet::new();
    for name in services.keys() {
        let mut path: Vec<(&str, Vec<(&str, &Node)>)> = Vec::new();
        enter(name, services, &mut path);
        while let Some((here, next)) = path.last_mut() {
            let Some((other, dependency)) = next.pop() else {
                done.insert(*here);
                path.pop();
                continue;
            };
            if let Some(start) = path.iter().position(|(name, _)| *name == other) {
                let names = path.iter().skip(start).map(|(name, _)| quoted(name));
                let circle: Vec<_> = names.chain([quoted(other)]).collect();
                let message = format!("these services wait for each other: {}", circle.join(" → "));
                let help = "remove one of the dependencies";
                problems.add(Diagnostic::at(dependency.at, "dependency-cycle", message).help(help));
                return;
            }
            if !done.contains(other) {
                enter(other, services, &mut path);
            }
        }
    }
}

fn enter<'a>(
    name: &'a str,
    services: &BTreeMap<&'a str, &'a Node>,
    path: &mut Vec<(&'a str, Vec<(&'a str, &'a Node)>)>,
) {
    if let Some(service) = services.get(name) {
        path.push((name, entries(service, "depends_on").collect()));
    }
}
