//! `include`: whole projects from other files, read with their own folder and env files, then
//! merged under what the including file says itself.

use camino::{Utf8Path, Utf8PathBuf};

use super::loader::{Loader, Scope};
use super::merge::{merge, reset};
use super::path::Path;
use super::relative::{between, clean};
use super::tree::{as_text, get_mut, map, remove, set};
use crate::diagnostic::{Diagnostic, Position, Problems, quoted};
use crate::yaml::{Mark, Node, Value};

/// What an included file brings along.
const RESOURCES: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

/// One entry of `include:`.
struct Entry {
    files: Vec<(String, Position)>,
    folder: Option<(String, Position)>,
    env_files: Vec<(String, Position)>,
}

impl Loader<'_> {
    /// Replace `include:` of a file by what it names.
    pub(super) fn include(
        &mut self,
        node: &mut Node,
        file: &Utf8Path,
        scope: &Scope,
        marks: &[Mark],
    ) {
        let Some(include) = remove(node, "include") else { return };
        let Some(items) = include.sequence() else {
            if !include.is_null() {
                let message = format!("expected a list, found {}", include.kind());
                self.problems.add(Diagnostic::at(include.at, "wrong-type", message));
            }
            return;
        };
        let mut included = scope.included.clone();
        included.push(file.to_owned());
        for item in items {
            let scope = Scope { included: included.clone(), ..scope.clone() };
            let entry = Entry::read(item, self.problems);
            if let Some(tree) = entry.and_then(|entry| self.included(&entry, item.at, &scope)) {
                bring(tree, node, marks, self.problems);
            }
        }
    }

    fn included(&mut self, entry: &Entry, at: Position, scope: &Scope) -> Option<Node> {
        let mut files = Vec::new();
        for (path, at) in &entry.files {
            files.push((self.local(path, *at, &scope.folder)?, *at));
        }
        let (main, _) = files.first()?;
        if scope.included.contains(main) {
            let message = format!("{} includes itself", quoted(main.as_str()));
            self.problems
                .add(Diagnostic::at(at, "include-cycle", message).help("remove one of them"));
            return None;
        }
        let folder = match &entry.folder {
            Some((folder, at)) => self.local(folder, *at, &scope.folder)?,
            None => main.parent().unwrap_or(Utf8Path::new("/")).to_owned(),
        };
        let mut env_files = Vec::new();
        for (path, at) in entry.env_files.iter().filter(|(path, _)| path != "/dev/null") {
            env_files.push((self.local(path, *at, &scope.folder)?, *at));
        }
        if entry.env_files.is_empty() {
            env_files.extend(self.default_env_file(&folder).map(|file| (file, at)));
        }
        let mut environment = scope.environment.clone();
        for (name, value) in self.env_files(&env_files, &scope.environment) {
            environment.entry(name).or_insert(value);
        }
        let base = between(scope.folder.as_str(), folder.as_str());
        let scope = Scope { folder, environment, included: scope.included.clone() };
        self.model(&files, &scope, Some(&base))
    }

    /// A path of this machine; addresses are not fetched.
    pub(super) fn local(
        &mut self,
        path: &str,
        at: Position,
        folder: &Utf8Path,
    ) -> Option<Utf8PathBuf> {
        let remote = ["http://", "https://", "git://", "ssh://", "oci://", "git@", "github.com/"];
        if remote.iter().any(|start| path.starts_with(start)) {
            let message = format!("{} is not on this machine", quoted(path));
            let help = "download it, look at it, and name the file";
            self.problems.add(Diagnostic::at(at, "file-unreadable", message).help(help));
            return None;
        }
        Some(clean(folder.join(path).as_str()).into())
    }
}

impl Entry {
    fn read(item: &Node, problems: &mut Problems) -> Option<Self> {
        let texts = |key: &str| -> Vec<(String, Position)> {
            let Some(node) = item.get(key) else { return Vec::new() };
            let items = node.sequence().unwrap_or(std::slice::from_ref(node));
            items.iter().filter_map(|item| Some((as_text(item)?.to_owned(), item.at))).collect()
        };
        if let Some(path) = as_text(item) {
            let files = vec![(path.to_owned(), item.at)];
            return Some(Self { files, folder: None, env_files: Vec::new() });
        }
        const KEYS: [&str; 3] = ["path", "project_directory", "env_file"];
        for (key, _) in item.mapping().into_iter().flatten() {
            if !KEYS.contains(&key.text.as_str()) {
                let message = format!("`include` has no key {}", quoted(&key.text));
                problems.report(key.at, "unknown-key", message, "remove it");
            }
        }
        let files = texts("path");
        if files.is_empty() {
            let message = "expected a path, or a map with `path`";
            problems.add(Diagnostic::at(item.at, "wrong-type", message));
            return None;
        }
        let folder = texts("project_directory").into_iter().next();
        Some(Self { files, folder, env_files: texts("env_file") })
    }
}

/// Everything of `tree` into `node`, which has the last word.
fn bring(mut tree: Node, node: &mut Node, marks: &[Mark], problems: &mut Problems) {
    for kind in RESOURCES {
        let Some(resources) = remove(&mut tree, kind) else { continue };
        let Value::Mapping(entries) = resources.value else { continue };
        if node.get(kind).is_none_or(Node::is_null) {
            set(node, kind, map(Vec::new(), resources.at));
        }
        for (key, value) in entries {
            let Some(place) = get_mut(node, kind) else { continue };
            let value = match remove(place, &key.text) {
                None => value,
                Some(own) => {
                    let mut one = map(vec![(key.clone(), value)], own.at);
                    for mark in
                        marks.iter().filter(|mark| mark.path.first().is_some_and(|k| k == kind))
                    {
                        reset(&mut one, mark.path.get(1..).unwrap_or_default());
                    }
                    let kinds = Path::ROOT.next(kind);
                    match remove(&mut one, &key.text) {
                        Some(value) => merge(value, own, &kinds.next(&key.text), problems),
                        None => own,
                    }
                }
            };
            if let Value::Mapping(entries) = &mut place.value {
                entries.push((key, value));
            }
        }
    }
}
