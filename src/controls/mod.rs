//! The heart: everything that this tool enforces, one file per control.
//!
//! `resolve` and `lift` fill in what would run without us; a control finds what is wrong with it
//! and mends it. So this folder is the whole answer to "what does this tool enforce?".

mod contract;

mod apparmor;
mod capabilities;
mod capabilities_dropped;
mod control_socket;
mod cpu;
mod devices;
mod health_check;
mod health_times;
mod host_ipc;
mod host_network;
mod host_paths;
mod host_pid;
mod init;
mod memory;
mod no_new_privileges;
mod pids;
mod privileged;
mod read_only_root;
mod restart;
mod seccomp;
mod sensitive_host_paths;
mod start_order;
mod stop_grace;
mod tmpfs_options;
mod ulimits;
mod user;
mod writable_paths;

pub use contract::{Control, Page, Section, Violation};

/// Every control, by section of the report. The order decides nothing else.
pub const ALL: &[&dyn Control] = &[
    &host_network::HostNetwork,
    &apparmor::Apparmor,
    &capabilities::Capabilities,
    &capabilities_dropped::CapabilitiesDropped,
    &control_socket::ControlSocket,
    &cpu::Cpu,
    &devices::Devices,
    &host_ipc::HostIpc,
    &host_paths::HostPaths,
    &host_pid::HostPid,
    &init::Init,
    &memory::Memory,
    &no_new_privileges::NoNewPrivileges,
    &pids::Pids,
    &privileged::Privileged,
    &read_only_root::ReadOnlyRoot,
    &seccomp::Seccomp,
    &sensitive_host_paths::SensitiveHostPaths,
    &tmpfs_options::TmpfsOptions,
    &ulimits::Ulimits,
    &user::RunsAsUser,
    &writable_paths::WritablePaths,
    &health_check::HealthCheck,
    &health_times::HealthTimes,
    &restart::RestartPolicy,
    &start_order::StartOrder,
    &stop_grace::StopGrace,
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
