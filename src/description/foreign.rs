//! Keys that people bring along from Compose, and what this language says instead.

/// What to write instead of a key that `what` does not have.
pub(super) fn instead(what: &str, key: &str) -> Option<&'static str> {
    let table = match what {
        "a service" => SERVICE,
        "the description" => DESCRIPTION,
        "a build" => BUILD,
        "a route" => ROUTE,
        "a health check" => HEALTH,
        _ => return None,
    };
    table.iter().find(|(foreign, _)| *foreign == key).map(|(_, instead)| *instead)
}

const DESCRIPTION: &[(&str, &str)] = &[
    ("version", "remove it: a description has no version"),
    ("volumes", "name volumes where they are used: `volumes: {NAME: /path}` of a service"),
    ("networks", "networks follow from `needs:` and `egress:` of the services"),
    ("configs", "mount a file of the project: `volumes: {./FILE: /path}` of a service"),
    ("x-common", "anchors may stand at any value; extension keys are not read"),
    ("routes", "routes stand in the service that answers them: `services: {NAME: {routes: ...}}`"),
    ("ports", "only the gateway publishes: `publish: {address: ..., http: 80, https: 443}`"),
    (
        "forbidden_settings",
        "it belongs into one environment: `environments: {production: {forbidden_settings: [...]}}`",
    ),
];

const SERVICE: &[(&str, &str)] = &[
    (
        "ports",
        "only the gateway publishes ports: write `port:` (where the service listens) and `routes:`",
    ),
    ("expose", "write `port:`, the port on which the service listens"),
    (
        "environment",
        "write `settings:` for what is not secret and `secrets:` or `env_secrets:` for what is",
    ),
    (
        "env_file",
        "write `settings:` for what is not secret and `secrets:` or `env_secrets:` for what is",
    ),
    ("depends_on", "write `needs:`, the services that it opens connections to"),
    ("links", "write `needs:`, the services that it opens connections to"),
    (
        "networks",
        "networks follow from `needs:` (who connects to whom) and `egress: true` (the internet)",
    ),
    (
        "network_mode",
        "networks follow from `needs:` and `egress:`; the host's network needs `compose: {network_mode: host}` and an exception",
    ),
    ("healthcheck", "write `health: /path` or `health: {command: [PROGRAM, ARGUMENT]}`"),
    ("restart", "remove it: services restart unless stopped; a job says `once: true`"),
    ("deploy", "write `limits: {memory: 1g, cpus: 2, pids: 256}` and `replicas:`"),
    ("mem_limit", "write `limits: {memory: 1g}`"),
    ("cpus", "write `limits: {cpus: 2}`"),
    ("pids_limit", "write `limits: {pids: 256}`"),
    (
        "read_only",
        "remove it: the root is read-only; name what is written in `writable:` or `volumes:`",
    ),
    ("tmpfs", "write `writable: [/path]`"),
    (
        "privileged",
        "remove it; if nothing else works: `compose: {privileged: true}` and an exception for `privileged`",
    ),
    (
        "cap_add",
        "remove it; if nothing else works: `compose: {cap_add: [...]}` and an exception for `capabilities`",
    ),
    ("cap_drop", "remove it: every capability is dropped"),
    ("security_opt", "remove it: the strict options are always set"),
    ("container_name", "remove it: Compose names containers after the project"),
    ("hostname", "remove it: services reach each other by their names"),
    ("profiles", "write `profile: NAME`"),
    ("configs", "mount a file of the project: `volumes: {./FILE: /path}`"),
    ("logging", "remove it: logs are bounded; another driver goes under `compose: {logging: ...}`"),
    ("stop_grace_period", "write `stop_grace:`"),
    ("devices", "`compose: {devices: [...]}` and an exception for `devices`"),
    ("extra_hosts", "write `compose: {extra_hosts: ...}`"),
    ("platform", "write `compose: {platform: ...}`"),
    ("working_dir", "write `compose: {working_dir: ...}`"),
    ("init", "remove it: an init process is always there"),
    ("dockerfile", "it belongs into `build: {context: ..., dockerfile: ...}`"),
    ("runtime", "it belongs into `build: {context: ..., runtime: ...}`"),
    ("path", "paths that the gateway serves are the keys of `routes:`"),
    (
        "mtls",
        "mutual TLS between the gateway and a service is not available: remove it; the link is a network of its own",
    ),
    ("kubernetes", "there is no Kubernetes target: remove it"),
];

const BUILD: &[(&str, &str)] = &[
    (
        "args",
        "build arguments end up in the image: use `settings:` at run time, or a Dockerfile of your own with `dockerfile:`",
    ),
    (
        "target",
        "use a Dockerfile of your own with `dockerfile:` whose last stage is the one to run",
    ),
    ("language", "write `runtime:`"),
    ("image", "the image is named after project and service"),
];

const HEALTH: &[(&str, &str)] = &[
    ("path", "write `health: /path`, without a map"),
    ("test", "write `command: [PROGRAM, ARGUMENT]`"),
    ("interval", "remove it: how often is asked is the same for every service"),
];

const ROUTE: &[(&str, &str)] = &[
    ("path", "the path is the key of the route"),
    ("port", "a service has one port: `port:` beside `routes:`"),
    ("policy", "write `auth:`"),
    ("public", "write `auth: none`"),
    ("limit", "write `rate:` for requests or `body:` for the size of a body"),
];
