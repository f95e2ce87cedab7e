//! Needs without circles: a link carries both directions, so the surer of two is enough.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dropped, Found, Links, Need, Source, condition};
use crate::compose::ComposeFile;

/// The needs among `found`, which stand in the order of their sureness.
pub(super) fn without(
    file: &ComposeFile,
    found: Vec<Found>,
    profiles: BTreeMap<String, Option<String>>,
) -> Links {
    let mut links = Links { profiles, ..Links::default() };
    for one in found {
        add(file, one, &mut links);
    }
    for needs in links.needs.values_mut() {
        needs.sort_by(|a, b| a.service.cmp(&b.service));
    }
    links
}

fn add(file: &ComposeFile, found: Found, links: &mut Links) {
    let Found { from, to, source, reason } = found;
    if linked(links, &from, &to) {
        return;
    }
    if linked(links, &to, &from) {
        let reason = format!("{reason}; {to} needs {from}, and a link carries both directions");
        leave_out(links, Dropped { from, to, reason, linked: true });
        return;
    }
    match (starts_with(links, &from, &to), starts_with(links, &to, &from)) {
        (true, _) if !reaches(links, &to, &from) => {
            let condition = (source == Source::DependsOn)
                .then(|| file.services.get(&from)?.depends_on.0.get(&to))
                .flatten()
                .and_then(|dependency| condition(dependency.condition.as_deref()));
            let need = Need { service: to, source, reason, condition };
            links.needs.entry(from).or_default().push(need);
        }
        // Compose refuses to wait for a service whose profile is off; the link is there either way.
        (false, true) if !reaches(links, &from, &to) => {
            let words = format!("{from} needs it ({reason}), but runs without it");
            let need = Need { service: from, source, reason: words, condition: None };
            links.needs.entry(to).or_default().push(need);
        }
        (false, false) => {
            let reason = format!(
                "{reason}; different profiles start them, and nothing waits for what may not start"
            );
            leave_out(links, Dropped { from, to, reason, linked: false });
        }
        _ => {
            let reason = format!("{reason}; it would close a circle of needs");
            leave_out(links, Dropped { from, to, reason, linked: false });
        }
    }
}

fn leave_out(links: &mut Links, dropped: Dropped) {
    let same = |one: &Dropped| one.from == dropped.from && one.to == dropped.to;
    if !links.dropped.iter().any(same) {
        links.dropped.push(dropped);
    }
}

fn linked(links: &Links, from: &str, to: &str) -> bool {
    links.needs.get(from).into_iter().flatten().any(|need| need.service == to)
}

/// True where `to` runs whenever `from` does.
fn starts_with(links: &Links, from: &str, to: &str) -> bool {
    let profile = |name: &str| links.profiles.get(name).cloned().flatten();
    let theirs = profile(to);
    theirs.is_none() || profile(from) == theirs
}

/// True where `from` needs `to`, itself or by way of others.
fn reaches(links: &Links, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let needs = links.needs.get(name).into_iter().flatten();
            open.extend(needs.map(|need| need.service.as_str()));
        }
    }
    false
}
