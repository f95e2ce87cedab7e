//! The bundle's file on disk: read whole, written whole. Stands alone because it is the only
//! input and output of a bundle.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::Bundle;
use crate::diagnostic::{Diagnostic, Sources};
use crate::stack::EnvironmentName;
use crate::tree::{Disk, DiskError, Found, RealDisk, TreePath};
use crate::yaml::WriteError;

#[derive(Debug, thiserror::Error)]
pub enum BundleFileError {
    /// To be shown with its place in the file.
    #[error("{}", .0.message)]
    Unreadable(Box<Diagnostic>),
    #[error("{path} {source}")]
    Unwritable { path: Utf8PathBuf, source: WriteError },
    #[error("{path} is a symbolic link; a bundle is a file of its own")]
    Symlink { path: Utf8PathBuf },
    /// Something that is no bundle stands there: a link, a pipe, a folder, too many bytes.
    #[error(transparent)]
    Refused(#[from] DiskError),
    #[error("{path} is not UTF-8")]
    NotText { path: Utf8PathBuf },
    #[error("{path}: {source}")]
    Io { path: Utf8PathBuf, source: io::Error },
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

    /// Writes the bundle with mode 0600, whole at any moment: staged beside, synced, renamed.
    /// False where the file holds the same already.
    pub fn write_file(&self, path: &Utf8Path) -> Result<bool, BundleFileError> {
        let text = self
            .to_text()
            .map_err(|source| BundleFileError::Unwritable { path: path.to_owned(), source })?;
        if fs_err::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(BundleFileError::Symlink { path: path.to_owned() });
        }
        if fs_err::read(path).is_ok_and(|present| present == text.as_bytes()) {
            return Ok(false);
        }
        let written = replace(path, text.as_bytes());
        written.map_err(|source| BundleFileError::Io { path: path.to_owned(), source })?;
        Ok(true)
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

fn replace(path: &Utf8Path, text: &[u8]) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_str().is_empty());
    let directory = directory.unwrap_or(Utf8Path::new("."));
    fs_err::create_dir_all(directory)?;
    let mut staged = tempfile::Builder::new()
        .permissions(PermissionsExt::from_mode(0o600))
        .tempfile_in(directory)?;
    staged.write_all(text)?;
    staged.as_file().sync_all()?;
    staged.persist(path)?;
    fs_err::File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_written_for_its_owner_and_only_when_it_changed() {
        let home = tempfile::tempdir().unwrap();
        let project = Utf8Path::from_path(home.path()).unwrap();
        let environment = EnvironmentName::new("dev").unwrap();
        let path = bundle_path(project, &environment);
        let bundle = Bundle::read_file(&path, &environment, &mut Sources::new()).unwrap();
        assert_eq!(bundle, Bundle::new(environment.clone()));
        assert!(bundle.write_file(&path).unwrap());
        assert!(!bundle.write_file(&path).unwrap());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Bundle::read_file(&path, &environment, &mut Sources::new()).unwrap(), bundle);
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn a_symlink_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(home.path()).unwrap().join("dev.yaml");
        std::os::unix::fs::symlink("elsewhere", &path).unwrap();
        let refused = Bundle::new(EnvironmentName::new("dev").unwrap()).write_file(&path);
        assert!(matches!(refused, Err(BundleFileError::Symlink { .. })));
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
