//! What we know beforehand: images, runtimes, whole stacks. Data, embedded, one file each.
//!
//! Adding one touches one file below `presets/`; nothing here knows any of them by name.

mod image;
mod runtime;

use std::collections::BTreeMap;
use std::sync::Mutex;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, SourceId};
use crate::stack::{ImageReference, Runtime};
use crate::yaml;

pub use image::{
    Administrator, Dialect, Facts, HealthFact, ImageKnowledge, LimitFacts, OidcEndpoints,
    PrivilegeFact, SecretPath,
};
pub use runtime::{InstallerFact, RuntimeKnowledge};

static PRESETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/presets");

/// The embedded knowledge; files are read when they are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Knowledge;

impl Knowledge {
    /// What is known of an image, by its repository; `None` for an image that we do not know.
    ///
    /// # Errors
    /// A [`Diagnostic`] where an embedded file is broken (a test reads them all).
    pub fn image(&self, image: &ImageReference) -> Result<Option<ImageKnowledge>, Diagnostic> {
        let repository = canonical(image.repository());
        for (name, text) in files("images") {
            if names_repository(text, repository) {
                let known: ImageKnowledge = IMAGES.read("images", name, text)?;
                if known.repositories.iter().any(|known| canonical(known) == repository) {
                    return Ok(Some(known.named(name)));
                }
            }
        }
        Ok(None)
    }

    /// What is known of a runtime.
    ///
    /// # Errors
    /// A [`Diagnostic`] where the embedded file is missing or broken (a test reads them all).
    pub fn runtime(&self, runtime: Runtime) -> Result<RuntimeKnowledge, Diagnostic> {
        let wanted = runtime.name();
        match files("runtimes").find(|(name, _)| *name == wanted) {
            Some((name, text)) => RUNTIMES.read("runtimes", name, text),
            None => Err(Diagnostic::nowhere("knowledge", format!("no runtime is named {wanted}"))),
        }
    }

    /// A stack preset: a description to begin with.
    pub fn stack(&self, name: &str) -> Option<&'static str> {
        files("stacks").find(|(file, _)| *file == name).map(|(_, text)| text)
    }

    /// Names of the stack presets, sorted.
    pub fn stack_names(&self) -> Vec<&'static str> {
        files("stacks").map(|(name, _)| name).collect()
    }

    /// The repository to write for an image that people call `name`, for example `keycloak`.
    pub fn repository(&self, name: &str) -> Option<String> {
        let (name, text) = files("images").find(|(file, _)| *file == name)?;
        let known: ImageKnowledge = read("images", name, text).ok()?;
        known.repositories.into_iter().next()
    }

    /// Names of the known images' files, sorted.
    pub fn image_names(&self) -> Vec<&'static str> {
        files("images").map(|(name, _)| name).collect()
    }
}

/// Files that were read, since a thousand services ask for the same few.
struct Kept<T>(Mutex<BTreeMap<&'static str, T>>);

static IMAGES: Kept<ImageKnowledge> = Kept(Mutex::new(BTreeMap::new()));
static RUNTIMES: Kept<RuntimeKnowledge> = Kept(Mutex::new(BTreeMap::new()));

impl<T: DeserializeOwned + Clone> Kept<T> {
    fn read(&self, kind: &str, name: &'static str, text: &str) -> Result<T, Diagnostic> {
        // Where a thread died with the lock, the file is read anew.
        let Ok(mut kept) = self.0.lock() else { return read(kind, name, text) };
        if let Some(known) = kept.get(name) {
            return Ok(known.clone());
        }
        let known: T = read(kind, name, text)?;
        kept.insert(name, known.clone());
        Ok(known)
    }
}

/// True where the file may hold the repository: its list of them stands on one line.
fn names_repository(text: &str, repository: &str) -> bool {
    let line = text.lines().find(|line| line.starts_with("repositories:"));
    line.is_some_and(|line| line.contains(repository))
}

/// Read an embedded file; a mistake in it is ours, so the message names it.
fn read<T: DeserializeOwned>(kind: &str, name: &str, text: &str) -> Result<T, Diagnostic> {
    yaml::from_str(SourceId::MAX, text).map_err(|mistake| {
        let line = mistake.at.map_or(0, |at| at.line);
        let message = format!("presets/{kind}/{name}.yaml:{line}: {}", mistake.message);
        Diagnostic::nowhere("knowledge", message)
    })
}

/// (name without extension, text) of every file of one kind, sorted by name.
fn files(kind: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut found: Vec<_> = PRESETS
        .get_dir(kind)
        .into_iter()
        .flat_map(Dir::files)
        .filter_map(|file| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?)))
        .collect();
    found.sort_unstable();
    found.into_iter()
}

/// Docker Hub's own names have two longer forms.
fn canonical(repository: &str) -> &str {
    let short = repository.strip_prefix("docker.io/").unwrap_or(repository);
    short.strip_prefix("library/").unwrap_or(short)
}

#[cfg(test)]
mod tests;
