//! The [`Disk`] of the operating system.
//!
//! Every call opens the folders of its path one by one, relative to the folder before and without
//! following symbolic links, so that no link, even one put there meanwhile, leads out of the root.

use super::disk::{Disk, DiskError, Found};
use super::{Mode, TreePath};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{self as sys, AtFlags, FileType, OFlags};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

/// No file of a project is larger; what is, is not read into memory. In bytes.
const LARGEST: u64 = 64 << 20;
/// From this many files on, one `syncfs` for the whole file system costs less than an `fsync` each.
const MANY: usize = 16;
const READ: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

/// A folder of the real disk.
#[derive(Debug)]
pub struct RealDisk {
    root: OwnedFd,
    place: Utf8PathBuf,
}

impl RealDisk {
    /// Opens the folder `root`, which may itself be reached through symbolic links.
    pub fn open(root: &Utf8Path) -> Result<Self, DiskError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match sys::open(root.as_std_path(), flags, sys::Mode::empty()) {
            Ok(fd) => Ok(Self { root: fd, place: root.to_owned() }),
            Err(errno) => Err(io("open", root.to_string(), errno)),
        }
    }

    /// Opens `root` for a command that reads, thinks and writes: until this value is dropped (or the
    /// process dies) no second one gets it, but [`DiskError::Busy`].
    pub fn open_alone(root: &Utf8Path) -> Result<Self, DiskError> {
        let disk = Self::open(root)?;
        match sys::flock(&disk.root, sys::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(disk),
            Err(Errno::WOULDBLOCK) => Err(DiskError::Busy { path: root.to_string() }),
            Err(errno) => Err(io("lock", root.to_string(), errno)),
        }
    }

    /// The folder that holds `path`.
    fn holder(&self, path: &TreePath) -> Result<OwnedFd, DiskError> {
        self.folder(path.parent().as_ref())
    }

    /// A folder below the root, or the root itself.
    fn folder(&self, path: Option<&TreePath>) -> Result<OwnedFd, DiskError> {
        let mut folder = sys::openat(&self.root, ".", READ | OFlags::DIRECTORY, no_mode())
            .map_err(|errno| io("open", self.place.to_string(), errno))?;
        let mut walked = self.place.clone();
        for part in path.into_iter().flat_map(TreePath::parts) {
            walked.push(part);
            folder = sys::openat(&folder, part, READ | OFlags::DIRECTORY, no_mode())
                .map_err(|errno| why_no_folder(&folder, part, &walked, errno))?;
        }
        Ok(folder)
    }

    fn failed<'a>(
        &'a self,
        action: &'static str,
        path: &'a TreePath,
    ) -> impl Fn(Errno) -> DiskError + 'a {
        move |errno| io(action, self.shown(path), errno)
    }

    fn read(&self, holder: &OwnedFd, path: &TreePath) -> Result<Found, DiskError> {
        // NONBLOCK: should a pipe have taken the file's place meanwhile, opening must not wait.
        let fd = sys::openat(holder, path.name(), READ | OFlags::NONBLOCK, no_mode())
            .map_err(self.failed("read", path))?;
        let stat = sys::fstat(&fd).map_err(self.failed("read", path))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Found::Other);
        }
        let mut bytes = Vec::new();
        std::fs::File::from(fd)
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| DiskError::Io { action: "read", path: self.shown(path), source })?;
        if bytes.len() as u64 > LARGEST {
            return Err(DiskError::TooLarge { path: self.shown(path), limit: LARGEST });
        }
        Ok(Found::File { bytes, bits: stat.st_mode & 0o7777 })
    }
}

impl Disk for RealDisk {
    fn look(&self, path: &TreePath) -> Result<Found, DiskError> {
        let holder = match self.holder(path) {
            Ok(holder) => holder,
            Err(DiskError::NotAFolder { .. }) => return Ok(Found::Nothing),
            Err(error) if is_missing(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        let stat = match sys::statat(&holder, path.name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Ok(Found::Nothing),
            Err(errno) => return Err(self.failed("look at", path)(errno)),
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => self.read(&holder, path),
            FileType::Directory => Ok(Found::Folder),
            FileType::Symlink => Err(DiskError::Symlink { path: self.shown(path) }),
            _ => Ok(Found::Other),
        }
    }

    fn list(&self, folder: &TreePath) -> Result<Vec<String>, DiskError> {
        let fd = match self.folder(Some(folder)) {
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in sys::Dir::new(fd).map_err(self.failed("list", folder))? {
            let entry = entry.map_err(self.failed("list", folder))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.retain(|name| name != "." && name != "..");
        names.sort();
        Ok(names)
    }

    fn shown(&self, path: &TreePath) -> String {
        if self.place == "." { path.to_string() } else { self.place.join(path.as_str()).into() }
    }

    fn create_folder(&self, path: &TreePath, private: bool) -> Result<(), DiskError> {
        let mode = sys::Mode::from_raw_mode(if private { 0o700 } else { 0o755 });
        let holder = self.holder(path)?;
        sys::mkdirat(&holder, path.name(), mode).map_err(self.failed("create", path))?;
        // Containers read generated folders under users of their own: the umask must not close them.
        let made = self.folder(Some(path))?;
        sys::fchmod(&made, mode).map_err(self.failed("set the permissions of", path))
    }

    fn create_file(&self, path: &TreePath, bytes: &[u8], mode: Mode) -> Result<(), DiskError> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = sys::Mode::from_raw_mode(mode.bits());
        let fd = sys::openat(&self.holder(path)?, path.name(), flags | OFlags::NOFOLLOW, mode)
            .map_err(self.failed("create", path))?;
        sys::fchmod(&fd, mode).map_err(self.failed("set the permissions of", path))?;
        std::fs::File::from(fd).write_all(bytes).map_err(|source| DiskError::Io {
            action: "write",
            path: self.shown(path),
            source,
        })
    }

    fn sync_files(&self, files: &[TreePath]) -> Result<(), DiskError> {
        if let Some(first) = files.first().filter(|_| files.len() > MANY)
            && sync_all(&self.holder(first)?).map_err(self.failed("sync", first))?
        {
            return Ok(());
        }
        for path in files {
            let fd = sys::openat(&self.holder(path)?, path.name(), READ, no_mode())
                .map_err(self.failed("sync", path))?;
            sys::fsync(&fd).map_err(self.failed("sync", path))?;
        }
        Ok(())
    }

    fn sync_names(&self, paths: &[TreePath]) -> Result<(), DiskError> {
        let holders: BTreeSet<Option<TreePath>> = paths.iter().map(TreePath::parent).collect();
        for holder in &holders {
            let fd = match self.folder(holder.as_ref()) {
                // It was removed itself, under a name that is synced as well.
                Err(DiskError::NotAFolder { .. }) => continue,
                Err(error) if is_missing(&error) => continue,
                other => other?,
            };
            let failed = |errno| io("sync", self.place.to_string(), errno);
            if holders.len() > MANY && sync_all(&fd).map_err(failed)? {
                return Ok(());
            }
            match sys::fsync(&fd) {
                // Some network file systems cannot sync a folder and say so this way.
                Ok(()) | Err(Errno::INVAL) => {}
                Err(errno) => return Err(failed(errno)),
            }
        }
        Ok(())
    }

    fn rename(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        sys::renameat(self.holder(from)?, from.name(), self.holder(to)?, to.name())
            .map_err(self.failed("replace", to))
    }

    fn rename_new(&self, from: &TreePath, to: &TreePath) -> Result<(), DiskError> {
        let (source, target) = (self.holder(from)?, self.holder(to)?);
        // A link fails where the name is taken, on every file system that has links.
        sys::linkat(&source, from.name(), &target, to.name(), AtFlags::empty()).map_err(
            |errno| match errno {
                Errno::EXIST => DiskError::Exists { path: self.shown(to) },
                errno => self.failed("create", to)(errno),
            },
        )?;
        self.remove_file(from)
    }

    fn remove_file(&self, path: &TreePath) -> Result<(), DiskError> {
        match sys::unlinkat(self.holder(path)?, path.name(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(self.failed("remove", path)(errno)),
        }
    }

    fn remove_folder(&self, path: &TreePath) -> Result<(), DiskError> {
        let holder = match self.holder(path) {
            Err(error) if is_missing(&error) => return Ok(()),
            other => other?,
        };
        match sys::unlinkat(holder, path.name(), AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(()),
            Err(errno) => Err(self.failed("remove", path)(errno)),
        }
    }
}

fn no_mode() -> sys::Mode {
    sys::Mode::empty()
}

fn io(action: &'static str, path: String, errno: Errno) -> DiskError {
    DiskError::Io { action, path, source: errno.into() }
}

fn is_missing(error: &DiskError) -> bool {
    matches!(error, DiskError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
}

/// Tells a symbolic link (which gives one of two error numbers) from a file.
fn why_no_folder(holder: &OwnedFd, name: &str, walked: &Utf8Path, errno: Errno) -> DiskError {
    if !matches!(errno, Errno::NOTDIR | Errno::LOOP) {
        return io("open", walked.to_string(), errno);
    }
    let path = walked.to_string();
    match sys::statat(holder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => {
            DiskError::Symlink { path }
        }
        _ => DiskError::NotAFolder { path },
    }
}

/// Syncs the whole file system that holds `fd`, where the system can; says whether it did.
#[cfg(target_os = "linux")]
fn sync_all(fd: &OwnedFd) -> Result<bool, Errno> {
    sys::syncfs(fd).map(|()| true)
}

#[cfg(not(target_os = "linux"))]
fn sync_all(_fd: &OwnedFd) -> Result<bool, Errno> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// A project with a link `inside` to a folder elsewhere that holds the file `kept`.
    fn linked() -> (tempfile::TempDir, tempfile::TempDir, RealDisk) {
        let (project, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(elsewhere.path().join("kept"), "kept").unwrap();
        fs::write(project.path().join("file"), "file").unwrap();
        symlink(elsewhere.path(), project.path().join("inside")).unwrap();
        let disk = RealDisk::open(Utf8Path::from_path(project.path()).unwrap()).unwrap();
        (project, elsewhere, disk)
    }

    #[test]
    fn no_call_follows_a_link() {
        let (_project, elsewhere, disk) = linked();
        let path = |p: &str| TreePath::new(p).unwrap();
        let [file, kept, new] = [path("file"), path("inside/kept"), path("inside/new")];
        let results = [
            disk.look(&kept).map(drop),
            disk.list(&path("inside")).map(drop),
            disk.create_folder(&new, false),
            disk.create_file(&new, b"", Mode::Plain),
            disk.sync_files(std::slice::from_ref(&kept)),
            disk.rename(&file, &kept),
            disk.rename(&kept, &file),
            disk.rename_new(&file, &new),
            disk.remove_file(&kept),
            disk.remove_folder(&kept),
        ];
        for (number, result) in results.iter().enumerate() {
            assert!(matches!(result, Err(DiskError::Symlink { .. })), "{number}: {result:?}");
        }
        let left: Vec<_> = fs::read_dir(elsewhere.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(fs::read(elsewhere.path().join("kept")).unwrap(), b"kept");
    }

    #[test]
    fn a_link_itself_can_be_removed() {
        let (project, elsewhere, disk) = linked();
        disk.remove_file(&TreePath::new("inside").unwrap()).unwrap();
        assert!(!project.path().join("inside").exists() && elsewhere.path().exists());
    }

    #[test]
    fn a_pipe_does_not_stop_a_look() {
        let (project, _elsewhere, disk) = linked();
        let pipe = std::process::Command::new("mkfifo").arg(project.path().join("pipe")).status();
        assert!(pipe.unwrap().success());
        assert_eq!(disk.look(&TreePath::new("pipe").unwrap()).unwrap(), Found::Other);
    }

    #[test]
    fn what_no_project_holds_is_not_read() {
        let (project, _elsewhere, disk) = linked();
        fs::File::create(project.path().join("big")).unwrap().set_len(LARGEST + 1).unwrap();
        let looked = disk.look(&TreePath::new("big").unwrap());
        assert!(matches!(looked, Err(DiskError::TooLarge { .. })));
    }

    #[test]
    fn many_files_are_synced_as_few_are() {
        let (_project, _elsewhere, disk) = linked();
        let paths: Vec<_> = (0..=MANY).map(|n| TreePath::new(&format!("{n}")).unwrap()).collect();
        for path in &paths {
            disk.create_file(path, b"x", Mode::Plain).unwrap();
        }
        disk.sync_files(&paths).unwrap();
        disk.sync_names(&paths).unwrap();
        let missing = [TreePath::new("missing/file").unwrap()];
        assert!(disk.sync_files(&missing).is_err());
        disk.sync_names(&missing).unwrap();
    }
}
