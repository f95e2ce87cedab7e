//! The folder that a command draws into. Stands alone because `--out` is the one place where the
//! command line says what is written over.

use camino::Utf8Path;

use super::Failure;
use crate::compose::conventions::SECRETS_VARIABLE;
use crate::stack::EnvironmentName;
use crate::tree::{Disk, Found, TreePath};

/// Folders of a project that hold something else, with what that is.
const TAKEN: [(&str, &str); 2] =
    [("secrets", "holds the sealed bundles"), (".git", "belongs to git")];
/// Where every environment has a folder of its own.
const ENVIRONMENTS: &str = "deploy";
/// The writer's own folder in every drawn one, and the list of drawn files in it.
const OWN: (&str, &str) = (".portcullis", "manifest");

/// The folder named by `--out`, else the environment's own; refused where something else lies there.
/// `all` are the environments of the description.
pub(super) fn folder(
    disk: &dyn Disk,
    named: Option<&Utf8Path>,
    environment: &EnvironmentName,
    all: &[EnvironmentName],
) -> Result<TreePath, Failure> {
    let own = TreePath::new(&format!("{ENVIRONMENTS}/{environment}"))?;
    let Some(named) = named else { return Ok(own) };
    let wrong = |what: &str| {
        Failure::Input(format!(
            "error: --out: {named} {what}\n  help: name a folder of the project that is drawn \
             into and nothing else, such as {own}"
        ))
    };
    let plain = named.as_str().trim_start_matches("./").trim_end_matches('/');
    if plain.is_empty() || plain == "." {
        return Err(wrong("is the project's own folder"));
    }
    let out = TreePath::new(plain)?;
    let first = out.parts().next().unwrap_or_default();
    if let Some((_, what)) = TAKEN.iter().find(|(name, _)| first.eq_ignore_ascii_case(name)) {
        return Err(wrong(what));
    }
    if out.as_str() == ENVIRONMENTS {
        return Err(wrong("holds the environments' folders"));
    }
    if out.parts().any(|part| part == OWN.0) {
        return Err(wrong("is where portcullis keeps its own notes"));
    }
    let deployed = out.parts().nth(1).filter(|_| first == ENVIRONMENTS);
    if deployed.is_some_and(|name| environment.as_str() != name && is_one(all, name)) {
        return Err(wrong("belongs to another environment"));
    }
    for above in out.ancestors() {
        let list = above.join(&TreePath::new(&format!("{}/{}", OWN.0, OWN.1))?);
        if matches!(disk.look(&list)?, Found::File { .. }) {
            return Err(wrong(&format!("lies in {above}, which is drawn itself")));
        }
    }
    refuse_another(disk, &out, environment)?;
    Ok(out)
}

fn is_one(all: &[EnvironmentName], name: &str) -> bool {
    all.iter().any(|environment| environment.as_str() == name)
}

/// What is drawn names the environment whose secrets it reads: in the file `.env`.
fn refuse_another(
    disk: &dyn Disk,
    out: &TreePath,
    environment: &EnvironmentName,
) -> Result<(), Failure> {
    let Found::File { bytes, .. } = disk.look(&out.join(&TreePath::new(".env")?))? else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().find_map(|line| line.strip_prefix(SECRETS_VARIABLE)?.strip_prefix('='));
    let drawn = line.and_then(|path| path.trim_matches('\'').rsplit_once('/'));
    match drawn {
        Some((_, drawn)) if drawn != environment.as_str() => Err(Failure::Refused(format!(
            "error: {out} is drawn for the environment `{drawn}`, not for `{environment}`\n  \
             help: name another folder with --out, or remove this one"
        ))),
        _ => Ok(()),
    }
}
