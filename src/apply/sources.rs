//! What of an image's sources was changed last.

use camino::{Utf8Path, Utf8PathBuf};

use super::Changed;
use super::files::{below, changed};
use super::ignored::Ignored;
use super::site::SiteError;
use crate::compose::{Build, undoubled};

/// Where a drawn build finds its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BuildPaths {
    /// Folder that is sent to the builder.
    pub(super) context: Utf8PathBuf,
    pub(super) dockerfile: Utf8PathBuf,
}

impl BuildPaths {
    /// As Compose reads them: the context from the file's folder, the Dockerfile from the context.
    pub(super) fn of(build: &Build, folder: &Utf8Path) -> Self {
        let plain = |text: &Option<String>, usual: &str| {
            text.as_deref().and_then(undoubled).unwrap_or_else(|| usual.to_owned())
        };
        let context = folder.join(plain(&build.context, "."));
        let dockerfile = context.join(plain(&build.dockerfile, "Dockerfile"));
        Self { context, dockerfile }
    }

    /// The file that was changed last.
    ///
    /// # Errors
    /// [`SiteError::Io`] where the sources are not there.
    pub(super) fn newest(&self) -> Result<Changed, SiteError> {
        let ignored = self.ignored();
        let mut found = below(&self.context, &|path| ignored.holds(path))?;
        let name = self.context.file_name().unwrap_or(".");
        for changed in &mut found {
            changed.file = format!("{name}/{}", changed.file.trim_start_matches('/'));
        }
        if let Some(at) = changed(&self.dockerfile) {
            let file = self.dockerfile.file_name().unwrap_or("Dockerfile").to_owned();
            found.push(Changed { at, file });
        }
        // A folder changes with each file in it, and says less.
        let newest = found
            .into_iter()
            .max_by(|a, b| (a.at, !a.file.ends_with('/')).cmp(&(b.at, !b.file.ends_with('/'))));
        newest.ok_or_else(|| {
            SiteError::io(&self.context)(std::io::Error::from(std::io::ErrorKind::NotFound))
        })
    }

    /// BuildKit reads `DOCKERFILE.dockerignore`, and `.dockerignore` where that is missing.
    fn ignored(&self) -> Ignored {
        let own = Utf8PathBuf::from(format!("{}.dockerignore", self.dockerfile));
        let shared = self.context.join(".dockerignore");
        let text = fs_err::read_to_string(own).or_else(|_| fs_err::read_to_string(shared));
        text.map(|text| Ignored::read(&text)).unwrap_or_default()
    }
}
