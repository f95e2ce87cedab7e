//! What `audit` finds in each case.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use camino::Utf8PathBuf;
use portcullis::audit::{Judged, audit};
use portcullis::compose::load::{Disk, Project, Request};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import;

use crate::corpus::Case;

/// A case as we read and judge it, or why we cannot.
pub(crate) struct Ours {
    pub(crate) name: String,
    pub(crate) outcome: Result<(Project, Judged), String>,
}

/// In the order of the cases.
pub(crate) fn all(cases: &[Case]) -> Vec<Ours> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let one = Ours { name: case.name.clone(), outcome: judge(case) };
                    done.lock().unwrap().push((index, one));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}

/// As the command does: every profile, and stand-ins for what is not set; with the case's variables,
/// which compose-lint cannot be given, where it cannot be read without.
fn judge(case: &Case) -> Result<(Project, Judged), String> {
    let path = |path: &Path| Utf8PathBuf::from_path_buf(path.to_owned()).unwrap();
    let mut request = Request::of(path(&case.folder.join(&case.files[0])));
    request.files = case.files.iter().map(|file| path(&case.folder.join(file))).collect();
    request.folder = path(&case.folder);
    request.environment.insert("PWD".to_owned(), request.folder.to_string());
    let given = tempfile::NamedTempFile::new().unwrap();
    fs::write(given.path(), case.env.as_deref().unwrap_or_default()).unwrap();
    let mut with_variables = request.clone();
    with_variables.env_files.push(path(given.path()));
    let mut why = String::new();
    for request in [request, with_variables] {
        for profile in ["*", ""] {
            let mut request = request.clone();
            request.profiles.extend((!profile.is_empty()).then(|| profile.to_owned()));
            let (mut sources, mut problems) = (Sources::new(), Problems::new());
            let reading = import::read(&request, &Disk, &mut sources, &mut problems);
            let judged = reading.and_then(|reading| {
                let judged = audit(&reading.project, &sources, &mut problems)?;
                Some((reading.project, judged))
            });
            match judged {
                Some(judged) => return Ok(judged),
                None => why = sources.report(&problems),
            }
        }
    }
    Err(why)
}
