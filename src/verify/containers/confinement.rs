//! What separates a container from its host.

use std::collections::BTreeSet;

use super::super::{Observation, Promise, Target, Turn};
use super::{differs, each};
use crate::engine::{Container, HostConfig};
use crate::stack::{Confinement, Namespace, Service, User};

/// CIS Docker Benchmark, section 5.
pub(in super::super) const CONFINED: Promise = Promise {
    id: "container-confinement",
    text: "User, root file system, capabilities, privileges, system call filter, namespaces and devices are as drawn",
    turn: Turn::Any,
    run: confined,
};

fn confined(target: &Target<'_>) -> Observation {
    each(target, |service, container| {
        let mut faults = Vec::new();
        faults.extend(user(service, container));
        let host = &container.host_config;
        faults.extend(differs("privileged", *service.privileged, host.privileged));
        faults.extend(differs("read_only", *service.read_only_root, host.readonly_rootfs));
        faults.extend(capabilities(service, host));
        faults.extend(options(service, host));
        faults.extend(namespaces(service, host));
        faults.extend(devices(service, host));
        faults
    })
}

fn user(service: &Service, container: &Container) -> Option<String> {
    let drawn = match &*service.user {
        User::Image => return None,
        User::Numeric { uid, gid } => format!("{uid}:{gid}"),
        User::Named(name) => name.clone(),
    };
    differs("user", drawn, container.config.user.clone())
}

/// Fewer than drawn are dropped, or more than drawn are added.
fn capabilities(service: &Service, host: &HostConfig) -> Vec<String> {
    let plain = |names: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
        names.map(|name| name.to_uppercase().trim_start_matches("CAP_").to_owned()).collect()
    };
    let (dropped, added) = (plain(&mut host.cap_drop.iter()), plain(&mut host.cap_add.iter()));
    let drawn_dropped = plain(&mut service.capabilities_dropped.iter());
    let drawn_added = plain(&mut service.capabilities_added.iter());
    let mut faults = Vec::new();
    for name in drawn_dropped.difference(&dropped) {
        faults.push(format!("cap_drop lacks {name}"));
    }
    for name in added.difference(&drawn_added) {
        faults.push(format!("cap_add has {name}"));
    }
    faults
}

fn options(service: &Service, host: &HostConfig) -> Vec<String> {
    // Written with `=` or `:`, by age of the engine.
    let given: Vec<String> =
        host.security_opt.iter().map(|option| option.replace('=', ":")).collect();
    let has = |words: &[&str]| given.iter().any(|option| words.contains(&option.as_str()));
    let mut faults = Vec::new();
    if *service.no_new_privileges && !has(&["no-new-privileges", "no-new-privileges:true"]) {
        faults.push("no-new-privileges is off".to_owned());
    }
    for (name, drawn) in [("seccomp", &service.seccomp), ("apparmor", &service.apparmor)] {
        let off = has(&[format!("{name}:unconfined").as_str()]);
        if off && **drawn != Confinement::Unconfined {
            faults.push(format!("{name} is off"));
        }
    }
    faults
}

fn namespaces(service: &Service, host: &HostConfig) -> Vec<String> {
    let shared = [
        ("network", &host.network_mode, &*service.network_namespace),
        ("process", &host.pid_mode, &*service.pid_namespace),
        ("memory", &host.ipc_mode, &*service.ipc_namespace),
        ("host name", &host.uts_mode, &Namespace::Private),
        ("user", &host.userns_mode, &Namespace::Private),
    ];
    let mut faults = Vec::new();
    for (what, runs, drawn) in shared {
        let with_host = runs == "host" && *drawn != Namespace::Host;
        let with_another = runs.starts_with("container:") && !matches!(drawn, Namespace::Other(_));
        if with_host || with_another {
            faults.push(format!("the {what} namespace is {runs}"));
        }
    }
    if host.ipc_mode == "shareable" && *service.ipc_namespace == Namespace::Private {
        faults.push("the memory namespace is shareable".to_owned());
    }
    faults
}

fn devices(service: &Service, host: &HostConfig) -> Vec<String> {
    let drawn: BTreeSet<&str> =
        service.devices.iter().filter_map(|device| device.split(':').next()).collect();
    let given = host.devices.iter().map(|device| device.path_on_host.as_str());
    given
        .filter(|path| !drawn.contains(path))
        .map(|path| format!("has the device {path}"))
        .collect()
}
