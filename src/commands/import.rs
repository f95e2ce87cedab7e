//! `import`: a description from existing Compose files, and what became of them.

use camino::{Utf8Path, Utf8PathBuf};

use super::named::Named;
use super::project::Project;
use super::{Failure, World, init, secrets};
use crate::cli::{Common, ImportArgs};
use crate::compose::lift_project;
use crate::compose::load::{Disk, Request};
use crate::controls;
use crate::diagnostic::{Problems, Sources};
use crate::exposure::{Footprint, before_after, svg_before_after};
use crate::hardening::{Hardening, Verdict, judge};
use crate::import::{self, Imported, Line, Original, Reading};

pub(super) fn run(
    args: &ImportArgs,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let file = &common.file;
    refuse_present(file, "remove it, or name another description with `--file`")?;
    if let Some(picture) = &args.picture {
        refuse_present(picture, "remove it, or name another file with `--picture`")?;
    }
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = request(args)?;
    let files = Named::new(&request.files, world)?;
    let reading = import::read(&request, &files, &mut sources, &mut problems);
    let Some(reading) = reading else { return Err(Failure::Input(sources.report(&problems))) };
    if let Some(at) = import::drawn(&reading.project.file) {
        let message = "this file was drawn from a description: its gateway holds routes and policies that import does not read back";
        let help = "edit that project's `portcullis.yaml` and run `portcullis generate`";
        problems.report(at, "drawn-file", message, help);
        return Err(Failure::Input(sources.report(&problems)));
    }
    let root = super::project::root_of(file);
    let folder = absolute(&request.folder)?;
    let below = import::below(&folder, &absolute(&root)?);
    let original = Original {
        project: &reading.project,
        written: reading.written.as_ref(),
        unset: &reading.unset,
        texts: &reading.texts,
        folder: &folder,
        from_description: below.as_deref().unwrap_or(Utf8Path::new("..")),
        name: &reading.project.name,
    };
    let (recipients, identity) = init::recipients(&[], world)?;
    let mut own = Sources::new();
    let imported = import::import(&original, &recipients, world.today, &mut own, &mut problems);
    let Some(imported) = imported else { return Err(Failure::Input(own.report(&problems))) };
    let picture = args.picture.as_deref().map(|path| (path, picture(&reading, &imported)));
    init::put(&root, file.file_name().unwrap_or_default(), &imported.text)?;
    match picture {
        None => {}
        Some((path, Ok(picture))) => init::put_beside(path, &picture)?,
        Some((path, Err(why))) => world.warn(&format!("{path} is not drawn: {why}"))?,
    }
    let sealed = if args.seal { seal(&imported, common, world)? } else { Vec::new() };
    let told = Telling { file, identity: &identity, reading: &reading, imported: &imported };
    world.print(&told.text(&sealed, args)?)
}

/// Nothing is written over.
fn refuse_present(path: &Utf8Path, help: &str) -> Result<(), Failure> {
    match path.exists() {
        false => Ok(()),
        true => Err(Failure::Refused(format!("error: {path} is there already\n  help: {help}"))),
    }
}

/// Both graphs as one picture, or why there is none.
fn picture(reading: &Reading, imported: &Imported) -> Result<String, String> {
    let before = lift_project(&reading.project, &mut Problems::new())
        .ok_or("the original cannot be judged as it is")?;
    svg_before_after(&before, &imported.hardened.stack).map_err(|error| error.to_string())
}

/// Seal the values that stand in the original; the names of those that were.
fn seal(
    imported: &Imported,
    common: &Common,
    world: &mut World<'_>,
) -> Result<Vec<String>, Failure> {
    let mut project = Project::open_alone(common, world)?;
    let mut sealed = Vec::new();
    for (name, value) in &imported.values {
        match secrets::deposit(&mut project, name, value, world) {
            Ok(()) => sealed.push(name.to_string()),
            Err(Failure::Input(words)) => world.warn(&format!("{name} is not sealed: {words}"))?,
            Err(other) => return Err(other),
        }
    }
    secrets::save(&project)?;
    Ok(sealed)
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
struct Telling<'a> {
    file: &'a Utf8Path,
    identity: &'a str,
    reading: &'a Reading,
    imported: &'a Imported,
}

impl Telling<'_> {
    fn text(&self, sealed: &[String], args: &ImportArgs) -> Result<String, Failure> {
        let Self { file, identity, reading, imported } = *self;
        let mut text = format!("made {file}\n  who can open its secrets: {identity}\n");
        text += &self.verdicts();
        if args.explain {
            text += &self.explained()?;
        }
        for (line, words) in &imported.manual {
            text += &format!("{file}:{line}: {words}\n");
        }
        for name in &reading.unset {
            text += &format!(
                "the variable {name} is not set: look for `replace-me`, or set it and import again\n"
            );
        }
        for path in &reading.missing {
            text += &format!("{path} is not there: its settings are not in {file}\n");
        }
        match (sealed, imported.values.len()) {
            ([], 0) => {}
            ([], count) => {
                text += &format!(
                    "{count} secrets have values in the original: `import --seal` keeps them; data that is there already needs its old passwords\n"
                );
            }
            (names, _) => text += &format!("sealed: {}\n", names.join(", ")),
        }
        Ok(text + "next: read it, then `portcullis generate`\n")
    }

    /// What the controls say of the original and of the result, by measurement.
    fn verdicts(&self) -> String {
        let count = |hardening: &Hardening, wanted: &[Verdict]| {
            let places = hardening.findings.iter().flat_map(|finding| &finding.places);
            places.filter(|place| wanted.contains(&place.verdict)).count()
        };
        let after = &self.imported.hardened.hardening;
        let mut text = String::new();
        if let Some(mut before) = lift_project(&self.reading.project, &mut Problems::new()) {
            let judged = judge(&mut before, controls::ALL);
            let open = [Verdict::Hardened, Verdict::Fixed, Verdict::Manual];
            text += &format!("  before: {} findings in the original\n", count(&judged, &open));
        }
        let verdicts = [Verdict::Hardened, Verdict::Fixed, Verdict::Excepted, Verdict::Manual];
        let counts = verdicts.map(|verdict| {
            let found = after.findings.iter().filter(|finding| finding.verdict == verdict);
            format!("{} {}", found.count(), verdict.word())
        });
        text + &format!("  after, controls: {}\n", counts.join(", "))
    }

    /// Exposure before and after, and what became of every key, as Markdown.
    fn explained(&self) -> Result<String, Failure> {
        let mut text = String::new();
        if let Some(before) = lift_project(&self.reading.project, &mut Problems::new()) {
            let after = Footprint::of(&self.imported.hardened.stack);
            let table = before_after(&Footprint::of(&before), &after)
                .map_err(|error| Failure::Machine(format!("error: {error}")))?;
            text += &format!("\n## Exposure\n\n{table}");
        }
        text += "\n## Every key\n\n| key | what became of it | |\n|---|---|---|\n";
        for Line { path, at: _, fate } in &self.imported.account {
            let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
            text += &format!("| `{}` | {} | {} |\n", cell(path), fate.word(), cell(fate.words()));
        }
        Ok(text + "\n")
    }
}
