//! Keys that the model carries without a word of its own and that loosen what separates a container
//! from its host or from others. No control sees them, so they are told here: silence about them
//! would claim too much.

use super::Finding;
use crate::compose::VolumeMount;
use crate::compose::load::Project;
use crate::controls::{Severity, find};
use crate::diagnostic::Position;
use crate::stack::{Origin, Service, ServiceName, Stack};

/// The control that answers for keys without a word.
const CONTROL: &str = "unmodelled-keys";

/// (key, its value; empty for every one, how bad, what it does, what to write).
const KEYS: &[(&str, &str, Severity, &str, &str)] = &[
    (
        "use_api_socket",
        "true",
        Severity::Critical,
        "it is handed the engine's control socket and credentials",
        "remove `use_api_socket`",
    ),
    (
        "device_cgroup_rules",
        "",
        Severity::High,
        "it may make and use devices of the host",
        "remove `device_cgroup_rules`, or name one device in `devices`",
    ),
    (
        "userns_mode",
        "host",
        Severity::Medium,
        "its users are those of the host (KICS 8af7162d)",
        "remove `userns_mode: host`",
    ),
    (
        "cgroup",
        "host",
        Severity::Medium,
        "it sees the control groups of the host",
        "remove `cgroup: host`",
    ),
    (
        "cgroup_parent",
        "",
        Severity::Medium,
        "it runs in a control group of its own choice (CIS Docker 5.25, KICS 4d9f44c6)",
        "remove `cgroup_parent`",
    ),
    (
        "uts",
        "host",
        Severity::Medium,
        "it shares the name of the host and may change it (CIS Docker 5.21)",
        "remove `uts: host`",
    ),
    (
        "security_opt label",
        "label:disable",
        Severity::High,
        "SELinux does not confine it (compose-lint CL-0009)",
        "remove `label:disable` from `security_opt`",
    ),
    (
        "security_opt systempaths",
        "systempaths=unconfined",
        Severity::High,
        "/proc and /sys are not masked (compose-lint CL-0009)",
        "remove `systempaths=unconfined` from `security_opt`",
    ),
    (
        "volumes_from",
        "",
        Severity::Low,
        "it sees every volume of another container",
        "name the volumes that it needs in `volumes`",
    ),
];

/// (propagation of a mount, how bad, what it does).
const PROPAGATION: &[(&str, Severity, &str)] = &[
    ("shared", Severity::Medium, SHARED),
    ("rshared", Severity::Medium, SHARED),
    ("slave", Severity::Low, FOLLOWS),
    ("rslave", Severity::Low, FOLLOWS),
];
const SHARED: &str = "what it mounts there appears on the host (CIS Docker 5.20, KICS baa452f0, \
     compose-lint CL-0017)";
const FOLLOWS: &str = "it sees what the host mounts there later (KICS baa452f0)";

/// What is loosened in each service.
pub(super) fn found(stack: &Stack, project: &Project) -> Vec<Finding> {
    let each = stack.services.iter();
    each.flat_map(|(name, service)| {
        let mounts = project.file.services.get(name.as_str()).map(|keys| keys.volumes.as_slice());
        let mut found = of(name, service);
        found.extend(mounts.into_iter().flatten().filter_map(|mount| shared(name, service, mount)));
        found
    })
    .collect()
}

fn of(name: &ServiceName, service: &Service) -> Vec<Finding> {
    let each = KEYS.iter().filter_map(|(key, value, severity, found, advice)| {
        let carried = service.carried.get(*key)?;
        let text = carried.trim_matches('"').replace('=', ":");
        let same = value.is_empty() || text == value.replace('=', ":");
        let at = written(carried.origin()).filter(|at| *at != Position::default());
        same.then(|| finding(name, service, at, *severity, found, advice))
    });
    each.collect()
}

/// A mount that passes on what is mounted below it.
fn shared(name: &ServiceName, service: &Service, mount: &VolumeMount) -> Option<Finding> {
    let propagation = mount.bind.as_ref()?.propagation.as_deref()?;
    let (word, severity, found) = PROPAGATION.iter().find(|(word, ..)| *word == propagation)?;
    let at = Some(mount.places.of("source")).filter(|at| *at != Position::default());
    let target = mount.target.as_deref().unwrap_or_default();
    let found = format!("the mount at {target} is `{word}`: {found}");
    Some(finding(name, service, at, *severity, &found, "remove the propagation of the mount"))
}

fn finding(
    name: &ServiceName,
    service: &Service,
    at: Option<Position>,
    severity: Severity,
    found: &str,
    advice: &str,
) -> Finding {
    let named = written(&service.origin);
    Finding {
        at: at.or(named).unwrap_or_default(),
        control: CONTROL,
        place: format!("service {name}"),
        found: found.to_owned(),
        severity,
        advice: advice.to_owned(),
        references: find(CONTROL).map(|control| control.references()).unwrap_or_default(),
        service: named,
        fix: None,
        waived: None,
    }
}

fn written(origin: &Origin) -> Option<Position> {
    match origin {
        Origin::Written(at) => Some(*at),
        _ => None,
    }
}
