//! The directory that holds unsealed secrets: where it is, and whether it may be trusted with
//! them. Stands alone because every check that keeps a value off the disk and away from others
//! is here.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{Mode, OFlags};

use crate::stack::{EnvironmentName, ProjectName};

/// File systems whose files live in memory: `TMPFS_MAGIC` and `RAMFS_MAGIC` of statfs(2).
const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// The file that says that portcullis made the directory, and lists what it put there.
pub(super) const RECORD: &str = ".portcullis";

/// An open directory of secrets: ours, closed to others.
#[derive(Debug)]
pub struct SecretsDirectory {
    pub(super) handle: OwnedFd,
    path: Utf8PathBuf,
    in_memory: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(
        "{path} is not in memory, so values would reach the disk; name a directory on a tmpfs \
         with `--to DIR`"
    )]
    NotInMemory { path: Utf8PathBuf },
    #[error("{path} {what}")]
    Untrusted { path: Utf8PathBuf, what: &'static str },
    #[error(
        "{path} holds files that portcullis did not put there; name an empty directory with \
         `--to DIR`"
    )]
    Foreign { path: Utf8PathBuf },
    #[error("{path}: {source}")]
    Io { path: Utf8PathBuf, source: io::Error },
}

/// Whether a directory must be in memory. Only a person who named one may ask for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    Memory,
    Anywhere,
}

/// The directory of an environment's secrets where a person names none: below `/run` for root
/// and `XDG_RUNTIME_DIR` for everybody else, or below `/dev/shm` where that is not in memory,
/// as on hosts whose `/run` is on the disk. `variable` looks up an environment variable.
pub fn default_directory(
    project: &ProjectName,
    environment: &EnvironmentName,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Utf8PathBuf, DirectoryError> {
    let user = rustix::process::geteuid().as_raw();
    let runtime = match user {
        0 => Some("/run".to_owned()),
        _ => variable("XDG_RUNTIME_DIR").filter(|path| path.starts_with('/')),
    };
    let shared = (Utf8PathBuf::from("/dev/shm"), format!("portcullis-{user}"));
    let runtime = runtime.map(|path| (Utf8PathBuf::from(path), "portcullis".to_owned()));
    let candidates: Vec<_> = runtime.into_iter().chain([shared]).collect();
    let usable = candidates.iter().find(|(base, _)| is_in_memory(base).unwrap_or(false));
    let below = |(base, own): &(Utf8PathBuf, String)| {
        base.join(own).join(project.as_str()).join(environment.as_str())
    };
    match (usable, candidates.first()) {
        (Some(candidate), _) => Ok(below(candidate)),
        (None, first) => {
            Err(DirectoryError::NotInMemory { path: first.map(below).unwrap_or_default() })
        }
    }
}

impl SecretsDirectory {
    /// Opens the directory, made with mode 0700 where it is missing, after checking that it
    /// and everything above it belong to this user or root, that nobody else may look inside,
    /// that it is in memory, and that no foreign file lies in it.
    pub fn open(path: &Utf8Path, storage: Storage) -> Result<Self, DirectoryError> {
        let io = |source| DirectoryError::Io { path: path.to_owned(), source };
        let untrusted = |what| DirectoryError::Untrusted { path: path.to_owned(), what };
        if fs_err::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(untrusted("is a symbolic link"));
        }
        let missing_in_memory = is_in_memory(nearest(path)).map_err(io)?;
        if storage == Storage::Memory && !missing_in_memory {
            return Err(DirectoryError::NotInMemory { path: path.to_owned() });
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io)?;
        let real = path.canonicalize_utf8().map_err(io)?;
        trust_above(&real)?;
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::open(real.as_str(), flags, Mode::empty());
        let handle = handle.map_err(|error| io(error.into()))?;
        let file = File::from(handle.try_clone().map_err(io)?);
        let metadata = file.metadata().map_err(io)?;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(untrusted("belongs to another user"));
        }
        if metadata.mode() & 0o077 != 0 {
            return Err(untrusted("is open to others; `chmod 700` closes it"));
        }
        let kind = rustix::fs::fstatfs(&handle).map_err(|error| io(error.into()))?;
        let in_memory = is_memory_type(&kind);
        if storage == Storage::Memory && !in_memory {
            return Err(DirectoryError::NotInMemory { path: path.to_owned() });
        }
        refuse_foreign(&real)?;
        // One writer at a time; the lock goes with the handle.
        let lock = rustix::fs::flock(&handle, rustix::fs::FlockOperation::NonBlockingLockExclusive);
        lock.map_err(|_| untrusted("is being written by another portcullis; try again"))?;
        Ok(Self { handle, path: real, in_memory })
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// False where the values are on a disk: worth a warning.
    pub fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    pub(super) fn error(&self, path: &Utf8Path, source: impl Into<io::Error>) -> DirectoryError {
        DirectoryError::Io { path: self.path.join(path), source: source.into() }
    }
}

/// The path itself, or what exists of it.
fn nearest(path: &Utf8Path) -> &Utf8Path {
    let existing = path.ancestors().find(|above| above.exists());
    existing.filter(|above| !above.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
}

fn is_in_memory(path: &Utf8Path) -> io::Result<bool> {
    Ok(is_memory_type(&rustix::fs::statfs(path.as_str())?))
}

/// The type's width differs between architectures; its 32 bits do not.
fn is_memory_type(found: &rustix::fs::StatFs) -> bool {
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss)]
    let kind = found.f_type as u64 & 0xffff_ffff;
    IN_MEMORY.contains(&kind)
}

/// Where a file is written before it is renamed to its place.
pub(super) fn staged(path: &Utf8Path) -> Utf8PathBuf {
    path.with_file_name(format!(".{}.new", path.file_name().unwrap_or_default()))
}

/// Whoever may rename a directory above could put another one in its place: each must belong
/// to root or this user, and be writable by others only with the sticky bit, as `/dev/shm` is.
fn trust_above(real: &Utf8Path) -> Result<(), DirectoryError> {
    let user = rustix::process::geteuid().as_raw();
    for above in real.ancestors().skip(1) {
        let metadata = fs_err::metadata(above)
            .map_err(|source| DirectoryError::Io { path: above.to_owned(), source })?;
        let untrusted = |what| DirectoryError::Untrusted { path: above.to_owned(), what };
        if ![0, user].contains(&metadata.uid()) {
            return Err(untrusted("belongs to another user, who could replace what is below"));
        }
        if metadata.mode() & 0o022 != 0 && metadata.mode() & 0o1000 == 0 {
            return Err(untrusted("is writable by others, who could replace what is below"));
        }
    }
    Ok(())
}

fn refuse_foreign(path: &Utf8Path) -> Result<(), DirectoryError> {
    let io = |source| DirectoryError::Io { path: path.to_owned(), source };
    // A first run that was cut short may have left the record beside its place.
    let unfinished = staged(Utf8Path::new(RECORD));
    let foreign = |entry: io::Result<camino::Utf8DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name() != unfinished)
    };
    if !path.join(RECORD).is_file() && path.read_dir_utf8().map_err(io)?.any(foreign) {
        return Err(DirectoryError::Foreign { path: path.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn home() -> (tempfile::TempDir, Utf8PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::try_from(home.path().to_owned()).unwrap();
        chmod(&path, 0o700);
        (home, path)
    }

    fn chmod(path: &Utf8Path, mode: u32) {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    fn refused(path: &Utf8Path) -> String {
        SecretsDirectory::open(path, Storage::Anywhere).unwrap_err().to_string()
    }

    #[test]
    fn a_directory_is_made_closed_to_others() {
        let (_home, path) = home();
        let directory = SecretsDirectory::open(&path.join("a/b"), Storage::Anywhere).unwrap();
        let mode = std::fs::metadata(directory.path()).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o700);
    }

    #[test]
    fn a_directory_on_a_disk_is_refused_and_one_in_memory_is_not() {
        let on_disk = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("target/secrets-on-disk");
        if !is_in_memory(nearest(&on_disk)).unwrap() {
            let refused = SecretsDirectory::open(&on_disk, Storage::Memory);
            assert!(matches!(refused, Err(DirectoryError::NotInMemory { .. })));
            assert!(!on_disk.exists());
        }
        let home = tempfile::tempdir_in("/dev/shm").unwrap();
        let path = Utf8Path::from_path(home.path()).unwrap().join("dev");
        assert!(SecretsDirectory::open(&path, Storage::Memory).unwrap().is_in_memory());
    }

    #[test]
    fn two_runs_do_not_write_at_once() {
        let (_home, path) = home();
        let first = SecretsDirectory::open(&path, Storage::Anywhere).unwrap();
        assert!(refused(&path).contains("is being written by another portcullis"));
        drop(first);
        assert!(SecretsDirectory::open(&path, Storage::Anywhere).is_ok());
    }

    #[test]
    fn what_others_could_read_or_replace_is_refused() {
        let (_home, path) = home();
        let open = path.join("open");
        std::fs::create_dir(&open).unwrap();
        chmod(&open, 0o750);
        assert!(refused(&open).contains("is open to others"));
        chmod(&open, 0o777);
        assert!(refused(&open.join("below")).contains("is writable by others"));
        let link = path.join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(refused(&link).contains("is a symbolic link"));
    }

    #[test]
    fn a_directory_with_other_files_is_left_alone() {
        let (_home, path) = home();
        std::fs::write(path.join("thesis.txt"), "years of work").unwrap();
        assert!(refused(&path).contains("holds files that portcullis did not put there"));
    }

    #[test]
    fn the_default_is_in_memory_and_names_project_and_environment() {
        let (project, environment) =
            (ProjectName::new("shop").unwrap(), EnvironmentName::new("dev").unwrap());
        let path = default_directory(&project, &environment, &|_| None).unwrap();
        assert!(path.ends_with("shop/dev"), "{path}");
        assert!(is_in_memory(nearest(&path)).unwrap());
    }
}
