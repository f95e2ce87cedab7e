//! Writes a set of secret files into their directory: staged together, renamed one by one,
//! whatever is left of an earlier set removed. Stands alone because a half-written set must
//! not be possible.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::OpenBundle;
use super::SecretValue;
use super::directory::{DirectoryError, RECORD, SecretsDirectory, staged};
use super::unseal_files::{Access, SecretFile, SecretFiles, unseal_files};
use super::values::Fault;
use crate::stack::Stack;

/// What became of the files, each list sorted. A service that mounts a changed file sees it
/// only after a restart; `tls/` is mounted as a directory and needs none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// New, or with another value or reader than before.
    pub changed: Vec<Utf8PathBuf>,
    pub removed: Vec<Utf8PathBuf>,
}

/// What an unsealing came to: the whole set, or none of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsealed {
    Installed(Installed),
    /// Nothing was written, and what an earlier run had left is gone.
    Refused {
        faults: Vec<Fault>,
        removed: Vec<Utf8PathBuf>,
    },
}

/// Owner, group and mode of a file.
type Rights = (u32, u32, u32);

impl SecretsDirectory {
    /// Puts every secret file of `stack` into the directory. Where a value is missing, empty or
    /// too short, the directory is emptied instead: no stack starts with old or partial secrets.
    pub fn unseal(&self, stack: &Stack, open: &OpenBundle) -> Result<Unsealed, DirectoryError> {
        match unseal_files(stack, open) {
            Ok(files) => Ok(Unsealed::Installed(self.install(&files)?)),
            Err(faults) => Ok(Unsealed::Refused { faults, removed: self.clear()? }),
        }
    }

    /// Puts exactly `files` into the directory. Files that are there and equal stay untouched;
    /// an error before the first rename leaves the earlier set as it was.
    pub fn install(&self, files: &SecretFiles) -> Result<Installed, DirectoryError> {
        let before = self.recorded()?;
        let wanted: BTreeSet<Utf8PathBuf> = files.keys().cloned().collect();
        let either: BTreeSet<Utf8PathBuf> = before.union(&wanted).cloned().collect();
        self.record(&either)?;
        let mut changed = Vec::new();
        for (path, file) in files {
            match self.stage(path, file) {
                Ok(true) => changed.push(path.clone()),
                Ok(false) => {}
                Err(error) => {
                    // The first error is the one to tell; what cannot be unlinked is staged over
                    // by the next run.
                    changed.iter().chain([path]).for_each(|path| drop(self.unlink(&staged(path))));
                    self.record(&before)?;
                    return Err(error);
                }
            }
        }
        for path in &changed {
            let renamed = rustix::fs::renameat(
                &self.handle,
                staged(path).as_str(),
                &self.handle,
                path.as_str(),
            );
            renamed.map_err(|error| self.error(path, error))?;
        }
        let removed = self.remove(before.difference(&wanted))?;
        self.record(&wanted)?;
        Ok(Installed { changed, removed })
    }

    /// Removes every file that an earlier run left. The directories stay, since containers may have mounted them.
    pub fn clear(&self) -> Result<Vec<Utf8PathBuf>, DirectoryError> {
        let removed = self.remove(self.recorded()?.iter())?;
        self.record(&BTreeSet::new())?;
        Ok(removed)
    }

    /// Writes a file beside its place. False where the place holds the same already.
    fn stage(&self, path: &Utf8Path, file: &SecretFile) -> Result<bool, DirectoryError> {
        let error = |error: io::Error| self.error(path, error);
        if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
            self.make_directory(parent).map_err(error)?;
        }
        let rights = rights(file.access);
        if self.holds(path, file, rights).map_err(error)? {
            return Ok(false);
        }
        let beside = staged(path);
        self.unlink(&beside)?;
        self.write_new(&beside, file.value.expose(), rights).map_err(error)?;
        Ok(true)
    }

    fn holds(&self, path: &Utf8Path, file: &SecretFile, rights: Rights) -> io::Result<bool> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let mut present = match self.openat(path, flags, 0) {
            Ok(handle) => File::from(handle),
            // Whatever cannot be read is replaced.
            Err(Errno::NOENT | Errno::ACCESS | Errno::LOOP) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let metadata = present.metadata()?;
        let found = (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777);
        if !metadata.is_file() || found != rights {
            return Ok(false);
        }
        let mut value = Vec::new();
        present.read_to_end(&mut value)?;
        Ok(SecretValue::new(value) == file.value)
    }

    /// A file that did not exist, open to nobody until its owner is set.
    fn write_new(&self, path: &Utf8Path, bytes: &[u8], rights: Rights) -> io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(self.openat(path, flags, 0o600)?);
        file.write_all(bytes)?;
        let (owner, group, mode) = rights;
        std::os::unix::fs::fchown(&file, Some(owner), Some(group))?;
        file.set_permissions(PermissionsExt::from_mode(mode))?;
        file.sync_all()
    }

    fn openat(&self, path: &Utf8Path, flags: OFlags, mode: u32) -> Result<OwnedFd, Errno> {
        rustix::fs::openat(&self.handle, path.as_str(), flags, Mode::from_raw_mode(mode))
    }

    /// A directory that the programs inside containers may enter; the one above is closed to
    /// everybody else on the host.
    fn make_directory(&self, path: &Utf8Path) -> io::Result<()> {
        let made = rustix::fs::mkdirat(&self.handle, path.as_str(), Mode::from_raw_mode(0o755));
        match made {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = File::from(self.openat(path, flags, 0)?);
        directory.set_permissions(PermissionsExt::from_mode(0o755))
    }

    fn remove<'a>(
        &self,
        paths: impl Iterator<Item = &'a Utf8PathBuf>,
    ) -> Result<Vec<Utf8PathBuf>, DirectoryError> {
        let mut removed = Vec::new();
        for path in paths {
            self.unlink(&staged(path))?;
            if self.unlink(path)? {
                removed.push(path.clone());
            }
        }
        Ok(removed)
    }

    /// False where there was nothing.
    fn unlink(&self, path: &Utf8Path) -> Result<bool, DirectoryError> {
        match rustix::fs::unlinkat(&self.handle, path.as_str(), AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(self.error(path, error)),
        }
    }

    /// The files that an earlier run put here.
    fn recorded(&self) -> Result<BTreeSet<Utf8PathBuf>, DirectoryError> {
        match fs_err::read_to_string(self.path().join(RECORD)) {
            Ok(text) => Ok(text.lines().map(Utf8PathBuf::from).filter(|p| is_below(p)).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(self.error(Utf8Path::new(RECORD), error)),
        }
    }

    fn record(&self, paths: &BTreeSet<Utf8PathBuf>) -> Result<(), DirectoryError> {
        let record = Utf8Path::new(RECORD);
        let lines: String = paths.iter().map(|path| format!("{path}\n")).collect();
        let beside = staged(record);
        self.unlink(&beside)?;
        let (owner, group, _) = rights(Access::Everybody);
        let written = self.write_new(&beside, lines.as_bytes(), (owner, group, 0o600));
        written.map_err(|error| self.error(record, error))?;
        rustix::fs::renameat(&self.handle, beside.as_str(), &self.handle, RECORD)
            .map_err(|error| self.error(record, error))
    }
}

/// Root gives a file to its readers; anybody else opens it to all who can enter the directory,
/// which are root and, through a mount, the readers' containers.
fn rights(access: Access) -> Rights {
    let user = rustix::process::geteuid().as_raw();
    let group = rustix::process::getegid().as_raw();
    match access {
        Access::User(reader) if user == 0 => (reader, 0, 0o400),
        Access::Group(readers) if user == 0 => (0, readers, 0o440),
        Access::Everybody | Access::User(_) | Access::Group(_) => (user, group, 0o444),
    }
}

/// A relative path of plain names.
fn is_below(path: &Utf8Path) -> bool {
    let plain = |part| matches!(part, camino::Utf8Component::Normal(_));
    path.components().next().is_some() && path.components().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::Storage;
    use super::*;

    fn files(files: &[(&str, &str, Access)]) -> SecretFiles {
        let file = |(path, value, access): &(&str, &str, Access)| {
            (Utf8PathBuf::from(*path), SecretFile { value: (*value).into(), access: *access })
        };
        files.iter().map(file).collect()
    }

    fn directory() -> (tempfile::TempDir, SecretsDirectory) {
        let home = tempfile::tempdir_in("/dev/shm").unwrap();
        let path = Utf8Path::from_path(home.path()).unwrap().join("dev");
        let directory = SecretsDirectory::open(&path, Storage::Memory).unwrap();
        (home, directory)
    }

    fn listed(directory: &SecretsDirectory) -> Vec<String> {
        let names = |path: &Utf8Path| -> Vec<String> {
            let entries = path.read_dir_utf8().unwrap();
            entries.map(|entry| entry.unwrap().file_name().to_owned()).collect()
        };
        let mut all = names(directory.path());
        all.extend(names(&directory.path().join("tls")));
        all.sort();
        all
    }

    #[test]
    fn a_set_is_replaced_by_the_next_one_and_only_changes_are_named() {
        let (_home, directory) = directory();
        let first = files(&[
            ("a_key", "one", Access::Everybody),
            ("b_key", "two", Access::User(999)),
            ("tls/a.example.pem", "pem", Access::User(101)),
        ]);
        let installed = directory.install(&first).unwrap();
        assert_eq!(installed.changed, ["a_key", "b_key", "tls/a.example.pem"]);
        assert_eq!(directory.install(&first).unwrap(), Installed::default());
        let second = files(&[
            ("a_key", "one", Access::Everybody),
            ("b_key", "three", Access::User(999)),
            ("tls/b.example.pem", "pem", Access::User(101)),
        ]);
        let installed = directory.install(&second).unwrap();
        assert_eq!(installed.changed, ["b_key", "tls/b.example.pem"]);
        assert_eq!(installed.removed, ["tls/a.example.pem"]);
        assert_eq!(listed(&directory), [RECORD, "a_key", "b.example.pem", "b_key", "tls"]);
        let read = std::fs::read_to_string(directory.path().join("b_key")).unwrap();
        assert_eq!(read, "three");
    }

    #[test]
    fn clearing_leaves_no_value_and_no_foreign_file_is_touched() {
        let (_home, directory) = directory();
        directory
            .install(&files(&[
                ("a", "1", Access::Everybody),
                ("tls/h.pem", "2", Access::User(101)),
            ]))
            .unwrap();
        std::fs::write(directory.path().join("notes"), "kept").unwrap();
        assert_eq!(directory.clear().unwrap(), ["a", "tls/h.pem"]);
        assert_eq!(listed(&directory), [RECORD, "notes", "tls"]);
        drop(directory.clear().unwrap());
    }

    #[test]
    fn each_reader_gets_its_file_and_nobody_else() {
        let (_home, directory) = directory();
        let set = files(&[
            ("all", "1", Access::Everybody),
            ("one", "2", Access::User(999)),
            ("some", "3", Access::Group(20_001)),
        ]);
        directory.install(&set).unwrap();
        let rights_of = |name: &str| {
            let metadata = std::fs::metadata(directory.path().join(name)).unwrap();
            (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777)
        };
        let (user, group) =
            (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        assert_eq!(rights_of("all"), (user, group, 0o444));
        let given = |rights: Rights| if user == 0 { rights } else { (user, group, 0o444) };
        assert_eq!(rights_of("one"), given((999, 0, 0o400)));
        assert_eq!(rights_of("some"), given((0, 20_001, 0o440)));
        let wider = files(&[("one", "2", Access::Everybody)]);
        let installed = directory.install(&wider).unwrap();
        assert_eq!(installed.changed.len(), usize::from(user == 0));
        assert_eq!(rights_of("one"), (user, group, 0o444));
    }

    #[test]
    fn a_set_that_cannot_be_staged_changes_nothing() {
        let (_home, directory) = directory();
        directory.install(&files(&[("a", "old", Access::Everybody)])).unwrap();
        let long = "x".repeat(300);
        let set = files(&[("a", "new", Access::Everybody), (&long, "y", Access::Everybody)]);
        assert!(directory.install(&set).is_err());
        assert_eq!(std::fs::read_to_string(directory.path().join("a")).unwrap(), "old");
        assert!(!directory.path().join(".a.new").exists());
        assert_eq!(directory.clear().unwrap(), ["a"]);
    }

    #[test]
    fn a_link_in_a_files_place_is_replaced_and_not_followed() {
        let (home, directory) = directory();
        directory.install(&files(&[("a", "old", Access::Everybody)])).unwrap();
        let outside = home.path().join("outside");
        std::fs::write(&outside, "untouched").unwrap();
        std::fs::remove_file(directory.path().join("a")).unwrap();
        std::os::unix::fs::symlink(&outside, directory.path().join("a")).unwrap();
        directory.install(&files(&[("a", "new", Access::Everybody)])).unwrap();
        assert_eq!(std::fs::read_to_string(&outside).unwrap(), "untouched");
        assert!(!directory.path().join("a").is_symlink());
    }
}
