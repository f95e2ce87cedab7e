//! A description in the making: what is to be written, in the order in which people write it.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Entry, Item};
use crate::stack::{ImageReference, Unknown};

/// A whole description.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// Lines at the head of the file.
    pub(super) head: Vec<String>,
    pub(super) name: String,
    pub(super) domain: Noted<String>,
    /// Further hosts by their short names.
    pub(super) hosts: BTreeMap<String, String>,
    /// Comment on them.
    pub(super) hosts_note: Vec<String>,
    /// Address on which the gateway is published, where it is not every one.
    pub(super) publish: Noted<Option<String>>,
    /// Services in the order of the original.
    pub(super) services: Vec<DraftService>,
    pub(super) streams: Vec<DraftStream>,
    pub(super) secrets: BTreeMap<String, Noted<DraftSecret>>,
    pub(super) exceptions: Vec<DraftException>,
    pub(super) recipients: Vec<String>,
}

/// A value with a comment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Noted<T> {
    pub(super) value: T,
    pub(super) note: Vec<String>,
}

impl<T> Noted<T> {
    pub(super) fn plain(value: T) -> Self {
        Self { value, note: Vec::new() }
    }
}

/// Where a service's program comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Base {
    Use(String),
    Image(String),
    Build {
        context: String,
        dockerfile: String,
        args: Vec<(String, String)>,
        target: Option<String>,
    },
}

impl Base {
    /// The key that it is written under.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Use(_) => "use",
            Self::Image(_) => "image",
            Self::Build { .. } => "build",
        }
    }

    /// True where its image is whatever is newest.
    pub(super) fn is_floating(&self) -> bool {
        match self {
            Self::Use(text) | Self::Image(text) => {
                ImageReference::parse(text).is_ok_and(|image| image.is_floating())
            }
            Self::Build { .. } => false,
        }
    }
}

/// One service.
#[derive(Debug, Clone)]
pub(super) struct DraftService {
    pub(super) name: String,
    /// Comments above its name.
    pub(super) above: Vec<String>,
    pub(super) base: Base,
    /// Comments above its keys, by key.
    pub(super) notes: BTreeMap<&'static str, Vec<String>>,
    pub(super) user: Option<String>,
    /// What is not known of its image, in the words of a description.
    pub(super) unknown: BTreeSet<Unknown>,
    pub(super) command: Option<Vec<String>>,
    pub(super) entrypoint: Option<Vec<String>>,
    pub(super) port: Option<u16>,
    pub(super) health: Option<Item>,
    pub(super) needs: Vec<String>,
    pub(super) aliases: Vec<String>,
    pub(super) egress: bool,
    /// Settings; none: required.
    pub(super) settings: Vec<(String, Noted<Option<String>>)>,
    pub(super) secrets: Vec<String>,
    pub(super) env_secrets: BTreeMap<String, String>,
    pub(super) routes: Vec<(String, Noted<Vec<Entry>>)>,
    pub(super) once: bool,
    pub(super) volumes: Vec<(String, String)>,
    pub(super) writable: Vec<String>,
    pub(super) limits: Vec<Entry>,
    pub(super) accounts: bool,
    pub(super) profile: Option<String>,
    pub(super) replicas: Option<u16>,
    pub(super) ulimits: Vec<Entry>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) stop_grace: Option<String>,
    pub(super) compose: BTreeMap<String, Item>,
}

/// A port for what HTTP cannot carry.
#[derive(Debug, Clone)]
pub(super) struct DraftStream {
    pub(super) port: String,
    pub(super) service: String,
    pub(super) target: u16,
    pub(super) reason: String,
    pub(super) note: Vec<String>,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DraftSecret {
    Generate,
    Provided,
    Template(String),
}

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DraftException {
    pub(super) control: String,
    /// `service`, `route`, `secret` or `network` with its name; none: the gateway.
    pub(super) place: Option<(&'static str, String)>,
    pub(super) reason: String,
}

impl DraftService {
    pub(super) fn new(name: String, base: Base) -> Self {
        Self {
            name,
            above: Vec::new(),
            base,
            notes: BTreeMap::new(),
            user: None,
            unknown: BTreeSet::new(),
            command: None,
            entrypoint: None,
            port: None,
            health: None,
            needs: Vec::new(),
            aliases: Vec::new(),
            egress: false,
            settings: Vec::new(),
            secrets: Vec::new(),
            env_secrets: BTreeMap::new(),
            routes: Vec::new(),
            once: false,
            volumes: Vec::new(),
            writable: Vec::new(),
            limits: Vec::new(),
            accounts: true,
            profile: None,
            replicas: None,
            ulimits: Vec::new(),
            labels: Vec::new(),
            stop_grace: None,
            compose: BTreeMap::new(),
        }
    }

    /// Add a line of comment above a key.
    pub(super) fn note(&mut self, key: &'static str, line: impl Into<String>) {
        let notes = self.notes.entry(key).or_default();
        let line = line.into();
        if !notes.contains(&line) {
            notes.push(line);
        }
    }
}
