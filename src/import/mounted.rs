//! The files that services mount from the project's folder: programs are often told there, and not
//! in their settings, whom they talk to.
//!
//! Apart because it is the only walk over folders of an import. It is bounded, and never leaves the
//! project: no absolute path, no `..`, no symbolic link.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::compose::Service;
use crate::compose::load::{Files, Project};

/// Texts by the paths that mounts name; below a mounted folder, that path and the file's within it.
pub(super) type Texts = BTreeMap<String, String>;

/// Files that are read of one folder.
const FILES: usize = 64;
/// Entries that are looked at in one folder, with all below it.
const ENTRIES: usize = 1000;
/// Files that are read of a project.
const ALL: usize = 400;
/// Folders within folders.
const DEPTH: usize = 4;
/// Bytes of a file: what is longer is data.
const BYTES: usize = 256 * 1024;

/// Names of configuration end so; a folder may hold the whole source of a program besides.
const ENDS: [&str; 24] = [
    "alloy",
    "cfg",
    "cnf",
    "conf",
    "config",
    "env",
    "hcl",
    "ini",
    "j2",
    "json",
    "jsonc",
    "properties",
    "river",
    "rules",
    "settings",
    "sh",
    "template",
    "tmpl",
    "toml",
    "tpl",
    "vcl",
    "xml",
    "yaml",
    "yml",
];

/// Folders of other people's programs, and of what does not run with this one.
const FOREIGN: [&str; 8] =
    ["__pycache__", "docs", "examples", "node_modules", "test", "tests", "vendor", "venv"];

/// The text files that the services of a project mount from its folder.
pub(super) fn texts(project: &Project, folder: &Utf8Path, files: &dyn Files) -> Texts {
    let services = project.file.services.values();
    let sources: BTreeSet<&str> =
        services.flat_map(|service| sources(project, service)).filter(|s| is_inside(s)).collect();
    let mut reading = Reading { files, texts: Texts::new(), entries: 0, left: 0 };
    let there = |source: &&str| !through_link(folder, source, files);
    let (folders, single): (Vec<&str>, Vec<&str>) =
        sources.into_iter().filter(there).partition(|source| files.is_folder(&folder.join(source)));
    for source in single {
        reading.left = 1;
        reading.file(&folder.join(source), source);
    }
    for source in folders {
        (reading.left, reading.entries) = (FILES, ENTRIES);
        reading.folder(&folder.join(source), source.trim_end_matches('/'), DEPTH);
    }
    reading.texts
}

/// Paths of the project that a service mounts, as it names them.
fn sources<'a>(project: &'a Project, service: &'a Service) -> impl Iterator<Item = &'a str> {
    let binds = service.volumes.iter().filter(|mount| mount.kind.as_deref() == Some("bind"));
    let configs = service.configs.iter().filter_map(|config| {
        let source = project.file.configs.get(config.source())?;
        source.file.as_deref()
    });
    binds.filter_map(|mount| mount.source.as_deref()).chain(configs)
}

fn is_inside(source: &str) -> bool {
    !source.is_empty()
        && !source.starts_with(['/', '~'])
        && !source.contains("://")
        && source.split('/').all(|part| part != "..")
}

/// Whether a symbolic link stands on the way from the project's folder.
fn through_link(folder: &Utf8Path, source: &str, files: &dyn Files) -> bool {
    let mut path = folder.to_owned();
    source.split('/').filter(|part| !matches!(*part, "" | ".")).any(|part| {
        path.push(part);
        files.is_link(&path)
    })
}

struct Reading<'a> {
    files: &'a dyn Files,
    texts: Texts,
    /// Entries of the folder that may still be looked at.
    entries: usize,
    /// Files of it that may still be read.
    left: usize,
}

impl Reading<'_> {
    fn file(&mut self, path: &Utf8Path, name: &str) {
        if self.left == 0 || self.texts.len() >= ALL {
            return;
        }
        self.left -= 1;
        if let Ok(text) = self.files.read(path)
            && text.len() <= BYTES
            && !text.contains('\0')
        {
            self.texts.insert(name.to_owned(), text);
        }
    }

    fn folder(&mut self, path: &Utf8Path, name: &str, depth: usize) {
        let (folders, files): (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>) = self
            .files
            .list(path)
            .into_iter()
            .take(self.entries)
            .filter(|entry| !self.files.is_link(entry))
            .partition(|entry| self.files.is_folder(entry));
        self.entries = self.entries.saturating_sub(folders.len() + files.len());
        for entry in files {
            let own = entry.file_name().unwrap_or_default();
            if is_configuration(own) {
                self.file(&entry, &format!("{name}/{own}"));
            }
        }
        for entry in folders.into_iter().filter(|_| depth > 0) {
            let own = entry.file_name().unwrap_or_default();
            if !own.starts_with('.') && !FOREIGN.contains(&own) {
                self.folder(&entry, &format!("{name}/{own}"), depth - 1);
            }
        }
    }
}

/// By its name; a Compose file names every service, and configures none.
fn is_configuration(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let model = lower.starts_with("docker-compose") || lower.starts_with("compose.");
    let plain = !lower.contains('.') && !lower.starts_with("dockerfile");
    let ending = lower.rsplit_once('.').map(|(_, end)| end).unwrap_or_default();
    let hidden = lower.starts_with('.') && lower != ".env";
    !model && !hidden && (plain || ENDS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::load::{Disk, Memory, Request, load};
    use crate::diagnostic::{Problems, Sources};

    /// Names of what is read where a service mounts `volumes`.
    fn names(folder: &str, volumes: &str, files: &dyn Files) -> Vec<String> {
        let compose = format!("services: {{a: {{image: x, volumes: {volumes}}}}}");
        let memory = Memory::new([("p/compose.yaml", compose.as_str())]);
        let request = Request::of("p/compose.yaml");
        let project = load(&request, &memory, &mut Sources::new(), &mut Problems::new()).unwrap();
        texts(&project, Utf8Path::new(folder), files).into_keys().collect()
    }

    #[test]
    fn configuration_below_the_project_is_read() {
        let files = [
            "p/compose.yaml",
            "p/one.txt",
            "p/a/Caddyfile",
            "p/a/b/x.yml",
            "p/a/README.md",
            "p/a/main.js",
            "p/a/.git/config",
            "p/a/node_modules/x.json",
            "p/a/tests/x.sh",
            "p/1/2/3/4/5/6/deep.conf",
            "outside/x.conf",
        ];
        let files = Memory::new(files.map(|path| (path, "text")));
        for (volumes, expected) in [
            ("['./one.txt:/one.txt']", &["./one.txt"][..]),
            ("['./a:/etc/a']", &["./a/Caddyfile", "./a/b/x.yml"]),
            ("['.:/app']", &["./a/Caddyfile", "./a/b/x.yml"]),
            ("['./1/2/3:/x']", &["./1/2/3/4/5/6/deep.conf"]),
            ("['../outside:/x', '/outside:/y', './none:/n']", &[]),
        ] {
            assert_eq!(names("p", volumes, &files), expected, "{volumes}");
        }
    }

    #[test]
    fn what_is_read_is_bounded() {
        let many: Vec<String> = (0..200).map(|number| format!("p/a/{number:03}.conf")).collect();
        let long = "x".repeat(BYTES + 1);
        let mut files: Vec<_> = many.iter().map(|path| (path.as_str(), "text")).collect();
        files.push(("p/long.conf", &long));
        let files = Memory::new(files);
        assert_eq!(names("p", "['./a:/a', './long.conf:/l']", &files).len(), FILES);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for path in ["out", "p/a"] {
            fs_err::create_dir_all(root.join(path)).unwrap();
        }
        fs_err::write(root.join("out/x.conf"), "text").unwrap();
        fs_err::write(root.join("p/a/own.conf"), "text").unwrap();
        for link in ["p/link", "p/a/link"] {
            std::os::unix::fs::symlink(root.join("out"), root.join(link)).unwrap();
        }
        std::os::unix::fs::symlink(root.join("out/x.conf"), root.join("p/a/y.conf")).unwrap();
        let project = root.join("p");
        let volumes = "['./link:/l', './link/x.conf:/x', './a:/a']";
        assert_eq!(names(project.as_str(), volumes, &Disk), ["./a/own.conf"]);
    }
}
