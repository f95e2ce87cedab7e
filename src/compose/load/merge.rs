//! One file laid over another, by Compose's rules for each place: maps are merged, lists are
//! joined, single values replaced, and some places have a rule of their own.

use super::path::{ITEM, Path};
use super::tree::{entries_mut, entry, flag, list, map, null, spelled, text};
use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::{Mapping, Node, Value};

/// Lay `over` on `base`; what cannot be merged is reported and taken from `over`.
pub(super) fn merge(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let rule = SPECIAL.iter().find(|(pattern, _)| path.matches(pattern));
    match rule {
        Some((_, rule)) => rule(base, over, path, problems),
        None => generic(base, over, path, problems),
    }
}

type Rule = fn(Node, Node, &Path<'_>, &mut Problems) -> Node;

/// compose-go `override/merge.go`.
const SPECIAL: &[(&str, Rule)] = &[
    ("networks.*.ipam.config", pools),
    ("networks.*.labels", joined),
    ("volumes.*.labels", joined),
    ("services.*.annotations", joined),
    ("services.*.build", build),
    ("services.*.build.args", joined),
    ("services.*.build.additional_contexts", joined),
    ("services.*.build.extra_hosts", hosts),
    ("services.*.build.labels", joined),
    ("services.*.command", replaced),
    ("services.*.depends_on", dependencies),
    ("services.*.deploy.labels", joined),
    ("services.*.dns", joined),
    ("services.*.dns_opt", joined),
    ("services.*.dns_search", joined),
    ("services.*.entrypoint", replaced),
    ("services.*.env_file", joined),
    ("services.*.label_file", joined),
    ("services.*.environment", joined),
    ("services.*.extra_hosts", hosts),
    ("services.*.healthcheck.test", replaced),
    ("services.*.labels", joined),
    ("services.*.logging", logging),
    ("services.*.models", names),
    ("services.*.networks", names),
    ("services.*.sysctls", joined),
    ("services.*.tmpfs", joined),
    ("services.*.ulimits.*", replaced),
];

fn generic(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    if over.is_null() {
        return base;
    }
    let at = over.at;
    match (base.value, over.value) {
        (Value::Mapping(base), Value::Mapping(over)) => {
            map(mappings(base, over, path, problems), at)
        }
        (Value::Sequence(mut base), Value::Sequence(over)) => {
            base.extend(over);
            list(base, at)
        }
        (Value::Null | Value::Scalar(_), over) => Node { value: over, at },
        (Value::Mapping(_), over) => mismatch("a map", Node { value: over, at }, path, problems),
        (Value::Sequence(_), over) => mismatch("a list", Node { value: over, at }, path, problems),
    }
}

fn mismatch(before: &str, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let key = problems.quoted(path.key());
    let message = format!("{key} is {} here and {before} in what it is merged with", over.kind());
    let help = "write both in the same form";
    problems.add(Diagnostic::at(over.at, "wrong-type", message).help(help));
    over
}

/// Merge entry by entry.
pub(super) fn mappings(
    mut base: Mapping,
    over: Mapping,
    path: &Path<'_>,
    problems: &mut Problems,
) -> Mapping {
    let mut places: std::collections::HashMap<String, usize> =
        base.iter().enumerate().map(|(at, (key, _))| (key.text.clone(), at)).collect();
    for (key, value) in over {
        match places.get(&key.text).and_then(|at| base.get_mut(*at)) {
            Some((_, place)) => {
                let before = std::mem::replace(place, null(value.at));
                let next = path.next(&key.text);
                *place =
                    problems.under(&key.text, |problems| merge(before, value, &next, problems));
            }
            None => {
                places.insert(key.text.clone(), base.len());
                base.push((key, value));
            }
        }
    }
    base
}

fn replaced(_: Node, over: Node, _: &Path<'_>, _: &mut Problems) -> Node {
    over
}

fn joined(base: Node, over: Node, _: &Path<'_>, _: &mut Problems) -> Node {
    let at = over.at;
    let mut items = sequence(base);
    items.extend(sequence(over));
    list(items, at)
}

/// A map as the list that says the same.
fn sequence(node: Node) -> Vec<Node> {
    match node.value {
        Value::Null => Vec::new(),
        Value::Sequence(items) => items,
        Value::Scalar(_) => vec![node],
        Value::Mapping(entries) => {
            let mut items = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                match &value.value {
                    Value::Null => items.push(text(key.text, value.at)),
                    Value::Sequence(values) => {
                        items.extend(values.iter().map(|one| pair(&key.text, one)))
                    }
                    Value::Scalar(_) | Value::Mapping(_) => items.push(pair(&key.text, &value)),
                }
            }
            items.sort_by(|a, b| spelled(a).cmp(&spelled(b)));
            items
        }
    }
}

fn pair(key: &str, value: &Node) -> Node {
    text(format!("{key}={}", spelled(value).unwrap_or_default()), value.at)
}

fn hosts(base: Node, over: Node, _: &Path<'_>, _: &mut Problems) -> Node {
    let at = over.at;
    let mut items = sequence(base);
    for item in sequence(over) {
        if !items.iter().any(|known| spelled(known) == spelled(&item)) {
            items.push(item);
        }
    }
    list(items, at)
}

/// A list of names as the map that says the same.
fn by_name(node: Node, value: impl Fn(&Node) -> Node) -> Node {
    match node.value {
        Value::Sequence(items) => {
            let entries =
                items.iter().filter_map(|item| spelled(item).map(|name| entry(name, value(item))));
            map(entries.collect(), node.at)
        }
        Value::Null | Value::Scalar(_) | Value::Mapping(_) => node,
    }
}

fn names(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let nothing = |item: &Node| null(item.at);
    generic(by_name(base, nothing), by_name(over, nothing), path, problems)
}

fn dependencies(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    generic(by_name(base, started), by_name(over, started), path, problems)
}

/// What a dependency without keys of its own means.
pub(super) fn started(item: &Node) -> Node {
    let entries = vec![
        entry("condition", text("service_started", item.at)),
        entry("required", flag(true, item.at)),
    ];
    map(entries, item.at)
}

fn build(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let long = |node: Node| match &node.value {
        Value::Scalar(_) => {
            let at = node.at;
            map(vec![entry("context", node)], at)
        }
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => node,
    };
    generic(long(base), long(over), path, problems)
}

/// Options belong to their driver: another driver takes none of them over.
fn logging(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let driver = |node: &Node| node.get("driver").and_then(spelled).map(str::to_owned);
    match (driver(&base), driver(&over)) {
        (Some(before), Some(after)) if before != after => over,
        _ => generic(base, over, path, problems),
    }
}

/// Address ranges are the same where their subnets are.
fn pools(base: Node, over: Node, path: &Path<'_>, problems: &mut Problems) -> Node {
    let at = over.at;
    let subnet = |node: &Node| node.get("subnet").and_then(spelled).map(str::to_owned);
    let (Value::Sequence(base), Value::Sequence(over)) = (base.value, over.value) else {
        return list(Vec::new(), at);
    };
    let mut out: Vec<Node> = Vec::new();
    for before in base {
        for after in &over {
            if subnet(after) != subnet(&before)
                && !out.iter().any(|known| subnet(known) == subnet(after))
            {
                out.push(after.clone());
                continue;
            }
            let merged = generic(before.clone(), after.clone(), &path.next(ITEM), problems);
            match out.iter_mut().find(|known| subnet(known) == subnet(&merged)) {
                Some(known) => *known = merged,
                None => out.push(merged),
            }
        }
    }
    list(out, at)
}

/// Take a value and everything under it out of the places that a tag has marked.
pub(super) fn reset(tree: &mut Node, path: &[String]) {
    let Some((last, above)) = path.split_last() else { return };
    let mut here = Some(tree);
    for key in above {
        here = here.and_then(|node| super::tree::get_mut(node, key));
    }
    if let Some(entries) = here.and_then(entries_mut) {
        entries.retain(|(key, _)| key.text != *last);
    }
}
