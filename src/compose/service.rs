//! One service of a Compose file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::keys::keys;
use super::{
    Attachments, Build, Choice, Dependencies, Deploy, Device, Healthcheck, Number, Port, Reference,
    Ulimit, VolumeMount, Words,
};

keys! {
    /// A service. The order is that of dclint's `service-keys-order`: named keys first, the rest
    /// alphabetically.
    pub struct Service
    ordered {
        /// Image that runs, or the name that the build gives it.
        "image" image: Option<String>,
        /// How the image is built.
        "build" build: Option<Build>,
        /// Fixed name of the container.
        "container_name" container_name: Option<Value>,
        /// What starts first.
        "depends_on" depends_on: Dependencies,
        /// Volumes and files of the host.
        "volumes" volumes: Vec<VolumeMount>,
        /// Volumes of other services.
        "volumes_from" volumes_from: Option<Value>,
        /// Files of the project, mounted read-only.
        "configs" configs: Vec<Reference>,
        /// Secrets that it reads.
        "secrets" secrets: Vec<Reference>,
        /// Environment variables; no value: taken from who runs Compose.
        "environment" environment: Choice<BTreeMap<String, Option<String>>>,
        /// Files of environment variables.
        "env_file" env_file: Option<Value>,
        /// Published ports.
        "ports" ports: Vec<Port>,
        /// Networks that it is on.
        "networks" networks: Attachments,
        /// Network namespace.
        "network_mode" network_mode: Option<String>,
        /// Further lines of `/etc/hosts`.
        "extra_hosts" extra_hosts: Option<Value>,
        /// Program to run.
        "command" command: Option<Words>,
        /// What runs the program.
        "entrypoint" entrypoint: Option<Words>,
        /// Folder in which it starts.
        "working_dir" working_dir: Option<Value>,
        /// What happens when it ends.
        "restart" restart: Option<String>,
        /// How its health is asked.
        "healthcheck" healthcheck: Option<Healthcheck>,
        /// Where its output goes.
        "logging" logging: Option<Logging>,
        /// Labels of the container.
        "labels" labels: Choice<BTreeMap<String, Option<String>>>,
        /// Who runs the program.
        "user" user: Option<String>,
        /// Isolation technology.
        "isolation" isolation: Option<Value>,
    }
    sorted {
        /// Capabilities given.
        "cap_add" cap_add: Vec<String>,
        /// Capabilities taken away.
        "cap_drop" cap_drop: Vec<String>,
        /// Share of processors, for what does not read `deploy`.
        "cpus" cpus: Option<Number>,
        /// Limits and replicas.
        "deploy" deploy: Option<Deploy>,
        /// Host devices.
        "devices" devices: Vec<Device>,
        /// Further groups.
        "group_add" group_add: Vec<String>,
        /// A process 1 that reaps children.
        "init" init: Option<bool>,
        /// Namespace of shared memory.
        "ipc" ipc: Option<String>,
        /// Memory, for what does not read `deploy`.
        "mem_limit" mem_limit: Option<String>,
        /// Memory and swap together.
        "memswap_limit" memswap_limit: Option<String>,
        /// Process namespace.
        "pid" pid: Option<String>,
        /// Processes and threads, for what does not read `deploy`.
        "pids_limit" pids_limit: Option<Number>,
        /// All that the host may do.
        "privileged" privileged: Option<bool>,
        /// Profiles in which it takes part.
        "profiles" profiles: Vec<String>,
        /// When the image is taken from a registry.
        "pull_policy" pull_policy: Option<String>,
        /// Root file system is read-only.
        "read_only" read_only: Option<bool>,
        /// Options of the security modules.
        "security_opt" security_opt: Vec<String>,
        /// Time between SIGTERM and SIGKILL.
        "stop_grace_period" stop_grace_period: Option<String>,
        /// Memory-backed mounts.
        "tmpfs" tmpfs: Choice<Vec<String>>,
        /// Resource limits.
        "ulimits" ulimits: BTreeMap<String, Ulimit>,
    }
}

keys! {
    /// Where output goes.
    pub struct Logging
    ordered {
        /// The engine's driver.
        "driver" driver: Option<String>,
        /// The driver's options.
        "options" options: BTreeMap<String, String>,
    }
}
