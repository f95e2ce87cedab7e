//! One service: a container, or several equal ones, as it would run.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::{
    Backup, Command, Confinement, Health, ImageReference, Limits, Logging, Mount, Namespace,
    Origin, PolicyName, ProfileName, Recipe, Restart, Seconds, SecretUse, ServiceName, SettingName,
    SettingValue, Sourced, Tmpfs, Ulimit, Unknown, User,
};

/// What a service is in its stack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A program of the people who wrote the description.
    Application,
    /// A database, cache or broker that the image knowledge knows, with its kind, for example `postgres`.
    Known(String),
    /// nginx, in front of everything.
    Gateway,
    /// oauth2-proxy for one `oidc` policy.
    OidcProxy(PolicyName),
    /// The client that fetches certificates by ACME.
    AcmeClient,
}

/// When a service may start, given one that it needs (Compose `depends_on`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Its container runs.
    Started,
    /// Its health check passes.
    Healthy,
    /// It ran to its end without an error.
    Completed,
}

/// A port of the host that leads into a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Published {
    /// The host's address.
    pub address: IpAddr,
    /// The host's port.
    pub host_port: u16,
    /// The container's port.
    pub container_port: u16,
    /// `tcp` or `udp`.
    pub udp: bool,
}

/// A file of the generated tree that is mounted read-only into the container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GeneratedFile {
    /// Compose's name for it, unique in the stack.
    pub name: String,
    /// Path in the tree, for example `services/postgres/10-roles.sh`.
    pub source: String,
    /// Path in the container.
    pub target: String,
    /// What stands in it.
    pub content: String,
}

/// A service with everything that decides how it runs; plain defaults are Docker's.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// What it is in its stack.
    pub role: Role,
    /// Where the description names it.
    pub origin: Origin,
    /// The image that runs; for a built service the name that the build gives it.
    pub image: Sourced<ImageReference>,
    /// How the image is built; empty for one that is pulled. At most one.
    pub recipe: Vec<Recipe>,
    /// Program to run.
    pub command: Sourced<Command>,
    /// What runs the program.
    pub entrypoint: Sourced<Command>,
    /// Who runs the program.
    pub user: Sourced<User>,
    /// Further groups, for secrets that several users read.
    pub groups: BTreeSet<u32>,
    /// Root file system is read-only. Docker: writable.
    pub read_only_root: Sourced<bool>,
    /// All that the host may do. Docker: no.
    pub privileged: Sourced<bool>,
    /// Capabilities taken away; `ALL` for every one. Docker: none.
    pub capabilities_dropped: Sourced<BTreeSet<String>>,
    /// Capabilities given beyond Docker's default set. Docker: none.
    pub capabilities_added: Sourced<BTreeSet<String>>,
    /// A set-user-id program gains nothing. Docker: it does.
    pub no_new_privileges: Sourced<bool>,
    /// System call filter.
    pub seccomp: Sourced<Confinement>,
    /// Mandatory access control.
    pub apparmor: Sourced<Confinement>,
    /// Network namespace.
    pub network_namespace: Sourced<Namespace>,
    /// Process namespace.
    pub pid_namespace: Sourced<Namespace>,
    /// Namespace of shared memory and semaphores; Docker: shareable.
    pub ipc_namespace: Sourced<Namespace>,
    /// Host devices, as `host[:container[:permissions]]`.
    pub devices: Sourced<Vec<String>>,
    /// A process 1 that reaps children. Docker: none.
    pub init: Sourced<bool>,
    /// True where the image's own process 1 reaps children (tini, s6), so that `init` is not needed.
    pub image_has_init: bool,
    /// True where the image must start as root, with the evidence; empty where it need not.
    pub needs_root: String,
    /// What is believed of its image but was not shown yet, by the fact's name.
    pub unproven: BTreeMap<String, String>,
    /// What nobody knows of its image yet.
    pub unknown: BTreeSet<Unknown>,
    /// Paths that the program writes besides its volumes: mounts of memory on a read-only root.
    pub writable: BTreeSet<String>,
    /// Memory-backed mounts.
    pub tmpfs: BTreeMap<String, Sourced<Tmpfs>>,
    /// Volumes and files of the host.
    pub mounts: Vec<Mount>,
    /// Memory, processors, processes.
    pub limits: Limits,
    /// Resource limits by name (`core`, `nofile`).
    pub ulimits: BTreeMap<String, Sourced<Ulimit>>,
    /// What happens when it ends.
    pub restart: Sourced<Restart>,
    /// Where its output goes.
    pub logging: Sourced<Logging>,
    /// How its health is asked.
    pub health: Sourced<Health>,
    /// Time between SIGTERM and SIGKILL. Docker: 10 s.
    pub stop_grace: Sourced<Seconds>,
    /// Port on which it serves what it is for; 0 where it serves nothing.
    pub port: Sourced<u16>,
    /// Environment variables that hold no secret.
    pub settings: BTreeMap<SettingName, Sourced<SettingValue>>,
    /// Secrets that it reads, by name.
    pub secrets: Vec<SecretUse>,
    /// Ports of the host that lead to it.
    pub published: Vec<Sourced<Published>>,
    /// What it waits for before it starts.
    pub starts_after: BTreeMap<ServiceName, Condition>,
    /// Generated files that are mounted into it.
    pub files: Vec<GeneratedFile>,
    /// Profiles in which it takes part; none: always.
    pub profiles: BTreeSet<ProfileName>,
    /// Containers of this service.
    pub replicas: Sourced<u16>,
    /// Labels of the container.
    pub labels: BTreeMap<String, String>,
    /// How often its data should be saved.
    pub backup: Backup,
    /// True for a job that runs to its end.
    pub once: bool,
    /// Compose keys that the model has no word for, as YAML text of one value each, carried unchanged.
    pub carried: BTreeMap<String, Sourced<String>>,
}

impl Service {
    /// A service as Docker runs an image when nothing else is said.
    pub fn new(role: Role, origin: Origin, image: Sourced<ImageReference>) -> Self {
        Self {
            role,
            origin,
            image,
            recipe: Vec::new(),
            command: Sourced::default(),
            entrypoint: Sourced::default(),
            user: Sourced::default(),
            groups: BTreeSet::new(),
            read_only_root: Sourced::default(),
            privileged: Sourced::default(),
            capabilities_dropped: Sourced::default(),
            capabilities_added: Sourced::default(),
            no_new_privileges: Sourced::default(),
            seccomp: Sourced::default(),
            apparmor: Sourced::default(),
            network_namespace: Sourced::default(),
            pid_namespace: Sourced::default(),
            ipc_namespace: Sourced::plain(Namespace::Shareable),
            devices: Sourced::default(),
            init: Sourced::default(),
            image_has_init: false,
            needs_root: String::new(),
            unproven: BTreeMap::new(),
            unknown: BTreeSet::new(),
            writable: BTreeSet::new(),
            tmpfs: BTreeMap::new(),
            mounts: Vec::new(),
            limits: Limits::default(),
            ulimits: BTreeMap::new(),
            restart: Sourced::default(),
            logging: Sourced::default(),
            health: Sourced::default(),
            stop_grace: Sourced::plain(Seconds(10)),
            port: Sourced::default(),
            settings: BTreeMap::new(),
            secrets: Vec::new(),
            published: Vec::new(),
            starts_after: BTreeMap::new(),
            files: Vec::new(),
            profiles: BTreeSet::new(),
            replicas: Sourced::plain(1),
            labels: BTreeMap::new(),
            backup: Backup::default(),
            once: false,
            carried: BTreeMap::new(),
        }
    }

    /// The numeric user id that runs the program, 0 where the image decides and may be root.
    pub fn uid(&self) -> u32 {
        match *self.user {
            User::Numeric { uid, .. } => uid,
            User::Image | User::Named(_) => 0,
        }
    }

    /// What it runs, as far as it is known: its own words, or those of the image it is built into.
    pub fn program(&self) -> Vec<String> {
        let mut words = self.entrypoint.words();
        words.extend(self.command.words());
        if words.is_empty() {
            words = self.recipe.first().map(Recipe::program).unwrap_or_default();
        }
        words
    }

    /// True for the gateway and the side services that it brings.
    pub fn is_ours(&self) -> bool {
        matches!(self.role, Role::Gateway | Role::OidcProxy(_) | Role::AcmeClient)
    }
}
