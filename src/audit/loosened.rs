//! Keys that the model carries without a word of its own and that loosen what separates a container
//! from its host or from others. No control sees them, so they are told here: silence about them
//! would claim too much.

use super::Finding;
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

/// What is loosened in each service.
pub(super) fn found(stack: &Stack) -> Vec<Finding> {
    stack.services.iter().flat_map(|(name, service)| of(name, service)).collect()
}

fn of(name: &ServiceName, service: &Service) -> Vec<Finding> {
    let position = |origin: &Origin| match origin {
        Origin::Written(at) => Some(*at),
        _ => None,
    };
    let named = position(&service.origin);
    let finding = |(key, value, severity, found, advice): &(&str, &str, Severity, &str, &str)| {
        let carried = service.carried.get(*key)?;
        let text = carried.trim_matches('"').replace('=', ":");
        let same = value.is_empty() || text == value.replace('=', ":");
        let at = position(carried.origin()).filter(|at| *at != Position::default()).or(named);
        same.then(|| Finding {
            at: at.unwrap_or_default(),
            control: CONTROL,
            place: format!("service {name}"),
            found: (*found).to_owned(),
            severity: *severity,
            advice: (*advice).to_owned(),
            references: find(CONTROL).map(|control| control.references()).unwrap_or_default(),
            service: named,
            fix: None,
            waived: None,
        })
    };
    KEYS.iter().filter_map(finding).collect()
}
