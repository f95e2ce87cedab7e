//! From what is drawn and what runs to what is to be done.

use std::collections::{BTreeMap, BTreeSet};

use super::GATEWAY;
use super::drawn::Drawn;
use super::fate::{Fate, fate, needs_build};
use super::networks::{diverged, left_over};
use super::order::ordered;
use super::plan::{Action, How, Plan, Step};
use super::running::Running;

/// Files that a reason names; the rest are counted.
const NAMED: usize = 3;

/// What makes the running stack equal to the drawn one, in the order in which it is done: what may
/// fail without touching anything comes first, what nobody uses any more goes last.
pub fn plan(drawn: &Drawn, running: &Running) -> Plan {
    let fates: BTreeMap<&str, Fate> = drawn
        .services
        .iter()
        .map(|(name, service)| (name.as_str(), fate(name, service, drawn, running)))
        .collect();
    let unloaded = unloaded(drawn, running);
    let mut steps = images(drawn);
    steps.extend(cleared(drawn, running));
    steps.extend(test(&fates, running, &unloaded));
    steps.extend(ups(drawn, &fates));
    steps.extend(restarts(drawn, &fates));
    if !unloaded.is_empty() && fates.get(GATEWAY) == Some(&Fate::Stays) {
        steps.push(step(Action::Reload, format!("{unloaded}; no request is lost")));
    }
    steps.extend(orphans(drawn, running));
    steps.extend(unused_networks(drawn, running));
    Plan { steps }
}

fn step(action: Action, why: impl Into<String>) -> Step {
    Step { action, why: why.into() }
}

fn images(drawn: &Drawn) -> Vec<Step> {
    let mut steps = Vec::new();
    for (name, service) in &drawn.services {
        let service_name = name.clone();
        if service.sources.is_none() && service.image_id.is_empty() {
            let why = format!("{} is not on this machine", service.image);
            steps.push(step(Action::Pull { service: service_name }, why));
        } else if let Some(why) = needs_build(service) {
            steps.push(step(Action::Build { service: service_name }, why));
        }
    }
    // Whatever can be missing outside this machine is found out first.
    steps.sort_by_key(|step| matches!(step.action, Action::Build { .. }));
    steps
}

/// Networks that stand in the way of those that `up` makes.
fn cleared(drawn: &Drawn, running: &Running) -> Vec<Step> {
    let mut steps = Vec::new();
    for network in diverged(drawn, running) {
        let why = "has other addresses or options now, which an engine cannot change";
        steps.push(step(Action::Clear { network }, why));
    }
    for (network, wanted) in left_over(drawn, running) {
        if let Some(by) = wanted {
            let why = format!("its link is gone, and {by} gets its addresses");
            steps.push(step(Action::Clear { network: network.name.clone() }, why));
        }
    }
    steps
}

/// The configuration's files that the gateway has not read, in words.
fn unloaded(drawn: &Drawn, running: &Running) -> String {
    if !running.runs(GATEWAY) {
        return String::new();
    }
    let Some(loaded) = running.gateway_loaded(GATEWAY) else { return String::new() };
    let newer = drawn.gateway.files.iter().filter(|changed| changed.at >= loaded);
    let names: Vec<&str> = newer.map(|changed| changed.file.as_str()).collect();
    // A folder changes with each file in it; alone, it says that a file is gone.
    let files: Vec<&str> = names.iter().copied().filter(|name| !name.ends_with('/')).collect();
    let names = if files.is_empty() { names } else { files };
    match names.len().checked_sub(NAMED) {
        _ if names.is_empty() => String::new(),
        None | Some(0) => format!("{} changed", names.join(", ")),
        Some(more) => {
            let first: Vec<&str> = names.iter().take(NAMED).copied().collect();
            format!("{} and {more} more changed", first.join(", "))
        }
    }
}

/// A gateway that runs is never handed a configuration that it would not take. Where it cannot see
/// the files, a container of its definition does.
fn test(fates: &BTreeMap<&str, Fate>, running: &Running, unloaded: &str) -> Option<Step> {
    let blind = running.replaced.contains_key(GATEWAY);
    if !running.runs(GATEWAY) || (unloaded.is_empty() && !blind) {
        return None;
    }
    let anew = blind || matches!(fates.get(GATEWAY)?, Fate::Up(..));
    let why = "nginx -t on the new files; where it fails, the running gateway stays as it is";
    Some(step(Action::Test { anew }, why))
}

fn ups(drawn: &Drawn, fates: &BTreeMap<&str, Fate>) -> Vec<Step> {
    let mut steps = Vec::new();
    for service in in_order(drawn, fates, |fate| matches!(fate, Fate::Up(..))) {
        if let Some(Fate::Up(how, why)) = fates.get(service.as_str()) {
            let gone = service == GATEWAY && !matches!(how, How::Create | How::Start);
            let cost = if gone { "; connections are refused for a moment" } else { "" };
            steps.push(step(Action::Up { service, how: *how }, format!("{why}{cost}")));
        }
    }
    steps
}

fn restarts(drawn: &Drawn, fates: &BTreeMap<&str, Fate>) -> Vec<Step> {
    let mut steps = Vec::new();
    for service in in_order(drawn, fates, |fate| matches!(fate, Fate::Restarts(_))) {
        if let Some(Fate::Restarts(why)) = fates.get(service.as_str()) {
            steps.push(step(Action::Restart { service }, why.clone()));
        }
    }
    steps
}

/// Services of one kind of fate, each after what it starts after.
fn in_order(
    drawn: &Drawn,
    fates: &BTreeMap<&str, Fate>,
    wanted: impl Fn(&Fate) -> bool,
) -> Vec<String> {
    let chosen = fates.iter().filter(|(_, fate)| wanted(fate));
    let after: BTreeMap<&str, BTreeSet<&str>> = chosen
        .filter_map(|(name, _)| {
            let service = drawn.services.get(*name)?;
            Some((*name, service.after.iter().map(String::as_str).collect()))
        })
        .collect();
    ordered(&after)
}

/// Services that run and that compose.yaml does not know any more.
fn orphans(drawn: &Drawn, running: &Running) -> Vec<Step> {
    let services: BTreeSet<&str> =
        running.inspection.containers.iter().map(|container| container.service()).collect();
    let gone = services
        .into_iter()
        .filter(|name| !drawn.services.contains_key(*name) && !drawn.idle.contains(*name));
    gone.map(|service| {
        let why = "is not in compose.yaml any more; its volumes stay";
        step(Action::Remove { service: service.to_owned() }, why)
    })
    .collect()
}

fn unused_networks(drawn: &Drawn, running: &Running) -> Vec<Step> {
    let unused = left_over(drawn, running).into_iter().filter(|(_, wanted)| wanted.is_none());
    unused
        .map(|(network, _)| {
            let action = Action::RemoveNetwork { network: network.name.clone() };
            step(action, "is not in compose.yaml any more")
        })
        .collect()
}
