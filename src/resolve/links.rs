//! Links and ways out: who shares a network with whom, and who waits for whom.

use super::Resolution;
use crate::diagnostic::Diagnostic;
use crate::stack::{Condition, Network, NetworkName, Purpose, ServiceName};

/// Add a network per declared link and per service with a way out.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    for (name, keys) in &resolution.description.services {
        for needed in &keys.needs {
            if needed.value == name.value {
                let message = format!("`{}` needs itself", name.value);
                resolution.problems.report(needed.at, "cycle", message, "remove it");
            } else if resolution.service_exists(&needed.value, needed.at) {
                link(resolution, &name.value, &needed.value);
                start(resolution, &name.value, &needed.value);
                profiles(resolution, &name.value, needed);
            } else {
                resolution.problems.spoil(needs_of(&name.value));
            }
        }
        if keys.egress.is_some_and(|egress| egress.value) {
            egress(resolution, &name.value);
        }
    }
    for name in &resolution.description.egress {
        let keys = resolution.description.services.get(&name.value);
        if keys.and_then(|keys| keys.egress).is_some_and(|own| !own.value) {
            let message = format!("`{}` is listed here and says `egress: false`", name.value);
            resolution.problems.report(name.at, "wrong-value", message, "keep one of them");
        } else if resolution.service_exists(&name.value, name.at) {
            egress(resolution, &name.value);
        }
    }
}

/// What is spoiled where a service needs one that is not there.
pub(super) fn needs_of(name: &ServiceName) -> String {
    format!("needs of {name}")
}

/// The network that `from` and `to` share.
pub(super) fn link(resolution: &mut Resolution<'_>, from: &ServiceName, to: &ServiceName) {
    let purpose = Purpose::Link { from: from.clone(), to: to.clone() };
    let network = Network::new(purpose, [from.clone(), to.clone()]);
    resolution.stack.networks.entry(NetworkName::link(from, to)).or_insert(network);
}

/// The network through which `service` reaches the internet.
pub(super) fn egress(resolution: &mut Resolution<'_>, service: &ServiceName) {
    let purpose = Purpose::Egress { service: service.clone() };
    let network = Network::new(purpose, [service.clone()]);
    resolution.stack.networks.entry(NetworkName::egress(service)).or_insert(network);
}

fn start(resolution: &mut Resolution<'_>, name: &ServiceName, needed: &ServiceName) {
    let condition = match resolution.stack.services.get(needed) {
        Some(service) if service.once => Condition::Completed,
        Some(service) if service.health.can_be_asked() => Condition::Healthy,
        _ => Condition::Started,
    };
    if let Some(service) = resolution.stack.services.get_mut(name) {
        service.starts_after.insert(needed.clone(), condition);
    }
}

/// Compose refuses a service that waits for one whose profile is off.
fn profiles(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    needed: &crate::description::Located<ServiceName>,
) {
    let profiles = |name: &ServiceName| {
        resolution.stack.services.get(name).map(|s| s.profiles.clone()).unwrap_or_default()
    };
    let (own, theirs) = (profiles(name), profiles(&needed.value));
    if !theirs.is_empty() && (own.is_empty() || !own.is_subset(&theirs)) {
        let message =
            format!("`{name}` needs `{}`, which starts only in its profile", needed.value);
        let help = "give both the same profile, or neither";
        resolution.problems.add(Diagnostic::at(needed.at, "profile", message).help(help));
    }
}
