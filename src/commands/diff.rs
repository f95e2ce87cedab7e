//! `diff`: what generate would change, exposure first, then files.

use serde_json::json;

use super::project::Project;
use super::{Failure, World};
use crate::cli::{Common, DiffArgs, Format};
use crate::compose::{Affected, ComposeFile, affected};
use crate::diagnostic::Problems;
use crate::exposure::{Change, Effect, Exposure, compare};
use crate::tree::{Diff, Disk, Found, Tree, TreePath};

pub(super) fn run(args: &DiffArgs, common: &Common, world: &mut World<'_>) -> Result<(), Failure> {
    let project = Project::open(common, world)?;
    let (tree, exposure) = project.draw()?;
    let changes = compare(&before(&project)?, &exposure);
    let comparison = crate::tree::compare(&project.disk, &project.out, &tree)?;
    let files = Diff::of(&comparison, &tree);
    let running = running(&project, &tree)?;
    let text = match args.format {
        Format::Text => text(&changes, &running, &files),
        Format::Markdown => markdown(&changes, &running, &files),
        Format::Json => json(&project, &changes, &running, &files),
    };
    world.print(&text)?;
    if args.exit_code && (!changes.is_empty() || !files.is_empty()) {
        return Err(Failure::Found(String::new()));
    }
    Ok(())
}

/// The exposure of what is drawn now; nothing is exposed where nothing is drawn.
fn before(project: &Project) -> Result<Exposure, Failure> {
    let path = project.out.join(&TreePath::new("exposure.yaml")?);
    let Found::File { bytes, .. } = project.disk.look(&path)? else {
        return Ok(Exposure::default());
    };
    // A file that was edited by hand is shown as such among the files.
    let text = String::from_utf8(bytes).unwrap_or_default();
    Ok(Exposure::parse(0, &text).unwrap_or_default())
}

/// What a running stack would feel; nothing where none is drawn yet.
fn running(project: &Project, tree: &Tree) -> Result<Affected, Failure> {
    let path = project.out.join(&TreePath::new("compose.yaml")?);
    let (Found::File { bytes, .. }, Some(drawn)) =
        (project.disk.look(&path)?, tree.get("compose.yaml"))
    else {
        return Ok(Affected::default());
    };
    let read =
        |bytes: &[u8]| ComposeFile::read(0, &String::from_utf8_lossy(bytes), &mut Problems::new());
    Ok(affected(&read(&bytes), &read(&drawn.bytes)))
}

fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::MoreExposed => "more exposed",
        Effect::LessExposed => "less exposed",
        Effect::Neutral => "neutral",
    }
}

fn text(changes: &[Change], running: &Affected, files: &Diff) -> String {
    let mut text = String::new();
    for change in changes {
        text += &format!("{}: {}\n", word(change.effect), change.section.name());
        for (mark, line) in [("-", &change.before), ("+", &change.after)] {
            if !line.is_empty() {
                text += &format!("  {mark} {line}\n");
            }
        }
    }
    for line in running.lines() {
        text += &format!("{}\n", line.replace('`', ""));
    }
    if !text.is_empty() && !files.is_empty() {
        text += "\n";
    }
    text + &files.to_string()
}

fn markdown(changes: &[Change], running: &Affected, files: &Diff) -> String {
    let mut text = String::from("### Exposure\n\n");
    if changes.is_empty() {
        text += "Nothing more and nothing less can be reached or read.\n";
    } else {
        text += "| effect | what | before | after |\n|---|---|---|---|\n";
    }
    for change in changes {
        let cell = |line: &str| crate::escape::markdown::cell_code(line).unwrap_or_default();
        let (before, after) = (cell(&change.before), cell(&change.after));
        let section = change.section.name();
        text += &format!("| **{}** | {section} | {before} | {after} |\n", word(change.effect));
    }
    if !running.lines().is_empty() {
        text += "\n### A running stack\n\n";
    }
    for line in running.lines() {
        text += &format!("- {line}\n");
    }
    text += "\n### Files\n\n";
    if files.is_empty() {
        return text + "No file changes.\n";
    }
    text + &crate::escape::markdown::fenced(&files.to_string()).unwrap_or_default() + "\n"
}

fn json(project: &Project, changes: &[Change], running: &Affected, files: &Diff) -> String {
    let change = |change: &Change| {
        json!({
            "effect": word(change.effect),
            "section": change.section.name(),
            "before": change.before,
            "after": change.after,
        })
    };
    let file = |file: &crate::tree::FileDiff| json!({"path": file.path.as_str(), "state": file.state.to_string()});
    let value = json!({
        "version": 1,
        "environment": project.stack().environment.as_str(),
        "exposure": changes.iter().map(change).collect::<Vec<_>>(),
        "services": running,
        "files": files.files.iter().map(file).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
