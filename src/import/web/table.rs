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
