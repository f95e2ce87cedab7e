//! `import`: a description from existing Compose files, and what became of them.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Failure, World, init};
use crate::cli::{Common, ImportArgs};
use crate::compose::load::{Disk, Request};
use crate::diagnostic::{Problems, Sources};
use crate::import::{self, Imported, Line, Original, Reading};

pub(super) fn run(
    args: &ImportArgs,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let file = &common.file;
    if file.exists() {
        let message = format!("error: {file} is there already");
        let help = "remove it, or name another description with `--file`";
        return Err(Failure::Refused(format!("{message}\n  help: {help}")));
    }
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = request(args)?;
    let reading = import::read(&request, &Disk, &mut sources, &mut problems);
    let Some(reading) = reading else { return Err(Failure::Input(sources.report(&problems))) };
    let root = super::project::root_of(file);
    let folder = absolute(&request.folder)?;
    let below = import::below(&folder, &absolute(&root)?);
    let original = Original {
        project: &reading.project,
        written: reading.written.as_ref(),
        unset: &reading.unset,
        folder: &folder,
        from_description: below.as_deref().unwrap_or(Utf8Path::new("..")),
        name: &reading.project.name,
    };
    let (recipients, identity) = init::recipients(&[], world)?;
    let mut own = Sources::new();
    let imported = import::import(&original, &recipients, world.today, &mut own, &mut problems);
    let Some(imported) = imported else { return Err(Failure::Input(own.report(&problems))) };
    init::put(&root, file.file_name().unwrap_or_default(), &imported.text)?;
    let _ = identity;
    world.print(&told(args, file, &reading, &imported, &sources))
}

fn request(args: &ImportArgs) -> Result<Request, Failure> {
    let mut request = match args.files.split_first() {
        Some((first, rest)) => {
            let mut request = Request::of(first.clone());
            request.files.extend(rest.iter().cloned());
            request
        }
        None => Request::in_folder(Utf8Path::new(""), &Disk).ok_or_else(|| {
            let help = "name the file: `portcullis import FILE`";
            Failure::Input(format!(
                "error: there is no Compose file in this folder\n  help: {help}"
            ))
        })?,
    };
    request.env_files.clone_from(&args.env_file);
    // The project takes its name from its folder, which `.` does not tell.
    request.folder = match request.folder.as_str() {
        "" => absolute(Utf8Path::new("."))?,
        _ => absolute(&request.folder)?,
    };
    Ok(request)
}

fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Failure> {
    let path = if path.as_str().is_empty() { Utf8Path::new(".") } else { path };
    let whole = fs_err::canonicalize(path)?;
    Utf8PathBuf::from_path_buf(whole)
        .map_err(|_| Failure::Input(format!("error: the path of {path} is not UTF-8")))
}

/// What there is to say of an import.
fn told(
    args: &ImportArgs,
    file: &Utf8Path,
    reading: &Reading,
    imported: &Imported,
    sources: &Sources,
) -> String {
    let mut text = format!("made {file}\n");
    if args.explain {
        text += "\n| key | what became of it | |\n|---|---|---|\n";
        for Line { path, at: _, fate } in &imported.account {
            text += &format!("| `{path}` | {} | {} |\n", fate.word(), fate.words());
        }
    }
    for (line, words) in &imported.manual {
        text += &format!("{file}:{line}: {words}\n");
    }
    for name in &reading.unset {
        text += &format!("the variable {name} has to be set and is not: look for `replace-me`\n");
    }
    let _ = sources;
    text + "next: read it, then `portcullis generate`\n"
}
