//! One container, in the words of `docker inspect` (Engine API, `ContainerInspect`).
//!
//! Fields that this program does not use are left out, those that an engine does not print are
//! empty. `Config.Env` is left out on purpose.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CONFIG_HASH_LABEL, ONEOFF_LABEL, PROJECT_LABEL, SERVICE_LABEL, null};

/// A container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Container {
    /// Its number.
    pub id: String,
    /// Its name, with a slash before it.
    pub name: String,
    /// The number of the image that it was made from: `sha256:...`.
    pub image: String,
    /// Starts after it had ended by itself, since somebody last started it.
    pub restart_count: i64,
    /// How it is doing.
    pub state: State,
    /// What runs in it.
    pub config: ContainerConfig,
    /// What the host allows it.
    pub host_config: HostConfig,
    /// What of the host and of volumes it sees.
    #[serde(deserialize_with = "null::is_empty")]
    pub mounts: Vec<Mounted>,
    /// The networks that it is on.
    pub network_settings: NetworkSettings,
}

impl Container {
    /// The Compose project that it belongs to; empty where it belongs to none.
    pub fn project(&self) -> &str {
        self.label(PROJECT_LABEL)
    }

    /// The service that it belongs to; empty where it belongs to none.
    pub fn service(&self) -> &str {
        self.label(SERVICE_LABEL)
    }

    /// The hash of the configuration that Compose made it from; empty where Compose did not.
    pub fn config_hash(&self) -> &str {
        self.label(CONFIG_HASH_LABEL)
    }

    /// True where `docker compose run` made it for one command.
    pub fn is_oneoff(&self) -> bool {
        self.label(ONEOFF_LABEL).eq_ignore_ascii_case("true")
    }

    /// Its name without the slash.
    pub fn plain_name(&self) -> &str {
        self.name.trim_start_matches('/')
    }

    /// The value of a label; empty where it has none.
    pub fn label(&self, name: &str) -> &str {
        self.config.labels.get(name).map_or("", String::as_str)
    }
}

/// How a container is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct State {
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub status: String,
    /// Its process lives.
    pub running: bool,
    /// It is between two starts.
    pub restarting: bool,
    /// It was ended for want of memory.
    #[serde(rename = "OOMKilled")]
    pub oom_killed: bool,
    /// With what it ended.
    pub exit_code: i64,
    /// Process number on the host; 0 where it does not run.
    pub pid: i64,
    /// When its process started: RFC 3339, in UTC.
    pub started_at: String,
    /// What its health check says; nothing where it has none.
    #[serde(deserialize_with = "null::is_empty")]
    pub health: HealthState,
}

/// What a health check says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthState {
    /// `starting`, `healthy` or `unhealthy`; empty or `none` where nobody asks.
    pub status: String,
    /// Failures in a row.
    pub failing_streak: i64,
    /// The last answers, oldest first; the engine keeps five.
    #[serde(deserialize_with = "null::is_empty")]
    pub log: Vec<HealthAnswer>,
}

/// One answer of a health check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthAnswer {
    /// 0 is well.
    pub exit_code: i64,
    /// What it printed.
    pub output: String,
}

/// What runs in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ContainerConfig {
    /// The image as it was asked for.
    pub image: String,
    /// Who runs the program; empty is the image's root.
    pub user: String,
    /// Labels.
    #[serde(deserialize_with = "null::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What the host allows a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostConfig {
    /// Everything.
    pub privileged: bool,
    /// The root file system cannot be written.
    pub readonly_rootfs: bool,
    /// Capabilities given, `CAP_` before the name or not.
    #[serde(deserialize_with = "null::is_empty")]
    pub cap_add: Vec<String>,
    /// Capabilities taken away.
    #[serde(deserialize_with = "null::is_empty")]
    pub cap_drop: Vec<String>,
    /// Options of the security modules.
    #[serde(deserialize_with = "null::is_empty")]
    pub security_opt: Vec<String>,
    /// Further groups.
    #[serde(deserialize_with = "null::is_empty")]
    pub group_add: Vec<String>,
    /// Network namespace: a network's name, `host`, `none`, `container:...`.
    pub network_mode: String,
    /// Process namespace: empty is its own.
    pub pid_mode: String,
    /// Shared memory: `private`, `shareable`, `host`, `container:...`.
    pub ipc_mode: String,
    /// Host name namespace: empty is its own.
    #[serde(rename = "UTSMode")]
    pub uts_mode: String,
    /// User namespace: `host` leaves that of the daemon.
    #[serde(rename = "UsernsMode")]
    pub userns_mode: String,
    /// Bytes of memory; 0 is no limit.
    pub memory: i64,
    /// Bytes of memory and swap; -1 is no limit, 0 twice the memory.
    pub memory_swap: i64,
    /// Thousand-millionths of a processor; 0 is no limit.
    pub nano_cpus: i64,
    /// Microseconds of processor time per period, for engines that print no `NanoCpus`.
    pub cpu_quota: i64,
    /// The period, in microseconds.
    pub cpu_period: i64,
    /// Processes and threads; 0 or -1 is no limit.
    #[serde(deserialize_with = "null::is_empty")]
    pub pids_limit: i64,
    /// Port in the container (`8443/tcp`) to the host's ports.
    #[serde(deserialize_with = "published")]
    pub port_bindings: BTreeMap<String, Vec<HostPort>>,
    /// Every port that the image exposes is published.
    pub publish_all_ports: bool,
    /// Memory-backed mounts with their options.
    #[serde(deserialize_with = "null::is_empty")]
    pub tmpfs: BTreeMap<String, String>,
    /// Devices of the host.
    #[serde(deserialize_with = "null::is_empty")]
    pub devices: Vec<Device>,
    /// Resource limits.
    #[serde(deserialize_with = "null::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// A process 1 that reaps children.
    #[serde(deserialize_with = "null::is_empty")]
    pub init: bool,
    /// What happens when it ends.
    #[serde(deserialize_with = "null::is_empty")]
    pub restart_policy: RestartPolicy,
}

/// A port of the host that leads into a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostPort {
    /// Address; empty is every one.
    pub host_ip: String,
    /// Port; empty is one that the engine chose.
    pub host_port: String,
}

/// A device of the host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Device {
    /// Path on the host.
    pub path_on_host: String,
}

/// A limit of setrlimit(2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ulimit {
    /// Which one: `nofile`, `core`.
    pub name: String,
    /// What applies; -1 is no limit.
    pub soft: i64,
    /// What the process may raise it to.
    pub hard: i64,
}

/// What happens when a container ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestartPolicy {
    /// `no`, `always`, `unless-stopped`, `on-failure`; empty is `no`.
    pub name: String,
    /// Most starts after a failure; 0 is without end.
    pub maximum_retry_count: i64,
}

/// Something mounted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Mounted {
    /// `bind`, `volume`, `tmpfs`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// A volume's name on the host.
    pub name: String,
    /// Path on the host.
    pub source: String,
    /// Path in the container.
    pub destination: String,
    /// The container may write.
    #[serde(rename = "RW")]
    pub writable: bool,
}

/// The networks of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NetworkSettings {
    /// By the network's name on the host.
    #[serde(deserialize_with = "null::is_empty")]
    pub networks: BTreeMap<String, Endpoint>,
}

/// A container's end of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Endpoint {
    /// The network's number.
    #[serde(rename = "NetworkID")]
    pub network_id: String,
    /// Its address there; empty while it does not run.
    #[serde(rename = "IPAddress")]
    pub address: String,
    /// The names by which others find it there.
    #[serde(deserialize_with = "null::is_empty")]
    pub aliases: Vec<String>,
}

/// Bindings by port; a port that is exposed and not published has `null`.
fn published<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, Vec<HostPort>>, D::Error> {
    let read = Option::<BTreeMap<String, Option<Vec<HostPort>>>>::deserialize(from)?;
    let given = read.unwrap_or_default().into_iter();
    Ok(given.map(|(port, to)| (port, to.unwrap_or_default())).collect())
}
