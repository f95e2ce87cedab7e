//! Short forms become long ones, and what a long form leaves out takes Compose's default. Without
//! interpolation a short form may hold variables; then it stays as it is.

mod mount;
mod port;

pub(super) use mount::target as mount_target;

use super::merge::started;
use super::path::{ITEM, Path};
use super::tree::{
    as_text, entries_mut, entry, flag, items_mut, list, map, null, set, set_default, spelled, text,
};
use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::{Node, Value};

/// How a form is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    /// Forms that cannot be read stay as they are.
    pub(super) lenient: bool,
}

/// Bring every form of the tree into its long one.
pub(super) fn canonical(node: &mut Node, path: &Path<'_>, mode: Mode, problems: &mut Problems) {
    if let Some((_, form)) = FORMS.iter().find(|(pattern, _)| path.matches(pattern))
        && form(node, mode, problems)
    {
        return;
    }
    descend(node, path, problems, |node, path, problems| canonical(node, path, mode, problems));
}

/// Fill in what long forms leave out.
pub(super) fn defaults(node: &mut Node, path: &Path<'_>, problems: &mut Problems) {
    if let Some((_, fill)) = DEFAULTS.iter().find(|(pattern, _)| path.matches(pattern)) {
        fill(node);
        return;
    }
    descend(node, path, problems, defaults);
}

fn descend(
    node: &mut Node,
    path: &Path<'_>,
    problems: &mut Problems,
    mut visit: impl FnMut(&mut Node, &Path<'_>, &mut Problems),
) {
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let next = path.next(&key.text);
                problems.under(&key.text, |problems| visit(value, &next, problems));
            }
        }
        Value::Sequence(items) => {
            let next = path.next(ITEM);
            items.iter_mut().for_each(|item| visit(item, &next, problems));
        }
    }
}

/// Reads one form; true where nothing below it is to be read.
type Form = fn(&mut Node, Mode, &mut Problems) -> bool;

/// compose-go `transform/canonical.go`.
const FORMS: &[(&str, Form)] = &[
    ("services.*.build", |node, _, _| short(node, "context")),
    ("services.*.build.secrets.*", |node, _, _| short(node, "source")),
    ("services.*.build.additional_contexts", pairs),
    ("services.*.build.ssh", |node, _, _| keys(node)),
    ("services.*.depends_on", |node, _, _| depends_on(node)),
    ("services.*.env_file", |node, _, _| env_files(node)),
    ("services.*.label_file", |node, _, _| one_or_many(node)),
    ("services.*.extends", |node, _, _| short(node, "service")),
    ("services.*.gpus", |node, _, _| gpus(node)),
    ("services.*.networks", |node, _, _| names(node)),
    ("services.*.models", |node, _, _| names(node)),
    ("services.*.volumes.*", mount::long),
    ("services.*.dns", |node, _, _| one_or_many(node)),
    ("services.*.devices.*", device),
    ("services.*.secrets.*", |node, _, _| short(node, "source")),
    ("services.*.configs.*", |node, _, _| short(node, "source")),
    ("services.*.ports", port::long),
    ("services.*.develop.watch.*.ignore", |node, _, _| one_or_many(node)),
    ("services.*.develop.watch.*.include", |node, _, _| one_or_many(node)),
    ("volumes.*", |node, _, problems| external(node, problems)),
    ("networks.*", |node, _, problems| external(node, problems)),
    ("secrets.*", |node, _, problems| external(node, problems)),
    ("configs.*", |node, _, problems| external(node, problems)),
    ("include.*", |node, _, _| short(node, "path")),
];

/// Fills in one form.
type Fill = fn(&mut Node);

/// compose-go `transform/defaults.go`.
const DEFAULTS: &[(&str, Fill)] = &[
    ("services.*.build", |node| set_default(node, "context", |at| text(".", at))),
    ("services.*.secrets.*", |node| {
        let source = node.get("source").and_then(spelled).unwrap_or_default();
        let target = format!("{}/{source}", crate::compose::conventions::SECRETS_FOLDER);
        set_default(node, "target", |at| text(target, at));
    }),
    ("services.*.ports.*", |node| {
        set_default(node, "protocol", |at| text("tcp", at));
        set_default(node, "mode", |at| text("ingress", at));
    }),
    ("services.*.deploy.resources.reservations.devices.*", all_devices),
    ("services.*.gpus.*", all_devices),
    ("services.*.volumes.*.bind", |node| {
        set_default(node, "create_host_path", |at| flag(true, at));
    }),
];

/// A text that is one key of the long form.
fn short(node: &mut Node, key: &str) -> bool {
    let short = node.scalar().is_some();
    if short {
        let at = node.at;
        let value = std::mem::replace(node, null(at));
        *node = map(vec![entry(key, value)], at);
    }
    short
}

fn one_or_many(node: &mut Node) -> bool {
    if as_text(node).is_some() {
        let at = node.at;
        let value = std::mem::replace(node, null(at));
        *node = list(vec![value], at);
    }
    true
}

fn names(node: &mut Node) -> bool {
    if let Value::Sequence(items) = &node.value {
        let entries = items.iter().filter_map(|item| Some(entry(spelled(item)?, null(item.at))));
        *node = map(entries.collect(), node.at);
    }
    true
}

fn depends_on(node: &mut Node) -> bool {
    if let Value::Sequence(items) = &node.value {
        let entries = items.iter().filter_map(|item| Some(entry(spelled(item)?, started(item))));
        *node = map(entries.collect(), node.at);
    }
    for (_, value) in entries_mut(node).into_iter().flatten() {
        set_default(value, "condition", |at| text("service_started", at));
        set_default(value, "required", |at| flag(true, at));
    }
    true
}

fn env_files(node: &mut Node) -> bool {
    one_or_many(node);
    for item in items_mut(node).into_iter().flatten() {
        short(item, "path");
        set_default(item, "required", |at| flag(true, at));
    }
    true
}

fn gpus(node: &mut Node) -> bool {
    let all = as_text(node).is_some();
    if all {
        let at = node.at;
        let count = map(vec![entry("count", text("all", at))], at);
        *node = list(vec![count], at);
    }
    all
}

fn all_devices(node: &mut Node) {
    if node.get("device_ids").is_none() {
        set_default(node, "count", |at| text("all", at));
    }
}

fn pairs(node: &mut Node, mode: Mode, problems: &mut Problems) -> bool {
    let Value::Sequence(items) = &node.value else { return true };
    let mut entries = Vec::new();
    for item in items {
        match spelled(item).unwrap_or_default().split_once('=') {
            Some((key, value)) => entries.push(entry(key, text(value, item.at))),
            None if mode.lenient => return true,
            None => {
                let message = "expected NAME=VALUE";
                problems.add(Diagnostic::at(item.at, "wrong-value", message));
            }
        }
    }
    entries.dedup_by(|later, earlier| later.0.text == earlier.0.text);
    *node = map(entries, node.at);
    true
}

/// `ssh` of a build: a list of `ID=PATH`, or `default` alone.
fn keys(node: &mut Node) -> bool {
    if let Value::Sequence(items) = &node.value {
        let entries = items.iter().filter_map(|item| {
            let line = spelled(item)?;
            Some(match line.split_once('=') {
                Some((id, path)) => entry(id, text(path, item.at)),
                None => entry(line, null(item.at)),
            })
        });
        *node = map(entries.collect(), node.at);
    }
    true
}

fn device(node: &mut Node, mode: Mode, problems: &mut Problems) -> bool {
    let Some(line) = as_text(node) else { return true };
    let parts: Vec<&str> = line.split(':').collect();
    let (source, target, permissions) = match parts.as_slice() {
        [source] => (*source, *source, "rwm"),
        [source, target] => (*source, *target, "rwm"),
        [source, target, permissions] => (*source, *target, *permissions),
        _ if mode.lenient => ("", "", "rwm"),
        _ => {
            let message = format!("{} is not SOURCE[:TARGET[:PERMISSIONS]]", problems.quoted(line));
            problems.add(Diagnostic::at(node.at, "wrong-value", message));
            return true;
        }
    };
    let target = if target.is_empty() { source } else { target };
    let entries = [("source", source), ("target", target), ("permissions", permissions)];
    let entries = entries.map(|(key, value)| entry(key, text(value, node.at)));
    *node = map(entries.into(), node.at);
    true
}

/// The old `external: {name: NAME}`.
fn external(node: &mut Node, problems: &mut Problems) -> bool {
    let Some(old) = node.get("external").filter(|old| old.mapping().is_some()).cloned() else {
        return false;
    };
    set(node, "external", flag(true, old.at));
    let Some(name) = old.get("name") else { return false };
    match node.get("name") {
        Some(other) if spelled(other) != spelled(name) => {
            let message = "`name` and `external.name` differ";
            let help = "keep `name` and write `external: true`";
            problems.add(Diagnostic::at(name.at, "wrong-value", message).help(help));
        }
        Some(_) => {}
        None => set(node, "name", name.clone()),
    }
    false
}
