//! The files that a command line names: those of this machine, and standard input as `-`, which
//! Docker Compose takes too.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Failure, World};
use crate::compose::load::{Disk, Files, Unreadable};

/// Where files are read from; standard input is read once, as it is there only once.
pub(super) struct Named {
    input: Option<String>,
}

/// How standard input is named.
const INPUT: &str = "-";

impl Named {
    /// Files of which `names` may ask for standard input.
    pub(super) fn new(names: &[Utf8PathBuf], world: &World<'_>) -> Result<Self, Failure> {
        let input = match names.iter().any(|name| name == INPUT) {
            false => None,
            true => {
                let not_text = || Failure::Input("error: standard input is not UTF-8".into());
                Some(world.input()?.text().ok_or_else(not_text)?.to_owned())
            }
        };
        Ok(Self { input })
    }
}

impl Files for Named {
    fn read(&self, path: &Utf8Path) -> Result<String, Unreadable> {
        match &self.input {
            Some(text) if path == INPUT => Ok(text.clone()),
            _ => Disk.read(path),
        }
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        Disk.is_folder(path)
    }

    fn list(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        Disk.list(folder)
    }

    fn is_link(&self, path: &Utf8Path) -> bool {
        Disk.is_link(path)
    }
}
