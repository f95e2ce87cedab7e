//! The heart: everything that this tool enforces, one file per control.
//!
//! `resolve` and `lift` fill in what would run without us; a control finds what is wrong with it
//! and mends it. So this folder is the whole answer to "what does this tool enforce?".

mod contract;

mod apparmor;
mod capabilities;
mod capabilities_dropped;
mod host_ipc;
mod host_network;
mod host_pid;
mod no_new_privileges;
mod privileged;
mod read_only_root;
mod seccomp;

pub use contract::{Control, Page, Section, Violation};

/// Every control, by section of the report. The order decides nothing else.
pub const ALL: &[&dyn Control] = &[
    &host_network::HostNetwork,
    &privileged::Privileged,
    &capabilities_dropped::CapabilitiesDropped,
    &capabilities::Capabilities,
    &no_new_privileges::NoNewPrivileges,
    &seccomp::Seccomp,
    &apparmor::Apparmor,
    &read_only_root::ReadOnlyRoot,
    &host_pid::HostPid,
    &host_ipc::HostIpc,
];

/// The control with this id.
pub fn find(id: &str) -> Option<&'static dyn Control> {
    ALL.iter().copied().find(|control| control.id() == id)
}

/// Every control but one, to see what breaks without it.
pub fn all_without(id: &str) -> Vec<&'static dyn Control> {
    ALL.iter().copied().filter(|control| control.id() != id).collect()
}

/// A control's page in Markdown.
pub fn page(id: &str) -> Option<String> {
    find(id).map(|control| control.page().to_string())
}
