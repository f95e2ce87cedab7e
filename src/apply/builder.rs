//! What builds an image: Compose where its builder is new enough, else the client itself with
//! BuildKit. The classic builder is never used: it does not read `Dockerfile.dockerignore`, so what
//! must not reach an image would.

use super::site::Site;
use super::sources::BuildPaths;
use crate::compose::undoubled;
use crate::engine::{Docker, EngineError};

/// The first buildx that Compose 5 builds with (its own message names it).
const BUILDX: (u32, u32) = (0, 17);
/// The first client that has no BuildKit of its own (Docker 23.0 release notes).
const WITHOUT_BUILDKIT: u32 = 23;

/// A builder of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builder {
    Compose,
    Client,
}

impl Builder {
    /// The builder that this machine has.
    ///
    /// # Errors
    /// [`EngineError::Failed`] with what to install where it has none that reads ignore files.
    pub(super) fn find(docker: &Docker) -> Result<Self, EngineError> {
        let buildx = docker.ask(&["buildx", "version"]).ok().and_then(|said| version(&said));
        let client = docker.ask(&["version", "--format", "{{.Client.Version}}"]);
        let client = client.ok().and_then(|said| version(&said));
        choose(buildx, client).ok_or_else(|| EngineError::Failed {
            command: "docker buildx version".to_owned(),
            words: "no builder here reads Dockerfile.dockerignore; install buildx 0.17 or later"
                .to_owned(),
        })
    }

    /// Build the image of one service.
    ///
    /// # Errors
    /// [`EngineError`] where the build does not end well.
    pub(super) fn build(
        self,
        site: &Site<'_>,
        service: &str,
        shown: bool,
    ) -> Result<(), EngineError> {
        let Some(file) = site.file.services.get(service) else { return Ok(()) };
        let image = file.image.as_deref().and_then(undoubled).unwrap_or_default();
        match (self, &file.build) {
            (_, None) => return Ok(()),
            (Self::Compose, _) => site.compose.run(&["build", service], shown)?,
            (Self::Client, Some(build)) => {
                let words = words(build, &BuildPaths::of(build, &site.folder), &image);
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                site.docker.clone().with_variable("DOCKER_BUILDKIT", "1").run(&words, shown)?;
            }
        }
        // A build that changed nothing would leave the image looking older than its sources.
        site.docker.run(&["tag", &image, &image], false)
    }
}

fn words(build: &crate::compose::Build, paths: &BuildPaths, image: &str) -> Vec<String> {
    let mut words = vec!["build".to_owned(), "--tag".to_owned(), image.to_owned()];
    words.extend(["--file".to_owned(), paths.dockerfile.to_string()]);
    for (name, value) in &build.args.0 {
        let value = value.as_deref().and_then(undoubled);
        words.push("--build-arg".to_owned());
        words.push(value.map_or_else(|| name.clone(), |value| format!("{name}={value}")));
    }
    if let Some(target) = &build.target {
        words.extend(["--target".to_owned(), target.clone()]);
    }
    words.push(paths.context.to_string());
    words
}

fn choose(buildx: Option<(u32, u32)>, client: Option<(u32, u32)>) -> Option<Builder> {
    match (buildx, client) {
        (Some(buildx), _) if buildx >= BUILDX => Some(Builder::Compose),
        (Some(_), _) => Some(Builder::Client),
        (None, Some((major, _))) if major < WITHOUT_BUILDKIT => Some(Builder::Client),
        (None, _) => None,
    }
}

/// `github.com/docker/buildx v0.17.1 257815a` and `20.10.24+dfsg1`: the first two numbers.
fn version(said: &str) -> Option<(u32, u32)> {
    said.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.');
        let major = numbers.next()?.parse().ok()?;
        Some((major, numbers.next()?.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classic_builder_is_never_chosen() {
        let buildx = |said| version(said);
        assert_eq!(
            choose(buildx("github.com/docker/buildx v0.17.1 257815a"), None),
            Some(Builder::Compose)
        );
        assert_eq!(
            choose(buildx("github.com/docker/buildx 0.13.1 x"), version("28.2.2")),
            Some(Builder::Client)
        );
        assert_eq!(choose(None, version("20.10.24+dfsg1")), Some(Builder::Client));
        assert_eq!(choose(None, version("23.0.0")), None);
        assert_eq!(choose(None, None), None);
    }
}
