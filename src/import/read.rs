//! Reading a project for import: as Compose does, and where a variable or a file of settings is
//! missing, with stand-ins, since whoever imports a file seldom has the values at hand.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::compose::load::{self, Files, Project, Request, Unreadable};
use crate::diagnostic::{Diagnostic, Problems, Sources};
use crate::import::{mounted, proxy};

/// What stands for a variable that has to be set and is not.
const STAND_IN: &str = "replace-me";
/// The same for one whose name says that it is a port.
const PORT: &str = "8080";
/// Variables that one file may miss; each takes a reading of its own.
const MOST: usize = 200;

/// A project as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// With its variables filled in.
    pub project: Project,
    /// With its variables as they are written, where it can be read so.
    pub written: Option<Project>,
    /// Variables that have to be set and are not.
    pub unset: Vec<String>,
    /// Files of settings that are named and not there.
    pub missing: Vec<Utf8PathBuf>,
    /// Files that services mount, by the path that their mount names; below a mounted folder by that
    /// and their own.
    pub texts: BTreeMap<String, String>,
}

/// Read a project. `None` where it cannot be read, which is then reported.
pub fn read(
    request: &Request,
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Reading> {
    let (own, found) = match attempt(request, files, &mut BTreeSet::new()) {
        Ok((own, project)) => {
            *sources = own;
            let written = written(request, files);
            let texts = texts(&project, request, files);
            let (unset, missing) = (Vec::new(), Vec::new());
            return Some(Reading { project, written, unset, missing, texts });
        }
        Err(told) => told,
    };
    let lenient = Lenient { files, missing: RefCell::default() };
    let mut unset = BTreeSet::new();
    let mut tried = attempt(request, &lenient, &mut unset);
    if tried.is_err() {
        unset = variables(request, &lenient);
        tried = attempt(request, &lenient, &mut unset);
    }
    let written = written(request, &lenient);
    match tried {
        Ok((own, project)) => {
            *sources = own;
            let missing = lenient.missing.into_inner().into_iter().collect();
            let unset = unset.into_iter().collect();
            let texts = texts(&project, request, files);
            Some(Reading { project, written, unset, missing, texts })
        }
        Err(_) => {
            *sources = own;
            problems.extend(found.iter().cloned());
            None
        }
    }
}

/// The folder of a project as a folder beside it sees it: what is left of `folder` below `beside`.
pub fn below(folder: &Utf8Path, beside: &Utf8Path) -> Option<Utf8PathBuf> {
    folder.strip_prefix(beside).ok().map(Utf8Path::to_owned)
}

/// The files that configure the proxies of a project, and what else its services mount from it, as
/// far as they are there.
fn texts(project: &Project, request: &Request, files: &dyn Files) -> BTreeMap<String, String> {
    let named = proxy::configurations(project).into_iter();
    let read = named.filter_map(|source| {
        let text = files.read(&request.folder.join(source)).ok()?;
        Some((source.to_owned(), text))
    });
    let mut texts = mounted::texts(project, &request.folder, files);
    texts.extend(read);
    texts
}

/// Files of which settings may be missing.
struct Lenient<'a> {
    files: &'a dyn Files,
    missing: RefCell<BTreeSet<Utf8PathBuf>>,
}

impl Files for Lenient<'_> {
    fn read(&self, path: &Utf8Path) -> Result<String, Unreadable> {
        let found = self.files.read(path);
        let model = matches!(path.extension(), Some("yml" | "yaml"));
        if found == Err(Unreadable::Missing) && !model {
            self.missing.borrow_mut().insert(path.to_owned());
            return Ok(String::new());
        }
        found
    }

    fn is_folder(&self, path: &Utf8Path) -> bool {
        self.files.is_folder(path)
    }

    fn list(&self, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.files.list(folder)
    }
}

/// The project with its variables as they are written.
fn written(request: &Request, files: &dyn Files) -> Option<Project> {
    let request = Request { interpolate: false, ..request.clone() };
    let mut project = load::load(&request, files, &mut Sources::new(), &mut Problems::new())?;
    proxy::leave_alone(&mut project.file);
    Some(project)
}

/// Read with stand-ins for `unset`, and for what turns out to be unset besides.
fn attempt(
    request: &Request,
    files: &dyn Files,
    unset: &mut BTreeSet<String>,
) -> Result<(Sources, Project), (Sources, Problems)> {
    let mut request = request.clone();
    loop {
        for name in unset.iter() {
            request.environment.entry(name.clone()).or_insert_with(|| stand_in(name));
        }
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        if let Some(mut project) = load::load(&request, files, &mut sources, &mut problems) {
            proxy::leave_alone(&mut project.file);
            return Ok((sources, project));
        }
        let missing: BTreeSet<String> = problems.iter().filter_map(missing).collect();
        let before = unset.len();
        let new = |name: &String| !request.environment.contains_key(name);
        unset.extend(missing.into_iter().filter(new));
        if unset.len() == before || unset.len() > MOST {
            return Err((sources, problems));
        }
    }
}

/// The variable that a complaint is about.
fn missing(diagnostic: &Diagnostic) -> Option<String> {
    let about = (diagnostic.code == "variable-not-set").then_some(&diagnostic.message)?;
    about.split('`').nth(1).map(str::to_owned)
}

/// What stands for a variable that is not set, by its name.
fn stand_in(name: &str) -> String {
    const PATHS: [&str; 12] = [
        "CODE", "DATA", "DIR", "FOLDER", "HOME", "LOCATION", "MOUNT", "PATH", "ROOT", "SAVED",
        "STORAGE", "VOLUME",
    ];
    let upper = name.to_ascii_uppercase();
    if upper.contains("PORT") {
        return PORT.to_owned();
    }
    if upper.ends_with("_TYPE") {
        return "bind".to_owned();
    }
    if PATHS.iter().any(|word| upper.contains(word)) {
        return format!("./{STAND_IN}/{}", name.to_ascii_lowercase());
    }
    STAND_IN.to_owned()
}

/// Variables that the files ask for, without a default, and nothing sets.
fn variables(request: &Request, files: &dyn Files) -> BTreeSet<String> {
    let mut set: BTreeSet<String> = request.environment.keys().cloned().collect();
    let own = request.folder.join(".env");
    for file in request.env_files.iter().chain([&own]) {
        let text = files.read(file).unwrap_or_default();
        let names = text.lines().filter_map(|line| line.trim().split_once('='));
        set.extend(names.map(|(name, _)| name.trim_start_matches("export ").trim().to_owned()));
    }
    let mut asked = BTreeSet::new();
    for text in request.files.iter().filter_map(|file| files.read(file).ok()) {
        for part in text.split('$').skip(1) {
            let name = part.strip_prefix('{').unwrap_or(part);
            let end = name.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let (name, rest) = name.split_at(end.unwrap_or(name.len()));
            let plain = !part.starts_with('{') || rest.starts_with('}');
            if plain && name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                asked.insert(name.to_owned());
            }
        }
    }
    asked.into_iter().filter(|name| !set.contains(name)).collect()
}
