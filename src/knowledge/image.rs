//! What we know of an image: who it runs as, what it writes, how it takes secrets, how its
//! health is asked; each with its evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// One file of `presets/images/`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageKnowledge {
    /// File name without extension; set when it is read.
    #[serde(skip)]
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// Repositories that hold this image, as written in Compose files.
    pub repositories: Vec<String>,
    /// Tag that is written where we bring this image ourselves.
    #[serde(default)]
    pub pin: String,
    /// Which accounts we can make in it.
    #[serde(default)]
    pub dialect: Dialect,
    /// What holds for every tag.
    pub facts: Facts,
    /// What holds for some tags; the first match is laid over the facts.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Where each fact was read, by the fact's key.
    pub evidence: BTreeMap<String, String>,
    /// Facts that no source file and no engine has shown yet, with what to look at.
    #[serde(default)]
    pub unproven: BTreeMap<String, String>,
}

/// Facts of some tags of an image.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Tags it holds for: `*` stands for any text, for example `*-alpine*`.
    pub tags: Vec<String>,
    /// What differs.
    pub facts: Facts,
}

/// Accounts that can be made on first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// None.
    #[default]
    None,
    /// PostgreSQL roles and databases.
    Postgres,
    /// MySQL users and databases.
    Mysql,
    /// MariaDB users and databases.
    Mariadb,
    /// redis ACL users.
    Redis,
    /// valkey ACL users.
    Valkey,
}

impl Dialect {
    /// True where the image holds databases that can be named.
    pub fn has_databases(self) -> bool {
        matches!(self, Self::Postgres | Self::Mysql | Self::Mariadb)
    }
}

/// Everything that can be known of an image; what is absent is not known.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// True for a base that runs what it is told: who runs that and what it writes is the
    /// command's affair, not the image's.
    pub base: Option<bool>,
    /// `uid:gid` that runs it without any capability.
    pub user: Option<String>,
    /// Why it must start as root, and with which capabilities.
    pub root: Option<PrivilegeFact>,
    /// Capabilities that it must keep although it does not start as root, and why.
    pub capabilities: Option<PrivilegeFact>,
    /// Port on which it serves what it is for.
    pub port: Option<u16>,
    /// Name's ending of a volume to the path it is mounted at: `data` becomes `SERVICE-data`.
    pub volumes: Option<BTreeMap<String, String>>,
    /// Paths that it writes besides its volumes; memory is mounted there.
    pub writable: Option<Vec<String>>,
    /// Paths among `writable` from which it runs programs (so no `noexec` there).
    pub executable: Option<Vec<String>>,
    /// How its health is asked.
    pub health: Option<HealthFact>,
    /// Seconds that its health command may take, where it is slower than usual.
    pub health_timeout: Option<u64>,
    /// Command that asks a path by HTTP; `{port}` and `{path}` are put in.
    pub http_probe: Option<Vec<String>>,
    /// True where its process 1 reaps children.
    pub init: Option<bool>,
    /// True where it has `/bin/sh`.
    pub shell: Option<bool>,
    /// The image's ENTRYPOINT.
    pub entrypoint: Option<Vec<String>>,
    /// The image's CMD, or the command that hardening needs.
    pub command: Option<Vec<String>>,
    /// Settings that it needs to run as described here.
    pub settings: Option<BTreeMap<String, String>>,
    /// How its administrator's password gets in.
    pub administrator: Option<Administrator>,
    /// Ending of a variable's name that makes it name a file instead (`_FILE`, `__FILE`).
    pub secret_suffix: Option<String>,
    /// Why the root file system cannot be read-only.
    pub writes_root: Option<String>,
    /// Memory, processors, processes that are enough to begin with.
    pub limits: Option<LimitFacts>,
    /// Time it wants to end in order, for example `60s`.
    pub stop_grace: Option<String>,
    /// Where an OpenID issuer answers, below its own address.
    pub oidc: Option<OidcEndpoints>,
}

/// Why an image must start as root, or keep capabilities.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivilegeFact {
    /// What it does with them.
    pub reason: String,
    /// Capabilities that this takes, without `CAP_`.
    pub capabilities: Vec<String>,
}

/// How health is asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum HealthFact {
    /// A program of the image and its arguments.
    Command(Vec<String>),
    /// A line for the image's shell.
    Shell(String),
    /// Why nothing can be asked.
    Impossible(String),
}

/// How a secret gets into an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretPath {
    /// A variable that names a file.
    FileVariable,
    /// A variable that holds the value, through a generated entrypoint.
    Variable,
}

/// The administrator's password.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Administrator {
    /// The variable's whole name, for example `POSTGRES_PASSWORD_FILE`.
    pub variable: String,
    /// How it gets in.
    pub by: SecretPath,
}

/// Endpoints of an OpenID issuer (OpenID Connect Discovery 1.0), below its address.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcEndpoints {
    /// Where browsers sign in.
    pub authorization: String,
    /// Where codes become tokens.
    pub token: String,
    /// Where its public keys are.
    pub keys: String,
}

/// Limits to begin with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitFacts {
    /// For example `512m`.
    pub memory: String,
    /// For example `1` or `0.5`.
    pub cpus: String,
    /// Processes and threads.
    pub pids: u32,
}

impl ImageKnowledge {
    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The facts for one tag: those of the first variant that matches, over those for all.
    pub fn facts_for(&self, tag: &str) -> Facts {
        let matches = |variant: &&Variant| variant.tags.iter().any(|glob| glob_matches(glob, tag));
        match self.variants.iter().find(matches) {
            Some(variant) => variant.facts.clone().over(&self.facts),
            None => self.facts.clone(),
        }
    }
}

impl Facts {
    /// True where these words replace what the image would run by itself, and it is a base: what
    /// they start is not known by the image's name.
    pub fn is_told(&self, entrypoint: &[String], command: &[String]) -> bool {
        let other = |words: &[String], own: &Option<Vec<String>>| {
            !words.is_empty() && own.as_deref().is_none_or(|own| own != words)
        };
        let told = other(entrypoint, &self.entrypoint) || other(command, &self.command);
        self.base == Some(true) && told
    }

    /// Keys of the facts that are known, as the files write them.
    pub fn keys(&self) -> BTreeSet<&'static str> {
        let known = [
            ("base", self.base.is_some()),
            ("user", self.user.is_some()),
            ("root", self.root.is_some()),
            ("capabilities", self.capabilities.is_some()),
            ("port", self.port.is_some()),
            ("volumes", self.volumes.is_some()),
            ("writable", self.writable.is_some()),
            ("executable", self.executable.is_some()),
            ("health", self.health.is_some()),
            ("health_timeout", self.health_timeout.is_some()),
            ("http_probe", self.http_probe.is_some()),
            ("init", self.init.is_some()),
            ("shell", self.shell.is_some()),
            ("entrypoint", self.entrypoint.is_some()),
            ("command", self.command.is_some()),
            ("settings", self.settings.is_some()),
            ("administrator", self.administrator.is_some()),
            ("secret_suffix", self.secret_suffix.is_some()),
            ("writes_root", self.writes_root.is_some()),
            ("limits", self.limits.is_some()),
            ("stop_grace", self.stop_grace.is_some()),
            ("oidc", self.oidc.is_some()),
        ];
        known.into_iter().filter(|(_, is_known)| *is_known).map(|(key, _)| key).collect()
    }

    fn over(self, base: &Self) -> Self {
        let base = base.clone();
        Self {
            base: self.base.or(base.base),
            user: self.user.or(base.user),
            root: self.root.or(base.root),
            capabilities: self.capabilities.or(base.capabilities),
            port: self.port.or(base.port),
            volumes: self.volumes.or(base.volumes),
            writable: self.writable.or(base.writable),
            executable: self.executable.or(base.executable),
            health: self.health.or(base.health),
            health_timeout: self.health_timeout.or(base.health_timeout),
            http_probe: self.http_probe.or(base.http_probe),
            init: self.init.or(base.init),
            shell: self.shell.or(base.shell),
            entrypoint: self.entrypoint.or(base.entrypoint),
            command: self.command.or(base.command),
            settings: self.settings.or(base.settings),
            administrator: self.administrator.or(base.administrator),
            secret_suffix: self.secret_suffix.or(base.secret_suffix),
            writes_root: self.writes_root.or(base.writes_root),
            limits: self.limits.or(base.limits),
            stop_grace: self.stop_grace.or(base.stop_grace),
            oidc: self.oidc.or(base.oidc),
        }
    }
}

/// `*` stands for any text; everything else for itself.
fn glob_matches(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| tail.get(at..).is_some_and(|tail| glob_matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (glob, text, expected) in [
            ("*-alpine*", "17-alpine3.22", true),
            ("*-alpine*", "17-bookworm", false),
            ("18*", "18.1", true),
            ("18*", "17.18", false),
            ("*", "", true),
        ] {
            assert_eq!(glob_matches(glob, text), expected, "{glob} {text}");
        }
    }
}
