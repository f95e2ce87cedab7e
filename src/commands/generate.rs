//! `generate`: bring deploy/ENV, the lock and the bundle to what the description says.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::project::Project;
use super::{Failure, World, summary};
use crate::certificates;
use crate::cli::{Common, GenerateArgs};
use crate::secrets::{Sealing, make_missing, reconcile};
use crate::tree::{Comparison, State, Tree, TreePath, Writing, Written, compare, write};

pub(super) fn run(
    args: &GenerateArgs,
    common: &Common,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    if args.check {
        return check(&Project::open(common, world)?, world);
    }
    let mut project = Project::open_alone(common, world)?;
    let forced = forced(&project, &args.force)?;
    let (written, made) = bring(&mut project, &forced, world)?;
    let text = summary::generated(&project, &written, &made);
    world.say(&text)
}

/// Make what is missing, draw, write. What was made is named, never shown.
pub(super) fn bring(
    project: &mut Project,
    forced: &BTreeSet<TreePath>,
    world: &mut World<'_>,
) -> Result<(Written, Vec<String>), Failure> {
    let made = make(project, world)?;
    for network in &project.hardened.moved {
        world.say(&format!(
            "note: {network} had the addresses of another network and got new ones"
        ))?;
    }
    let (tree, _) = project.draw()?;
    let before = project.files()?;
    let writing = Writing { before: &before, out: &project.out, tree: &tree, forced };
    Ok((write(&project.disk, &writing)?, made))
}

/// Secrets and certificates that the stack names and the bundle lacks. A public key is enough.
fn make(project: &mut Project, world: &mut World<'_>) -> Result<Vec<String>, Failure> {
    let wanted = &project.hardened.stack.secrets;
    let index = project.bundle.index();
    let missing = reconcile(wanted, &index, &project.recipients, world.today);
    let stale = certificates::stale_leaves(&project.hardened.stack, &index, world.today);
    if missing.to_generate.is_empty() && missing.to_issue.is_empty() && stale.is_empty() {
        return Ok(Vec::new());
    }
    let recipients = project.recipients(world)?;
    let sealing = Sealing { recipients: &recipients, today: world.today };
    let made = make_missing(&mut project.bundle, wanted, &sealing, world.randomness);
    let mut made = made.map_err(|error| Failure::Machine(format!("error: {error}")))?;
    let issued = certificates::issue_missing(
        &mut project.bundle,
        &project.hardened.stack,
        None,
        &sealing,
        world.randomness,
    );
    made.extend(issued.map_err(|error| Failure::Machine(format!("error: {error}")))?.issued);
    Ok(made.iter().map(ToString::to_string).collect())
}

/// `--force` names files as a person sees them: from where they stand, or inside the output.
fn forced(project: &Project, paths: &[camino::Utf8PathBuf]) -> Result<BTreeSet<TreePath>, Failure> {
    let out = project.root.join(project.out.as_str());
    let inside = |path: &Utf8Path| {
        let path = path.strip_prefix("./").unwrap_or(path);
        let from_here = path.strip_prefix(out.strip_prefix("./").unwrap_or(&out)).ok();
        let from_project = path.strip_prefix(project.out.as_str()).ok();
        from_here.or(from_project).unwrap_or(path).to_owned()
    };
    paths.iter().map(|path| Ok(TreePath::new(inside(path).as_str())?)).collect()
}

fn check(project: &Project, world: &mut World<'_>) -> Result<(), Failure> {
    let (tree, _) = project.draw()?;
    let mut drift = Vec::new();
    for file in project.files()? {
        if !file.stands(&project.disk)? {
            drift.push(format!("  {}: would change", file.path));
        }
    }
    drift.extend(drift_of_tree(project, &tree)?);
    let index = project.bundle.index();
    let wanted = &project.stack().secrets;
    let missing = reconcile(wanted, &index, &project.recipients, world.today);
    for name in missing.to_generate.iter().chain(&missing.to_issue) {
        drift.push(format!("  secret {name}: would be made"));
    }
    if drift.is_empty() {
        return world.say(&format!("{} is as portcullis.yaml says", project.out));
    }
    Err(Failure::Found(format!("generate would change:\n{}", drift.join("\n"))))
}

/// Where the drawn folder is not what would be drawn, a line for each place.
pub(super) fn drift_of_tree(project: &Project, tree: &Tree) -> Result<Vec<String>, Failure> {
    let comparison = compare(&project.disk, &project.out, tree)?;
    let mut drift = Vec::new();
    if comparison.unfinished {
        drift.push("  an earlier write was not finished: run `portcullis generate`".to_owned());
    }
    if comparison.manifest_outdated {
        drift.push("  the manifest of generated files would change".to_owned());
    }
    drift.extend(changed(project, &comparison));
    Ok(drift)
}

fn changed(project: &Project, comparison: &Comparison) -> Vec<String> {
    let files = comparison.files.iter().filter(|(_, standing)| standing.state != State::Unchanged);
    files.map(|(path, standing)| format!("  {}/{path}: {}", project.out, standing.state)).collect()
}

/// For `new`: nothing was there, so nothing can be forced.
pub(super) fn first(project: &mut Project, world: &mut World<'_>) -> Result<Vec<String>, Failure> {
    bring(project, &BTreeSet::new(), world).map(|(_, made)| made)
}
