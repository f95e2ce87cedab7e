//! Ports of images that no knowledge file describes: `presets/ports.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::diagnostic::SourceId;
use crate::stack::ImageReference;
use crate::yaml;

/// Port on which an image serves HTTP, by its project's documentation or Dockerfile.
pub(super) fn port(image: &ImageReference) -> Option<u16> {
    let repository = image.repository().to_lowercase();
    TABLE.get(canonical(&repository)).copied()
}

/// Port of the images that are called the same in other repositories, where they agree and the name
/// is a program's own: `elestio/glpi` is what `glpi/glpi` is.
pub(super) fn namesake(image: &ImageReference) -> Option<u16> {
    let repository = image.repository().to_lowercase();
    let name = last(&repository);
    if COMMON.contains(&name) {
        return None;
    }
    let mut ports = TABLE.iter().filter(|(known, _)| last(known) == name).map(|(_, port)| *port);
    let first = ports.next()?;
    ports.all(|port| port == first).then_some(first)
}

fn last(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or_default()
}

/// Last parts of repositories that name a part of a program, not a program.
const COMMON: [&str; 30] = [
    "admin",
    "all-in-one",
    "api",
    "app",
    "apps",
    "backend",
    "client",
    "community",
    "community-edition",
    "console",
    "core",
    "dashboard",
    "dev",
    "docker",
    "front",
    "frontend",
    "gateway",
    "latest",
    "nginx",
    "panel",
    "playground",
    "proxy",
    "server",
    "service",
    "site",
    "status-page",
    "studio",
    "ui",
    "web",
    "worker",
];

static TABLE: LazyLock<BTreeMap<String, u16>> = LazyLock::new(|| {
    // Were it broken, no port would be known from it; a test reads it.
    let text = include_str!("../../../presets/ports.yaml");
    yaml::from_str(SourceId::MAX, text).unwrap_or_default()
});

/// A repository without the registry's name: the same image on Docker Hub and elsewhere.
fn canonical(repository: &str) -> &str {
    let rest = match repository.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) => rest,
        _ => repository,
    };
    rest.strip_prefix("library/").unwrap_or(rest)
}
