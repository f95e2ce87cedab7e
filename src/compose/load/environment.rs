//! Settings that come from whole files, through `env_file` and `label_file`.

use camino::Utf8Path;

use super::dotenv::{self, Values};
use super::files::Unreadable;
use super::loader::{Loader, Scope};
use super::tree::{as_text, entry, get_mut, map, remove, set, spelled, text};
use crate::diagnostic::{Diagnostic, quoted};
use crate::yaml::{Mapping, Node, Value};

impl Loader<'_> {
    /// The settings of a service, whose values have their types, with those of its files.
    pub(super) fn settings(&mut self, service: &mut Node, scope: &Scope) {
        if let Some(Value::Mapping(entries)) =
            get_mut(service, "environment").map(|node| &mut node.value)
        {
            for (key, value) in entries.iter_mut().filter(|(_, value)| value.is_null()) {
                if let Some(outside) = scope.environment.get(&key.text) {
                    *value = text(outside, value.at);
                }
            }
        }
        let own = pairs(service.get("environment"));
        let files = remove(service, "env_file");
        let mut read: Values = own.clone();
        for file in files.as_ref().and_then(Node::sequence).unwrap_or_default() {
            self.env_file(file, scope, &own, &mut read);
        }
        lay_under(service, "environment", read, files.as_ref());
        let files = remove(service, "label_file");
        let mut labels = Values::new();
        for file in files.as_ref().and_then(Node::sequence).unwrap_or_default() {
            let path = scope.folder.join(as_text(file).unwrap_or_default());
            let Some((source, text)) = self.settings_source(&path, file.at) else { continue };
            dotenv::read(source, &text, &mut labels, &|_| None, self.problems);
        }
        lay_under(service, "labels", labels, files.as_ref());
    }

    fn env_file(&mut self, file: &Node, scope: &Scope, own: &Values, values: &mut Values) {
        let part = |key: &str| file.get(key).and_then(spelled);
        let required = part("required") != Some("false");
        let path = scope.folder.join(self.at_home(part("path").unwrap_or_default()));
        if !required && self.files.read(&path) == Err(Unreadable::Missing) {
            return;
        }
        let raw = match part("format") {
            None | Some("") => false,
            Some("raw") => true,
            Some(other) => {
                let message = format!("Compose has no format {} of env files", quoted(other));
                let help = "write `format: raw`, or leave it out";
                self.problems.add(Diagnostic::at(file.at, "wrong-value", message).help(help));
                return;
            }
        };
        let Some((source, text)) = self.settings_source(&path, file.at) else { return };
        let known = |name: &str| {
            let own = || own.get(name).map(|(value, _)| value.clone());
            scope.environment.get(name).cloned().or_else(own)
        };
        if raw {
            dotenv::read_raw(source, &text, values, &known, self.problems);
        } else {
            dotenv::read(source, &text, values, &known, self.problems);
        }
    }

    /// The path with `~` replaced.
    fn at_home(&self, path: &str) -> String {
        match (&self.home, path.strip_prefix('~')) {
            (Some(home), Some(rest)) => {
                Utf8Path::new(home).join(rest.trim_start_matches('/')).into_string()
            }
            _ => path.to_owned(),
        }
    }
}

fn pairs(node: Option<&Node>) -> Values {
    let entries = node.and_then(Node::mapping).into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.text.clone(), (spelled(value)?.to_owned(), value.at))))
        .collect()
}

/// Add what the service does not say itself.
fn lay_under(service: &mut Node, key: &str, values: Values, from: Option<&Node>) {
    let Some(from) = from else { return };
    if service.get(key).is_none_or(Node::is_null) {
        set(service, key, map(Mapping::new(), from.at));
    }
    let Some(Value::Mapping(entries)) = get_mut(service, key).map(|node| &mut node.value) else {
        return;
    };
    let new = values.into_iter().filter(|(name, _)| !entries.iter().any(|(k, _)| k.text == *name));
    let new: Vec<_> = new.map(|(name, (value, at))| entry(&name, text(value, at))).collect();
    entries.extend(new);
}
