//! Images that one service builds and others use: each of them is built where it is used, since
//! what the stack builds has names of its own, and the old one stands in no registry.

use std::collections::BTreeMap;

use super::plain;
use crate::compose::{Build, ComposeFile};
use crate::stack::ImageReference;

/// Give every service that uses an image which another one builds the same build; who builds it
/// in the original, by the name of who uses it.
pub(super) fn shared(whole: &ComposeFile, file: &mut ComposeFile) -> BTreeMap<String, String> {
    let mut builders: BTreeMap<String, (&str, &Build)> = BTreeMap::new();
    for (name, service) in &whole.services {
        if let (Some(image), Some(build)) = (&service.image, &service.build) {
            builders.entry(full(image)).or_insert((name, build));
        }
    }
    let mut shared = BTreeMap::new();
    for (name, service) in file.services.iter_mut().filter(|(_, one)| one.build.is_none()) {
        let image = service.image.as_deref().map(full);
        if let Some((builder, build)) = image.and_then(|image| builders.get(&image)) {
            service.build = Some((*build).clone());
            shared.insert(name.clone(), (*builder).to_owned());
        }
    }
    shared
}

/// The name of an image as an engine reads it: without a tag it is the newest.
fn full(image: &str) -> String {
    let text = plain(image);
    match ImageReference::parse(&text) {
        Ok(image) if image.tag().is_empty() && !text.contains('@') => format!("{text}:latest"),
        _ => text,
    }
}
