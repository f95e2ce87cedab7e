//! Where a project keeps a bundle, and how it is read from there: whole, from a plain file. It is
//! written as every file of a project is, by `tree`.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::Bundle;
use crate::diagnostic::{Diagnostic, Sources};
use crate::stack::EnvironmentName;
use crate::tree::{Disk, DiskError, Found, RealDisk, TreePath};

#[derive(Debug, thiserror::Error)]
pub enum BundleFileError {
    /// To be shown with its place in the file.
    #[error("{}", .0.message)]
    Unreadable(Box<Diagnostic>),
    /// Something that is no bundle stands there: a link, a pipe, a folder, too many bytes.
    #[error(transparent)]
    Refused(#[from] DiskError),
    #[error("{path} is not UTF-8")]
    NotText { path: Utf8PathBuf },
}

/// Where a project keeps the bundle of an environment.
pub fn bundle_path(project: &Utf8Path, environment: &EnvironmentName) -> Utf8PathBuf {
    project.join("secrets").join(format!("{environment}.yaml"))
}

impl Bundle {
    /// Reads the bundle at `path`; an empty one where there is no file.
    pub fn read_file(
        path: &Utf8Path,
        environment: &EnvironmentName,
        sources: &mut Sources,
    ) -> Result<Self, BundleFileError> {
        let Some(bytes) = read(path)? else { return Ok(Self::new(environment.clone())) };
        let text = String::from_utf8(bytes)
            .map_err(|_| BundleFileError::NotText { path: path.to_owned() })?;
        let source = sources.add(path.as_str(), text);
        Self::parse(source, sources.text(source), environment)
            .map_err(|mistake| BundleFileError::Unreadable(Box::new(mistake)))
    }
}

/// Nothing where there is no file. Read as every file of a project is: no link is followed, no
/// pipe waited for, no device read without end.
fn read(path: &Utf8Path) -> Result<Option<Vec<u8>>, BundleFileError> {
    let directory = path.parent().filter(|parent| !parent.as_str().is_empty());
    let disk = match RealDisk::open(directory.unwrap_or(Utf8Path::new("."))) {
        Ok(disk) => disk,
        Err(DiskError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let not_a_file = || DiskError::NotAFile { path: path.to_string() };
    let name = TreePath::new(path.file_name().unwrap_or_default()).map_err(|_| not_a_file())?;
    match disk.look(&name)? {
        Found::Nothing => Ok(None),
        Found::File { bytes, .. } => Ok(Some(bytes)),
        Found::Folder | Found::Other => Err(not_a_file().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_that_is_not_there_is_empty() {
        let home = tempfile::tempdir().unwrap();
        let environment = EnvironmentName::new("dev").unwrap();
        let path = bundle_path(Utf8Path::from_path(home.path()).unwrap(), &environment);
        let bundle = Bundle::read_file(&path, &environment, &mut Sources::new()).unwrap();
        assert_eq!(bundle, Bundle::new(environment));
    }

    #[test]
    fn neither_a_link_nor_a_pipe_nor_a_folder_is_read_as_a_bundle() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| Utf8Path::from_path(home.path()).unwrap().join(name);
        let environment = EnvironmentName::new("dev").unwrap();
        std::os::unix::fs::symlink("/dev/zero", path("endless.yaml")).unwrap();
        std::fs::create_dir(path("folder.yaml")).unwrap();
        let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(rustix::fs::CWD, path("pipe.yaml").as_str(), kind, mode, 0).unwrap();
        for name in ["endless.yaml", "folder.yaml", "pipe.yaml"] {
            let read = Bundle::read_file(&path(name), &environment, &mut Sources::new());
            assert!(matches!(read, Err(BundleFileError::Refused(_))), "{name}");
        }
        std::fs::write(path("binary.yaml"), b"\xff\xfe").unwrap();
        let read = Bundle::read_file(&path("binary.yaml"), &environment, &mut Sources::new());
        assert!(matches!(read, Err(BundleFileError::NotText { .. })));
    }
}
