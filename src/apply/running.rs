//! What runs, and since when.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::engine::{Container, Inspection};

/// A running stack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Running {
    /// Containers and networks of the project.
    pub inspection: Inspection,
    /// Folders of other Compose files that its containers were made from.
    pub elsewhere: BTreeSet<String>,
    /// Services that see a folder which is no longer the one at its place, with that place: who
    /// replaces a mounted folder leaves the container with the one before.
    pub replaced: BTreeMap<String, String>,
    /// When the gateway read its configuration; nothing where that cannot be seen.
    pub loaded: Option<OffsetDateTime>,
}

impl Running {
    /// The containers of one service.
    pub fn of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Container> + 'a {
        self.inspection.of_service(service)
    }

    /// True where a container of the service runs.
    pub fn runs(&self, service: &str) -> bool {
        self.of(service).any(|container| container.state.running)
    }

    /// When the gateway read its configuration: at the latest when its oldest container started.
    pub fn gateway_loaded(&self, service: &str) -> Option<OffsetDateTime> {
        self.loaded.or_else(|| self.of(service).filter_map(started).min())
    }
}

/// When a container's process started.
pub(super) fn started(container: &Container) -> Option<OffsetDateTime> {
    moment(&container.state.started_at)
}

/// A time as an engine writes it.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
