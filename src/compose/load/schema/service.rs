//! A service.

use super::Shape::{self, *};
use super::Unset;
use super::build::{BUILD, DEVELOP};
use super::deploy::{DEPLOY, GPUS};
use super::shared::{HOOK, MOUNTED_FILE, ULIMIT};

/// A service.
pub(super) static SERVICE: Shape = Keys(&[
    ("annotations", Pairs(Unset::Empty)),
    ("attach", Flag),
    ("blkio_config", BLKIO),
    ("build", Short(&BUILD)),
    ("cap_add", Set(&Text)),
    ("cap_drop", Set(&Text)),
    ("cgroup", Word(&["host", "private"])),
    ("cgroup_parent", Text),
    ("command", Command),
    ("configs", List(&Short(&MOUNTED_FILE))),
    ("container_name", Text),
    ("cpu_count", Whole),
    ("cpu_percent", Number),
    ("cpu_period", Whole),
    ("cpu_quota", Whole),
    ("cpu_rt_period", Whole),
    ("cpu_rt_runtime", Whole),
    ("cpu_shares", Whole),
    ("cpus", Number),
    ("cpuset", Text),
    ("credential_spec", Keys(&[("config", Text), ("file", Text), ("registry", Text)])),
    ("depends_on", NamesOrList(&DEPENDENCY)),
    ("deploy", Maybe(&DEPLOY)),
    ("develop", Maybe(&DEVELOP)),
    ("device_cgroup_rules", Set(&Text)),
    ("devices", List(&Short(&DEVICE))),
    ("dns", OneOrMany),
    ("dns_opt", Set(&Text)),
    ("dns_search", OneOrMany),
    ("domainname", Text),
    ("entrypoint", Command),
    ("env_file", Short(&List(&Short(&ENV_FILE)))),
    ("environment", Pairs(Unset::Null)),
    ("expose", Set(&Label)),
    ("extends", Short(&Closed(&[("service", Text), ("file", Text)]))),
    ("external_links", Set(&Text)),
    ("extra_hosts", Hosts),
    ("gpus", Short(&List(&GPUS))),
    ("group_add", Set(&Label)),
    ("healthcheck", HEALTHCHECK),
    ("hostname", Text),
    ("image", Text),
    ("init", Flag),
    ("ipc", Text),
    ("isolation", Text),
    ("label_file", OneOrMany),
    ("labels", Pairs(Unset::Empty)),
    ("links", Set(&Text)),
    ("logging", Keys(&[("driver", Text), ("options", Map(&Maybe(&Label)))])),
    ("mac_address", Text),
    ("mem_limit", Size),
    ("mem_reservation", Size),
    ("mem_swappiness", Size),
    ("memswap_limit", Size),
    ("models", NamesOrList(&Maybe(&Keys(&[("endpoint_var", Text), ("model_var", Text)])))),
    ("network_mode", Text),
    ("networks", NamesOrList(&Maybe(&ATTACHMENT))),
    ("oom_kill_disable", Flag),
    ("oom_score_adj", Whole),
    ("pid", Maybe(&Text)),
    ("pids_limit", Whole),
    ("platform", Text),
    ("ports", Set(&ShortNumber(&PORT))),
    ("post_start", List(&Led(HOOK))),
    ("pre_start", List(&PRE_START)),
    ("pre_stop", List(&Led(HOOK))),
    ("privileged", Flag),
    ("profiles", Set(&Text)),
    ("provider", Led(&[("type", Text), ("options", Map(&Texts))])),
    ("pull_policy", PullPolicy),
    ("pull_refresh_after", Text),
    ("read_only", Flag),
    ("restart", Text),
    ("runtime", Text),
    ("scale", Whole),
    ("secrets", List(&Short(&MOUNTED_FILE))),
    ("security_opt", Set(&Text)),
    ("shm_size", Size),
    ("stdin_open", Flag),
    ("stop_grace_period", Duration),
    ("stop_signal", Text),
    ("storage_opt", Map(&Label)),
    ("sysctls", Pairs(Unset::Empty)),
    ("tmpfs", OneOrMany),
    ("tty", Flag),
    ("ulimits", Map(&ShortNumber(&ULIMIT))),
    ("use_api_socket", Flag),
    ("user", Text),
    ("userns_mode", Text),
    ("uts", Text),
    ("volumes", Set(&Short(&MOUNT))),
    ("volumes_from", Set(&Text)),
    ("working_dir", Text),
]);

static PRE_START: Shape = Keys(&[
    ("command", Command),
    ("image", Text),
    ("user", Text),
    ("privileged", Flag),
    ("working_dir", Text),
    ("environment", Pairs(Unset::Null)),
    ("per_replica", Flag),
]);

static DEPENDENCY: Shape = Led(&[
    ("condition", Word(&["service_started", "service_healthy", "service_completed_successfully"])),
    ("restart", Flag),
    ("required", Flag),
]);

static DEVICE: Shape = Led(&[("source", Text), ("target", Text), ("permissions", Text)]);

static ENV_FILE: Shape = Closed(&[("path", Text), ("format", Text), ("required", Flag)]);

const HEALTHCHECK: Shape = Keys(&[
    ("disable", Flag),
    ("interval", Duration),
    ("retries", Whole),
    ("test", Test),
    ("timeout", Duration),
    ("start_period", Duration),
    ("start_interval", Duration),
]);

static ATTACHMENT: Shape = Keys(&[
    ("aliases", Set(&Text)),
    ("interface_name", Text),
    ("ipv4_address", Text),
    ("ipv6_address", Text),
    ("link_local_ips", Set(&Text)),
    ("mac_address", Text),
    ("driver_opts", Map(&Label)),
    ("priority", Whole),
    ("gw_priority", Whole),
]);

static PORT: Shape = Keys(&[
    ("name", Text),
    ("mode", Text),
    ("host_ip", Text),
    ("target", Whole),
    ("published", Label),
    ("protocol", Text),
    ("app_protocol", Text),
]);

static MOUNT: Shape = Led(&[
    ("type", Word(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
    ("source", Text),
    ("target", Text),
    ("read_only", Flag),
    ("consistency", Text),
    (
        "bind",
        Keys(&[
            ("propagation", Text),
            ("create_host_path", Flag),
            ("recursive", Word(&["enabled", "disabled", "writable", "readonly"])),
            ("selinux", Word(&["z", "Z"])),
        ]),
    ),
    ("volume", Keys(&[("labels", Pairs(Unset::Empty)), ("nocopy", Flag), ("subpath", Text)])),
    ("tmpfs", Keys(&[("size", Size), ("mode", Whole)])),
    ("image", Keys(&[("subpath", Text)])),
]);

const BLKIO: Shape = Closed(&[
    ("device_read_bps", List(&RATE)),
    ("device_read_iops", List(&RATE)),
    ("device_write_bps", List(&RATE)),
    ("device_write_iops", List(&RATE)),
    ("weight", Whole),
    ("weight_device", List(&Closed(&[("path", Text), ("weight", Whole)]))),
]);

static RATE: Shape = Closed(&[("path", Text), ("rate", Size)]);
