//! Both readers on one project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use camino::Utf8PathBuf;
use portcullis::compose::load::{Disk, Project, Request, load};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::yaml;

use crate::canonical::{Form, differences, of_node, of_types};
use crate::corpus::Case;

/// What came out of one comparison.
pub(crate) struct Verdict {
    pub(crate) case: String,
    pub(crate) differences: Vec<String>,
}

pub(crate) fn compose() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/docker-compose");
    path.exists().then_some(path)
}

pub(crate) fn judge(compose: &Path, case: &Case) -> Vec<Verdict> {
    let env = case.env.as_ref().map(|text| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    });
    let env = env.as_ref().map(tempfile::NamedTempFile::path);
    let verdict = |form| {
        let theirs = theirs(compose, case, env, form);
        let (ours, problems) = ours(case, env, form);
        let name = match form {
            Form::Interpolated => case.name.clone(),
            Form::Written => format!("{} (not interpolated)", case.name),
        };
        let differences = match (theirs, ours) {
            (Ok(theirs), Some(project)) => compare(&theirs, &project, form),
            (Ok(_), None) => {
                problems.iter().map(|p| format!("refused: {} {:?}", p.message, p.at)).collect()
            }
            // Without `--no-normalize` Compose adds this network itself.
            (Err(why), Some(_)) if why.contains("undefined network default") => Vec::new(),
            (Err(why), Some(_)) => {
                vec![format!("accepted, but {}", why.trim().lines().last().unwrap_or_default())]
            }
            (Err(why), None) => match problems.iter().any(|problem| problem.at.is_some()) {
                true => Vec::new(),
                false => vec![format!("refused without a place: {problems:?}, {why}")],
            },
        };
        Verdict { case: name, differences }
    };
    vec![verdict(Form::Interpolated), verdict(Form::Written)]
}

fn compare(theirs: &str, project: &Project, form: Form) -> Vec<String> {
    let read = match yaml::parse(0, theirs) {
        Ok(node) => node,
        Err(error) => return vec![format!("Compose's answer cannot be read: {}", error.message)],
    };
    // One port that cannot be read keeps all of them short.
    let theirs = match form {
        Form::Interpolated => of_node(&read),
        Form::Written => of_node(&read).long(),
    };
    let node = of_node(&project.node).long().without(&project.inactive, form);
    let mut found = differences(&theirs, &node);
    let typed = of_types(&project.file).without(&project.inactive, form);
    found.extend(differences(&theirs, &typed).into_iter().map(|line| format!("types: {line}")));
    found
}

fn theirs(compose: &Path, case: &Case, env: Option<&Path>, form: Form) -> Result<String, String> {
    let mut command = Command::new(compose);
    command.current_dir(&case.folder).env_clear();
    command.envs(environment(case));
    command.args(["--ansi", "never", "--project-directory", "."]);
    if let Some(env) = env {
        command.arg("--env-file").arg(env);
    }
    for file in &case.files {
        command.arg("-f").arg(file);
    }
    command.args(["config", "--no-path-resolution", "--no-normalize"]);
    if form == Form::Written {
        command.arg("--no-interpolate");
    }
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn environment(case: &Case) -> BTreeMap<String, String> {
    let folder = case.folder.to_str().unwrap();
    let variables = [("HOME", "/root"), ("PATH", "/usr/bin:/bin"), ("PWD", folder)];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn ours(case: &Case, env: Option<&Path>, form: Form) -> (Option<Project>, Problems) {
    let path = |path: &Path| Utf8PathBuf::from_path_buf(path.to_owned()).unwrap();
    let mut request = Request::of(path(&case.folder.join(&case.files[0])));
    request.files = case.files.iter().map(|file| path(&case.folder.join(file))).collect();
    request.folder = path(&case.folder);
    request.environment = environment(case);
    request.env_files.extend(env.map(path));
    request.interpolate = form == Form::Interpolated;
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let project = load(&request, &Disk, &mut sources, &mut problems);
    if project.is_none() {
        assert!(!sources.report(&problems).is_empty());
    }
    (project, problems)
}
