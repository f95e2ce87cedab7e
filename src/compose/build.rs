//! `build:` of a service: a folder, or keys.

use std::collections::BTreeMap;

use super::Choice;
use super::keys::keys;

keys! {
    /// How an image is built.
    pub struct Build
    short folder;
    ordered {
        /// Folder of the sources, relative to the file.
        "context" context: Option<String>,
        /// The Dockerfile, relative to the context.
        "dockerfile" dockerfile: Option<String>,
        /// Build arguments.
        "args" args: Choice<BTreeMap<String, Option<String>>>,
        /// Stage that is the result.
        "target" target: Option<String>,
    }
}

fn folder(text: &str) -> Result<Build, String> {
    Ok(Build { context: Some(text.to_owned()), ..Build::default() })
}
