//! Reading a project for import: as Compose does, and where a variable has to be set and is not,
//! with a stand-in, since whoever imports a file seldom has the values at hand.

use camino::Utf8PathBuf;

use crate::compose::load::{self, Files, Project, Request};
use crate::diagnostic::{Diagnostic, Problems, Sources};

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
}

/// Read a project. `None` where it cannot be read, which is then reported.
pub fn read(
    request: &Request,
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Reading> {
    let mut request = request.clone();
    request.interpolate = false;
    let mut unseen = (Sources::new(), Problems::new());
    let written = load::load(&request, files, &mut unseen.0, &mut unseen.1);
    request.interpolate = true;
    let mut unset = Vec::new();
    loop {
        let mut tried = (Sources::new(), Problems::new());
        let project = load::load(&request, files, &mut tried.0, &mut tried.1);
        if let Some(project) = project {
            *sources = tried.0;
            return Some(Reading { project, written, unset });
        }
        let missing: Vec<String> = tried.1.iter().filter_map(missing).collect();
        let new = missing.iter().filter(|name| !unset.contains(*name)).count();
        if new == 0 || unset.len() > MOST {
            *sources = tried.0;
            problems.extend(tried.1.iter().cloned());
            return None;
        }
        for name in missing {
            let value = if name.contains("PORT") { PORT } else { STAND_IN };
            request.environment.insert(name.clone(), value.to_owned());
            unset.push(name);
        }
    }
}

/// The variable that a complaint is about.
fn missing(diagnostic: &Diagnostic) -> Option<String> {
    let about = (diagnostic.code == "variable-not-set").then_some(&diagnostic.message)?;
    about.split('`').nth(1).map(str::to_owned)
}

/// The folder of a project as a folder beside it sees it: what is left of `folder` below `beside`.
pub fn below(folder: &camino::Utf8Path, beside: &camino::Utf8Path) -> Option<Utf8PathBuf> {
    folder.strip_prefix(beside).ok().map(camino::Utf8Path::to_owned)
}
