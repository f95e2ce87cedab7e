//! What is to be read, and with which surroundings: everything that Compose takes from its command
//! line, from the shell and from the folder.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::Files;

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Compose files, each laid over those before it.
    pub files: Vec<Utf8PathBuf>,
    /// Folder that relative paths start from.
    pub folder: Utf8PathBuf,
    /// Name of the project; none: from the files, or the folder's.
    pub name: Option<String>,
    /// Variables of who runs Compose; they win over those of env files.
    pub environment: BTreeMap<String, String>,
    /// Env files; none: `.env` of the folder, where there is one.
    pub env_files: Vec<Utf8PathBuf>,
    /// Profiles that run; `*` is every one.
    pub profiles: BTreeSet<String>,
    /// False: variables stay as they are written.
    pub interpolate: bool,
}

/// Names that Compose looks for, the first that is there.
const NAMES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

impl Request {
    /// One file in its own folder, in an empty environment.
    pub fn of(file: impl Into<Utf8PathBuf>) -> Self {
        let file = file.into();
        let folder = file.parent().unwrap_or(Utf8Path::new("")).to_owned();
        Self {
            files: vec![file],
            folder,
            name: None,
            environment: BTreeMap::new(),
            env_files: Vec::new(),
            profiles: BTreeSet::new(),
            interpolate: true,
        }
    }

    /// The file that Compose takes in a folder, with its override; none where there is none.
    pub fn in_folder(folder: &Utf8Path, files: &dyn Files) -> Option<Self> {
        let there = |name: &str| {
            let path = folder.join(name);
            files.read(&path).is_ok().then_some(path)
        };
        let main = NAMES.iter().find_map(|name| there(name))?;
        let over = NAMES.iter().find_map(|name| {
            let (stem, ending) = name.rsplit_once('.')?;
            there(&format!("{stem}.override.{ending}"))
        });
        let mut request = Self::of(main);
        request.files.extend(over);
        Some(request)
    }
}
