//! One image of the engine, in the words of `docker image inspect` (Engine API, `ImageInspect`).
//!
//! `Config.Env` is left out on purpose.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Docker, EngineError, Unreadable, null};

/// An image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Image {
    /// Its number: `sha256:...`.
    pub id: String,
    /// What the engine noted about it.
    #[serde(deserialize_with = "null::is_empty")]
    pub metadata: ImageMetadata,
    /// Its repositories with the digest that each gives it.
    #[serde(deserialize_with = "null::is_empty")]
    pub repo_digests: Vec<String>,
    /// What it says of itself.
    #[serde(deserialize_with = "null::is_empty")]
    pub config: ImageConfig,
}

/// What an image says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ImageConfig {
    /// Who runs its program; empty is root.
    pub user: String,
    /// Ports that it names, as `5432/tcp`.
    #[serde(deserialize_with = "null::is_empty")]
    pub exposed_ports: BTreeMap<String, Nothing>,
    /// Paths that become volumes.
    #[serde(deserialize_with = "null::is_empty")]
    pub volumes: BTreeMap<String, Nothing>,
    /// Its ENTRYPOINT.
    #[serde(deserialize_with = "null::is_empty")]
    pub entrypoint: Vec<String>,
    /// Its CMD.
    #[serde(deserialize_with = "null::is_empty")]
    pub cmd: Vec<String>,
    /// Its HEALTHCHECK.
    #[serde(deserialize_with = "null::is_empty")]
    pub healthcheck: ImageHealthcheck,
}

impl ImageConfig {
    /// True where its program starts as root.
    pub fn starts_as_root(&self) -> bool {
        let (user, _) = self.user.split_once(':').unwrap_or((&self.user, ""));
        matches!(user, "" | "0" | "root")
    }
}

/// How an image's health is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ImageHealthcheck {
    /// `CMD` or `CMD-SHELL` and its words, or `NONE`.
    #[serde(deserialize_with = "null::is_empty")]
    pub test: Vec<String>,
}

/// The engine writes sets as maps to empty objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Nothing {}

/// What an engine notes about an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ImageMetadata {
    /// When it last got a name, which each build gives it: RFC 3339. A build that takes every
    /// layer from the cache leaves the image's own date as it was, but not this one.
    pub last_tag_time: String,
}

impl Docker {
    /// The image of this name; nothing where the engine has none.
    ///
    /// # Errors
    /// [`EngineError`] where the engine says anything else.
    pub fn image(&self, name: &str) -> Result<Option<Image>, EngineError> {
        match self.ask(&["image", "inspect", name]) {
            Ok(printed) => read(&printed).map(Some),
            Err(EngineError::Failed { words, .. }) if is_absence(&words) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// `Error: No such image: NAME` (Engine 20.10), `Error response from daemon: No such image: NAME`
/// (23 and later).
fn is_absence(words: &str) -> bool {
    words.to_ascii_lowercase().contains("no such image")
}

fn read(printed: &str) -> Result<Image, EngineError> {
    let images: Result<Vec<Image>, _> = serde_json::from_str(printed);
    let images =
        images.map_err(|error| Unreadable::Json { line: error.line(), column: error.column() })?;
    Ok(images.into_iter().next().ok_or(Unreadable::NotAList)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_read() {
        let printed = r#"[{"Id":"sha256:1","RepoTags":["a:1"],"Config":{"Env":["X=hunter2"]},
            "Metadata":{"LastTagTime":"2026-11-22T21:14:02.693167707Z"}}]"#;
        let image = read(printed).unwrap();
        assert_eq!(image.id, "sha256:1");
        assert_eq!(image.metadata.last_tag_time, "2026-11-22T21:14:02.693167707Z");
        assert!(read("[]").is_err());
        assert!(read("[{\"Id\":1}]").is_err());
    }

    #[test]
    fn a_missing_image_is_no_error_and_a_missing_engine_is() {
        let says = |words: &str| {
            Docker::new("sh").ask(&["-c", &format!("echo '{words}' >&2; exit 1")]).unwrap_err()
        };
        for words in ["Error: No such image: a:1", "Error response from daemon: No such image: a:1"]
        {
            assert!(is_absence(&says(words).to_string()), "{words}");
        }
        assert!(!is_absence("Cannot connect to the Docker daemon"));
    }
}
