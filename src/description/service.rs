//! A service: what runs, what it may reach, what it reads and what it answers.

use std::num::{NonZeroU16, NonZeroU32};

use super::build::Build;
use super::env_secrets::EnvSecrets;
use super::health::HealthCheck;
use super::keys::keys;
use super::mount_point::WritablePath;
use super::process::{Arguments, RunAs, UlimitRange};
use super::raw::RawKeys;
use super::read::{Located, Map};
use super::route::RouteForm;
use super::setting::Setting;
use super::volumes::Volumes;
use super::word::{LabelName, UlimitName};
use crate::stack::{
    Alias, Bytes, CpuShare, DatabaseName, ImageReference, ProfileName, RoutePath, Seconds,
    SecretName, ServiceName, SettingName, Unknown,
};

keys! {
    /// A container of the stack, or several equal ones. It has exactly one of `build`, `image`
    /// and `use`.
    pub struct Service("a service") {
        /// Built from sources of the project with a Dockerfile that is drawn for the runtime.
        pub build: Option<Located<Build>>,
        /// An image that is run as it is; say `user`, `health`, `volumes` and `writable` as it
        /// needs them.
        pub image: Option<Located<ImageReference>>,
        /// A known image: its user, paths, health check, secrets and volumes come with it.
        pub r#use: Option<Located<ImageReference>>,
        /// False: a known database makes no accounts for the services that need it; they sign in
        /// with those that its settings make. Default: true.
        pub accounts: Option<Located<bool>>,
        /// Who runs the program: UID:GID, or a name of the image. A single number stands for
        /// user and group.
        pub user: Option<Located<RunAs>>,
        /// What nobody knows of its image yet: `user` (who runs it: it may start as root and hand
        /// over, so it keeps the five capabilities for that), `writes` (which paths it writes: its
        /// root stays writable), `start` (how it starts: the secrets of its environment stay
        /// there). Each is an exception; the report says what to write instead.
        pub unknown: Vec<Located<Unknown>>,
        /// Program and arguments, as a list. Required for the runtimes node and python.
        pub command: Option<Located<Arguments>>,
        /// What runs the command, as a list.
        pub entrypoint: Option<Located<Arguments>>,
        /// The port on which the service listens inside the stack. Nothing is published by it.
        pub port: Option<Located<NonZeroU16>>,
        /// How the service is asked whether it is well: a path that answers 2xx on `port`, or
        /// {command: [...]}.
        pub health: Option<Located<HealthCheck>>,
        /// Services that it opens connections to; two services share a network if and only if
        /// one needs the other.
        pub needs: Vec<Located<ServiceName>>,
        /// May open connections to the internet. Default: false.
        pub egress: Option<Located<bool>>,
        /// Environment variables that are not secret. A key without a value is required when the
        /// stack starts. `{{ url }}` and `{{ urls.NAME }}` are public addresses.
        pub settings: Map<SettingName, Located<Setting>>,
        /// Secrets that it reads as files below /run/secrets; NAME_FILE in its environment holds
        /// the path.
        pub secrets: Vec<Located<SecretName>>,
        /// Environment variables with the secret that fills each, for programs that read only
        /// their environment; [SESSION_KEY] stands for {SESSION_KEY: session_key}.
        pub env_secrets: EnvSecrets,
        /// Paths that the gateway passes on to this service. A path that ends in `/` stands for
        /// everything below it, any other for itself alone. `passthrough` stands for
        /// {passthrough: true}.
        pub routes: Map<RoutePath, RouteForm>,
        /// A job: runs to its end before whoever needs it starts. Default: false.
        pub once: Option<Located<bool>>,
        /// What is mounted and where: {NAME: /path, ./FILE: /path}. Files and folders of the
        /// project are read-only unless `:rw` follows.
        pub volumes: Volumes,
        /// Paths besides the volumes that the program writes: memory on a read-only root.
        pub writable: Vec<Located<WritablePath>>,
        /// Memory, processors and processes that it may take.
        pub limits: Option<Located<Limits>>,
        /// Databases of a known database image with the services that use each: the first owns
        /// it, the others read and write. Default: one per service that needs it.
        pub databases: Map<DatabaseName, Vec<Located<ServiceName>>>,
        /// How often the data should be saved and how many copies should be kept: the report asks for it.
        pub backup: Option<Located<Backup>>,
        /// Starts only with `--profile NAME`.
        pub profile: Option<Located<ProfileName>>,
        /// Number of containers. Default: 1.
        pub replicas: Option<Located<NonZeroU16>>,
        /// Limits of setrlimit(2), each a number or {soft: N, hard: N}.
        pub ulimits: Map<UlimitName, Located<UlimitRange>>,
        /// Other names under which those that need it find it.
        pub aliases: Vec<Located<Alias>>,
        /// Labels of the container.
        pub labels: Map<LabelName, Located<String>>,
        /// Time between SIGTERM and SIGKILL, for example 30s.
        pub stop_grace: Option<Located<Seconds>>,
        /// Keys of this service in Compose's own words. They are judged like everything else.
        pub compose: Option<RawKeys>,
    }
}

keys! {
    /// What a container may take from its host.
    pub struct Limits("limits") {
        /// Memory, for example 512m or 2g.
        pub memory: Option<Located<Bytes>>,
        /// Processors, for example 2 or 0.5.
        pub cpus: Option<Located<CpuShare>>,
        /// Processes and threads.
        pub pids: Option<Located<NonZeroU32>>,
    }
}

keys! {
    /// How often data should be saved.
    pub struct Backup("a backup") {
        /// hourly, daily, weekly, monthly, or five fields of cron(5).
        pub schedule: Located<super::schedule::Schedule>,
        /// Copies that are kept.
        pub keep: Located<NonZeroU16>,
    }
}
