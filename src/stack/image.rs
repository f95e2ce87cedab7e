//! Image references: repository, tag and digest, as the OCI distribution specification has them.

use std::fmt;

/// Why an image reference was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an image such as postgres:17 or registry.example.com/team/app:1.4.2@sha256:...")]
pub struct InvalidImage;

/// What an image is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// Nothing: the tag can move.
    Unpinned,
    /// 64 lower-case hexadecimal digits of a SHA-256.
    Sha256(String),
}

/// `repository[:tag][@sha256:digest]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    repository: String,
    tag: String,
    digest: Digest,
}

impl ImageReference {
    /// Read a reference; a missing tag stays empty, which Docker reads as `latest`.
    ///
    /// # Errors
    /// [`InvalidImage`] where the text is not a reference.
    pub fn parse(text: &str) -> Result<Self, InvalidImage> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => {
                let hex = digest.strip_prefix("sha256:").ok_or(InvalidImage)?;
                let valid =
                    hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
                (name, Digest::Sha256(valid.then(|| hex.to_owned()).ok_or(InvalidImage)?))
            }
            None => (text, Digest::Unpinned),
        };
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match name.get(last..).and_then(|tail| tail.find(':')) {
            Some(colon) => {
                let (repository, tag) = name.split_at(last + colon);
                (repository, tag.get(1..).filter(|tag| is_tag(tag)).ok_or(InvalidImage)?)
            }
            None => (name, ""),
        };
        if !is_repository(repository) {
            return Err(InvalidImage);
        }
        Ok(Self { repository: repository.to_owned(), tag: tag.to_owned(), digest })
    }

    /// Docker's empty image: what stands where nothing is known of a base.
    pub fn scratch() -> Self {
        Self { repository: "scratch".to_owned(), tag: String::new(), digest: Digest::Unpinned }
    }

    /// Everything before tag and digest, as written.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; empty where none was written.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// What the image is pinned to.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The same image, pinned.
    #[must_use]
    pub fn pinned(&self, digest: Digest) -> Self {
        Self { digest, ..self.clone() }
    }

    /// True where the tag moves with every release: none at all, or one of [`MOVING`].
    pub fn is_floating(&self) -> bool {
        let moves = self.tag.is_empty() || MOVING.contains(&self.tag.as_str());
        matches!(self.digest, Digest::Unpinned) && moves
    }
}

/// Tags that name no release: what compose-lint (CL-0004) and dclint
/// (`service-image-require-explicit-tag`) take for such.
const MOVING: &[&str] =
    &["latest", "stable", "edge", "test", "nightly", "dev", "beta", "canary", "lts"];

fn is_tag(tag: &str) -> bool {
    let start = tag.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    start && tag.len() <= 128 && tag.chars().all(rest)
}

fn is_repository(text: &str) -> bool {
    let part = |part: &str| {
        let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        ends(part.chars().next())
            && ends(part.chars().next_back())
            && part.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')
            })
    };
    let registry = |part: &str| {
        part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'))
            && part.chars().next().is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let first_is_valid = if rest.is_empty() { part(first) } else { registry(first) || part(first) };
    text.len() <= 255 && first_is_valid && rest.into_iter().all(part)
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if !self.tag.is_empty() {
            write!(f, ":{}", self.tag)?;
        }
        match &self.digest {
            Digest::Unpinned => Ok(()),
            Digest::Sha256(hex) => write!(f, "@sha256:{hex}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_read_back_as_written() {
        let digest = "a".repeat(64);
        for text in [
            "redis".to_owned(),
            "postgres:17".to_owned(),
            "localhost:5000/team/app:1.0".to_owned(),
            format!("quay.io/keycloak/keycloak:26.3@sha256:{digest}"),
        ] {
            assert_eq!(ImageReference::parse(&text).map(|i| i.to_string()), Ok(text));
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in
            ["", "a b", "a:", "A", "a@sha256:x", "a/../b", "a;b", "a\nb", "-a", "a:$TAG", "/a"]
        {
            assert!(ImageReference::parse(text).is_err(), "{text:?}");
        }
    }
}
