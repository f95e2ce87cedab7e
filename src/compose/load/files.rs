//! Where files come from: the loader itself touches no disk, so that it can be tested and so that
//! whoever calls it decides what may be read.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// Files by their paths.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// [`Unreadable`] says why there is none.
    fn read(&self, path: &Utf8Path) -> Result<String, Unreadable>;

    /// True where a folder stands at the path.
    fn is_folder(&self, path: &Utf8Path) -> bool;

    /// What stands in a folder, sorted; nothing where it cannot be listed.
    fn list(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf>;

    /// True where a symbolic link stands at the path.
    fn is_link(&self, _path: &Utf8Path) -> bool {
        false
    }
}

/// Why a file has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is none.
    #[error("it does not exist")]
    Missing,
    /// It is a folder, or something else that is no file.
    #[error("it is not a file")]
    NotAFile,
    /// It is larger than is read.
    #[error("it is larger than {} MiB", crate::yaml::MAX_BYTES >> 20)]
    TooLarge,
    /// It is not UTF-8.
    #[error("it is not text")]
    NotText,
    /// The system refused.
    #[error("it cannot be read")]
    Refused,
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Utf8Path) -> Result<String, Unreadable> {
        let about = fs_err::metadata(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Unreadable::Missing,
            _ => Unreadable::Refused,
        })?;
        // What the kernel makes up, such as `/proc/self/environ`, is no file of a project.
        let whole = path.canonicalize_utf8().map_err(|_| Unreadable::Refused)?;
        let made_up = ["/proc", "/sys"].iter().any(|folder| whole.starts_with(folder));
        if !about.is_file() || made_up {
            return Err(Unreadable::NotAFile);
        }
        if about.len() > crate::yaml::MAX_BYTES as u64 {
            return Err(Unreadable::TooLarge);
        }
        let bytes = fs_err::read(path).map_err(|_| Unreadable::Refused)?;
        String::from_utf8(bytes).map_err(|_| Unreadable::NotText)
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        path.is_dir()
    }

    fn list(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        let entries = folder.read_dir_utf8().into_iter().flatten();
        let mut paths: Vec<_> =
            entries.filter_map(|entry| Some(entry.ok()?.path().to_owned())).collect();
        paths.sort();
        paths
    }

    fn is_link(&self, path: &Utf8Path) -> bool {
        path.is_symlink()
    }
}

/// Files that are only in memory, for tests.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<Utf8PathBuf, String>);

impl Memory {
    /// Files by paths and texts.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.into(), text.to_owned())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &Utf8Path) -> Result<String, Unreadable> {
        match self.0.get(path) {
            Some(text) => Ok(text.clone()),
            None if self.is_folder(path) => Err(Unreadable::NotAFile),
            None => Err(Unreadable::Missing),
        }
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.0.keys().any(|file| file != path && file.starts_with(path))
    }

    fn list(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        let below = self.0.keys().filter_map(|file| file.strip_prefix(folder).ok()?.iter().next());
        let paths: std::collections::BTreeSet<_> = below.map(|name| folder.join(name)).collect();
        paths.into_iter().collect()
    }
}
