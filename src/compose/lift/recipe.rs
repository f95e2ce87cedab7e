//! How an image is built, as far as a Compose file says it: where its sources are.

use crate::compose::Build;
use crate::diagnostic::Position;
use crate::stack::{ImageReference, Installer, Origin, Recipe, Runtime, Sourced};

pub(super) fn lift(build: &Build, root: &str, image: &ImageReference, at: Position) -> Recipe {
    let context = super::plain(build.context.as_deref().unwrap_or("."));
    let below = context.strip_prefix(root).map(|rest| rest.trim_start_matches('/'));
    let context = match below {
        Some("") => ".".to_owned(),
        Some(rest) => rest.to_owned(),
        None => context,
    };
    let arguments = build.args.iter().map(|(name, value)| {
        (name.clone(), value.as_deref().map(super::plain).unwrap_or_default())
    });
    Recipe {
        dockerfile: build.dockerfile.as_deref().map(super::plain).unwrap_or_default(),
        arguments: arguments.collect(),
        stage: build.target.as_deref().map(super::plain).unwrap_or_default(),
        origin: Origin::Written(at),
        ..unknown(context, image)
    }
}

/// A recipe of which only the sources' folder is known.
pub(super) fn unknown(context: String, image: &ImageReference) -> Recipe {
    Recipe {
        origin: Origin::Default,
        runtime: Runtime::Own,
        context,
        dockerfile: String::new(),
        arguments: Default::default(),
        stage: String::new(),
        build_base: Sourced::plain(image.clone()),
        run_base: Sourced::plain(image.clone()),
        installer: Installer { name: String::new(), lock_file: String::new() },
        packages: Default::default(),
        user: Sourced::default(),
        health_check: Sourced::default(),
        locked_install: Sourced::default(),
        ignores_secrets: Sourced::default(),
        owned_paths: Default::default(),
        artifact: String::new(),
    }
}
