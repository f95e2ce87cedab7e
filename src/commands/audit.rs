//! `audit`: judge Compose files that other people wrote.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::named::Named;
use super::{Failure, World};
use crate::audit::{self, Audited, Judged};
use crate::cli::{AuditArgs, AuditFormat};
use crate::compose::ComposeFile;
use crate::compose::load::{Disk, Request};
use crate::diagnostic::{Problems, Sources};
use crate::import;
use crate::stack::ServiceName;

/// Files that are named are projects of their own; without one it is the folder's, as Compose takes it.
pub(super) fn run(args: &AuditArgs, world: &mut World<'_>) -> Result<(), Failure> {
    let files = Named::new(&args.files, world)?;
    let mut seen = BTreeSet::new();
    let once = args.files.iter().filter(|file| seen.insert(*file));
    let mut requests: Vec<Request> = once.cloned().map(Request::of).collect();
    if requests.is_empty() {
        requests.extend(Request::in_folder(Utf8Path::new(""), &Disk));
    }
    if requests.is_empty() {
        let help = "name the file: `portcullis audit FILE`";
        let message = "error: there is no Compose file in this folder";
        return Err(Failure::Input(format!("{message}\n  help: {help}")));
    }
    let (mut projects, mut unread) = (Vec::new(), String::new());
    for mut request in requests {
        request.env_files.clone_from(&args.env_file);
        match audited(&request, &files) {
            Ok((project, skipped)) => {
                projects.push(project);
                unread += &skipped;
            }
            Err(report) => unread += &report,
        }
    }
    if projects.is_empty() {
        return Err(Failure::Input(unread));
    }
    let shown = |severity| args.least.is_reached_by(severity);
    world.print(&match args.format {
        AuditFormat::Text => audit::text(&projects, shown),
        AuditFormat::Markdown => audit::markdown(&projects, shown),
        AuditFormat::Json => format!("{:#}\n", audit::json(&projects)),
        AuditFormat::Sarif => format!("{:#}\n", audit::sarif(&projects)),
    })?;
    if !unread.is_empty() {
        return Err(Failure::Input(unread));
    }
    let worst = projects.iter().filter_map(|project| project.judged.worst()).max();
    match worst {
        Some(worst) if args.fail_on.is_reached_by(worst) => Err(Failure::Found(String::new())),
        _ => Ok(()),
    }
}

/// What was judged, and what of it was not, or why nothing was.
fn audited(request: &Request, files: &Named) -> Result<(Audited, String), String> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let file = request.files.first().cloned().unwrap_or_default();
    if let Some(findings) = audit::alone(&file, files, &mut sources, &mut problems) {
        let Some(findings) = findings else { return Err(sources.report(&problems)) };
        let judged = Judged { findings, services: 0 };
        let unjudged = problems.iter().cloned().collect();
        let audited = Audited { file: file.into(), sources, judged, unjudged, unset: Vec::new() };
        return Ok((audited, String::new()));
    }
    let mut whole = request.clone();
    whole.profiles.insert("*".to_owned());
    // Compose does not look into profiles that nobody asks for; what is wrong there is no mistake.
    let reading = import::read(&whole, files, &mut sources, &mut Problems::new())
        .or_else(|| import::read(request, files, &mut sources, &mut problems));
    let Some(reading) = reading else { return Err(sources.report(&problems)) };
    let judged = audit::audit(&reading.project, &sources, &mut problems);
    let Some(mut judged) = judged else { return Err(sources.report(&problems)) };
    let folder = &request.folder;
    let beside = audit::beside(&reading.project, folder, files, &mut sources, &mut problems);
    judged.findings.extend(beside);
    let unjudged = problems.iter().cloned().collect();
    let skipped = skipped(&file, &reading.project.file);
    let unset = reading.unset;
    Ok((Audited { file: file.into(), sources, judged, unjudged, unset }, skipped))
}

/// Services that Compose takes by names that no stack takes: nothing is said of them, so that all is not well.
fn skipped(file: &Utf8Path, project: &ComposeFile) -> String {
    let names = project.services.keys();
    let told = names.filter_map(|name| {
        let why = ServiceName::new(name.clone()).err()?;
        Some(format!(
            "error: {file}: the service `{name}` is not judged\n  help: rename it: {why}\n"
        ))
    });
    told.collect()
}
