//! Reading everything that Docker Compose accepts, from any number of files, as one project.
//!
//! The phases, each a file of this folder and, but for the reading itself, a function on trees
//! whose nodes keep their places:
//!
//! 1. `files`, `crate::yaml::parse_documents`: texts become trees; `!reset` and `!override` are
//!    noted.
//! 2. `interpolate` (with `template`, and `dotenv` for env files): variables take their values.
//! 3. `include`: whole projects from elsewhere, each through all phases up to here.
//! 4. `extends`: services laid over others.
//! 5. `merge`, `unique`: the file is laid over those before it.
//! 6. `conform` (with `schema`): unknown keys and wrong kinds are refused.
//! 7. `canonical`: short forms become long ones, defaults are filled in, paths of other folders
//!    `relative` to the project's.
//! 8. `values`: texts become times, sizes, numbers and words.
//! 9. `environment`: settings from `env_file` and from outside.
//! 10. `check`: names that exist, keys that exclude each other, no circles; for what runs with the
//!     chosen profiles.
//!
//! The order and the rules are those of compose-go, which Docker Compose reads its files with; the
//! tests hold both side by side. Without interpolation, phases 2, 8, 9 and 10 are left out, since
//! variables have neither type nor value.

mod canonical;
mod check;
mod conform;
mod dotenv;
mod environment;
mod extends;
mod files;
mod foreign;
mod include;
mod interpolate;
mod loader;
mod merge;
mod pass_through;
mod path;
mod project;
mod relative;
mod request;
mod schema;
mod template;
mod tree;
mod unique;
mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use files::{Disk, Files, Memory, Unreadable};
pub use project::Project;
pub use request::Request;

use self::loader::{Loader, Scope};
use self::tree::{get_mut, set, spelled, text};
use super::ComposeFile;
use super::read::Read;
use crate::diagnostic::{Diagnostic, Position, Problems, Sources};
use crate::yaml::{Kind, Node, Value};

/// Read a project; none where something in it cannot be read, which is then reported.
pub fn load(
    request: &Request,
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Project> {
    let before = problems.len();
    let mut loader = Loader {
        files,
        root: request.folder.clone(),
        sources,
        problems,
        interpolated: request.interpolate,
        home: request.environment.get("HOME").cloned(),
        variables: BTreeSet::new(),
        read: Vec::new(),
        text: 0,
    };
    let mut scope = surroundings(request, &mut loader);
    let name = project_name(request, &scope, &mut loader);
    scope.environment.insert("COMPOSE_PROJECT_NAME".to_owned(), name.clone());
    let asked = request.files.iter().map(|file| (file.clone(), Position::default()));
    let mut node = loader.model(&asked.collect::<Vec<_>>(), &scope, None)?;
    if node.get("services").is_none() && loader.problems.len() == before {
        let message = "there are no services";
        let help = "write `services:`; a file of another kind cannot be read";
        loader.problems.add(Diagnostic::at(node.at, "missing-key", message).help(help));
    }
    check::resources(&node, loader.problems);
    let inactive = inactive(&node, request, &scope);
    if request.interpolate && loader.problems.len() == before {
        values::values(&mut node, &schema::PROJECT, loader.problems);
        check::services(&check::Project::new(&node, &inactive), loader.problems);
        settle(&mut node, &inactive, &scope, &mut loader);
        double(&mut node);
        let at = node.at;
        set(&mut node, "name", text(&name, at));
    }
    let Loader { variables, read, .. } = loader;
    if problems.len() > before {
        return None;
    }
    let file = <ComposeFile as Read>::read(&node, problems);
    let project = Project {
        name,
        node,
        file,
        inactive,
        variables,
        environment: scope.environment,
        files: read,
    };
    (problems.len() == before).then_some(project)
}

/// The folder, and the variables of env files under those of who runs Compose.
fn surroundings(request: &Request, loader: &mut Loader<'_>) -> Scope {
    let folder = request.folder.clone();
    let mut files = request.env_files.clone();
    if files.is_empty() {
        files.extend(loader.default_env_file(&folder));
    }
    let files: Vec<_> = files.into_iter().map(|file| (file, Position::default())).collect();
    let mut environment = loader.env_files(&files, &request.environment);
    environment.extend(request.environment.clone());
    Scope { folder, environment, included: Vec::new() }
}

/// The name that is asked for, the files', or the folder's.
fn project_name(request: &Request, scope: &Scope, loader: &mut Loader<'_>) -> String {
    let given = request.name.clone();
    let given = given.or_else(|| scope.environment.get("COMPOSE_PROJECT_NAME").cloned());
    if let Some(name) = given.filter(|name| !name.is_empty()) {
        return name;
    }
    let mut silent = Problems::new();
    let mut named = None;
    for file in &request.files {
        let Ok(text) = loader.files.read(file) else { continue };
        for mut document in crate::yaml::parse_documents(0, &text, &mut silent) {
            let Some(name) = get_mut(&mut document.node, "name") else { continue };
            if request.interpolate {
                let value = |name: &str| scope.environment.get(name).cloned();
                interpolate::interpolate(name, &value, &mut loader.variables, &mut silent);
            }
            named = spelled(name).map(normal).filter(|name| !name.is_empty()).or(named);
        }
    }
    named.unwrap_or_else(|| normal(request.folder.file_name().unwrap_or_default()))
}

/// A name as Compose takes it: lower case letters, digits, `-` and `_`.
fn normal(name: &str) -> String {
    let kept = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(*c);
    let name: String = name.to_lowercase().chars().filter(kept).collect();
    name.trim_start_matches(['_', '-']).to_owned()
}

/// Services whose profiles are not asked for.
fn inactive(node: &Node, request: &Request, scope: &Scope) -> BTreeSet<String> {
    let mut asked = request.profiles.clone();
    if let Some(profiles) = scope.environment.get("COMPOSE_PROFILES").filter(|_| asked.is_empty()) {
        asked.extend(profiles.split(',').map(|profile| profile.trim().to_owned()));
    }
    let runs = |service: &Node| {
        let profiles = service.get("profiles").and_then(Node::sequence).unwrap_or_default();
        let chosen = |profile: &Node| spelled(profile).is_some_and(|name| asked.contains(name));
        profiles.is_empty() || asked.contains("*") || profiles.iter().any(chosen)
    };
    check::entries(node, "services")
        .filter(|(_, service)| !runs(service))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Settings of every service that runs, from wherever they come.
fn settle(node: &mut Node, inactive: &BTreeSet<String>, scope: &Scope, loader: &mut Loader<'_>) {
    let Some(Value::Mapping(services)) = get_mut(node, "services").map(|node| &mut node.value)
    else {
        return;
    };
    for (name, service) in services {
        if !inactive.contains(&name.text) {
            loader.settings(service, scope);
        }
    }
}

/// A `$` of a value is no variable any more.
fn double(node: &mut Node) {
    match &mut node.value {
        Value::Null => {}
        Value::Scalar(scalar) => {
            if scalar.kind == Kind::String && scalar.text.contains('$') {
                scalar.text = super::doubled(&scalar.text);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(double),
        Value::Mapping(entries) => entries.iter_mut().for_each(|(_, value)| double(value)),
    }
}
