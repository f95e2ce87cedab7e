//! What separates a container from its host.

use crate::compose::{Device, Service, doubled};
use crate::stack::{self, Confinement, Namespace};

/// Capabilities, profiles, namespaces, devices.
pub(super) fn fill(service: &stack::Service, out: &mut Service) {
    out.cap_add = service.capabilities_added.iter().map(|name| doubled(name)).collect();
    out.cap_drop = service.capabilities_dropped.iter().map(|name| doubled(name)).collect();
    out.devices = service.devices.iter().map(|device| Device::Line(doubled(device))).collect();
    out.group_add = service.groups.iter().map(ToString::to_string).collect();
    out.init = service.init.then_some(true);
    out.privileged = service.privileged.then_some(true);
    out.read_only = service.read_only_root.then_some(true);
    out.security_opt = security_options(service);
    out.pid = match &*service.pid_namespace {
        Namespace::Private | Namespace::Shareable => None,
        Namespace::Host => Some("host".to_owned()),
        Namespace::Other(other) => Some(doubled(other)),
    };
    out.ipc = match &*service.ipc_namespace {
        Namespace::Shareable => None,
        Namespace::Private => Some("private".to_owned()),
        Namespace::Host => Some("host".to_owned()),
        Namespace::Other(other) => Some(doubled(other)),
    };
    out.network_mode = match &*service.network_namespace {
        Namespace::Private | Namespace::Shareable => None,
        Namespace::Host => Some("host".to_owned()),
        Namespace::Other(other) => Some(doubled(other)),
    };
}

fn security_options(service: &stack::Service) -> Vec<String> {
    let mut out = Vec::new();
    if *service.no_new_privileges {
        out.push("no-new-privileges:true".to_owned());
    }
    for (name, confinement) in [("apparmor", &service.apparmor), ("seccomp", &service.seccomp)] {
        match &**confinement {
            Confinement::Default => {}
            Confinement::Unconfined => out.push(format!("{name}:unconfined")),
            Confinement::Custom(profile) => out.push(doubled(&format!("{name}:{profile}"))),
        }
    }
    out
}
