//! The merged file against the schema: unknown keys, values of the wrong kind, things that stand
//! twice. Says what Compose would refuse, at the place where it stands.

use std::collections::HashSet;

use super::foreign;
use super::schema::Shape;
use super::tree::{as_text, spelled};
use crate::diagnostic::{Diagnostic, Problems, did_you_mean, quoted};
use crate::yaml::{Kind, Mapping, Node, Value};

/// Report everything in `node` that does not have the shape.
pub(super) fn conform(node: &Node, shape: &Shape, problems: &mut Problems) {
    match shape {
        Shape::Texts => {}
        Shape::Maybe(shape) => {
            if !node.is_null() {
                conform(node, shape, problems);
            }
        }
        Shape::Text | Shape::Duration => scalar(node, &[Kind::String], "text", problems),
        Shape::Word(words) => word(node, words, problems),
        Shape::PullPolicy => {
            if !as_text(node).is_some_and(is_interval) {
                word(node, &PULL_POLICIES, problems);
            }
        }
        Shape::Flag | Shape::Loose => {
            scalar(node, &[Kind::Boolean, Kind::String], "true or false", problems);
        }
        Shape::Whole | Shape::Count => {
            scalar(node, &[Kind::Integer, Kind::Float, Kind::String], "a whole number", problems);
        }
        Shape::Number | Shape::Label | Shape::Mode => {
            scalar(node, &[Kind::Integer, Kind::Float, Kind::String], "a number", problems);
        }
        Shape::Size => {
            scalar(node, &[Kind::Integer, Kind::Float, Kind::String], "a size", problems);
        }
        Shape::SizeText => scalar(node, &[Kind::String], "a size with its unit", problems),
        Shape::Command if node.is_null() => {}
        Shape::Command | Shape::Test | Shape::OneOrMany => one_or_many(node, problems),
        Shape::List(shape) => items(node, shape, problems),
        Shape::Set(shape) => {
            items(node, shape, problems);
            twice(node, problems);
        }
        Shape::Pairs(_) | Shape::Agents => pairs(node, false, problems),
        Shape::Hosts => pairs(node, true, problems),
        Shape::Map(shape) => map(node, |_, _| (), shape, problems),
        Shape::Names(shape) => map(node, check_name, shape, problems),
        Shape::NamesOrList(shape) => match &node.value {
            Value::Sequence(_) => {
                items(node, &Shape::Text, problems);
                twice(node, problems);
            }
            _ => map(node, check_name, shape, problems),
        },
        Shape::Keys(keys) => closed(node, keys, true, problems),
        Shape::Closed(keys) => closed(node, keys, false, problems),
        Shape::Led(keys) => {
            closed(node, keys, true, problems);
            led(node, keys, problems);
        }
        Shape::Short(shape) => match as_text(node) {
            Some(_) => {}
            None => conform(node, shape, problems),
        },
        Shape::ShortNumber(shape) => match spelled(node) {
            Some(_) => {
                scalar(node, &[Kind::Integer, Kind::Float, Kind::String], "a number", problems)
            }
            None => conform(node, shape, problems),
        },
        Shape::External => match node.mapping() {
            Some(_) => closed(node, &[("name", Shape::Text)], true, problems),
            None => conform(node, &Shape::Flag, problems),
        },
    }
}

const PULL_POLICIES: [&str; 8] =
    ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"];

/// `every_12h`, the other pull policies.
fn is_interval(policy: &str) -> bool {
    let Some(interval) = policy.strip_prefix("every_") else { return false };
    let mut digits = 0;
    for c in interval.chars() {
        match c {
            '0'..='9' => digits += 1,
            'w' | 'd' | 'h' | 'm' | 's' if digits > 0 => digits = 0,
            _ => return false,
        }
    }
    digits == 0 && !interval.is_empty()
}

fn mismatch(node: &Node, expected: &str, problems: &mut Problems) {
    let message = format!("expected {expected}, found {}", node.kind());
    let number = node.scalar().is_some_and(|scalar| scalar.kind != Kind::String);
    let help = (number && expected == "text").then_some("write it in quotes");
    problems.add(Diagnostic::at(node.at, "wrong-type", message).maybe_help(help));
}

fn scalar(node: &Node, kinds: &[Kind], expected: &str, problems: &mut Problems) {
    if !node.scalar().is_some_and(|scalar| kinds.contains(&scalar.kind)) {
        mismatch(node, expected, problems);
    }
}

fn word(node: &Node, words: &[&str], problems: &mut Problems) {
    match as_text(node) {
        Some(text) if words.contains(&text) => {}
        Some(text) => {
            let message = format!("{} is none of {}", problems.quoted(text), words.join(", "));
            let help = did_you_mean(text, words.iter().copied());
            problems.add(Diagnostic::at(node.at, "wrong-value", message).maybe_help(help));
        }
        None => mismatch(node, "text", problems),
    }
}

fn one_or_many(node: &Node, problems: &mut Problems) {
    match &node.value {
        Value::Sequence(_) => items(node, &Shape::Text, problems),
        _ => scalar(node, &[Kind::String], "text or a list", problems),
    }
}

fn items(node: &Node, shape: &Shape, problems: &mut Problems) {
    match node.sequence() {
        Some(items) => items.iter().for_each(|item| conform(item, shape, problems)),
        None => mismatch(node, "a list", problems),
    }
}

fn twice(node: &Node, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for item in node.sequence().into_iter().flatten() {
        let Some(scalar) = item.scalar() else { continue };
        if !seen.insert((&scalar.text, scalar.kind == Kind::String)) {
            // What follows a `=` may be a secret.
            let name = scalar.text.split('=').next().unwrap_or_default();
            let message = format!("{} stands twice in the list", problems.quoted(name));
            problems.report(item.at, "duplicate-value", message, "keep one of the two");
        }
    }
}

fn pairs(node: &Node, lists: bool, problems: &mut Problems) {
    match &node.value {
        Value::Sequence(_) => {
            items(node, &Shape::Text, problems);
            if !lists {
                twice(node, problems);
            }
        }
        Value::Mapping(entries) => {
            for (key, value) in entries {
                problems.under(&key.text, |problems| match &value.value {
                    Value::Sequence(_) if lists => items(value, &Shape::Text, problems),
                    Value::Sequence(_) | Value::Mapping(_) => mismatch(value, "text", problems),
                    Value::Null | Value::Scalar(_) => {}
                });
            }
        }
        Value::Null | Value::Scalar(_) => mismatch(node, "a map or a list", problems),
    }
}

fn map(
    node: &Node,
    check: fn(&crate::yaml::Key, &mut Problems),
    shape: &Shape,
    problems: &mut Problems,
) {
    let Some(entries) = node.mapping() else {
        mismatch(node, "a map", problems);
        return;
    };
    for (key, value) in entries {
        check(key, problems);
        problems.under(&key.text, |problems| conform(value, shape, problems));
    }
}

fn check_name(key: &crate::yaml::Key, problems: &mut Problems) {
    let valid = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if key.text.is_empty() || !key.text.chars().all(valid) {
        let message = format!("{} is no name", quoted(&key.text));
        let help = "names have letters, digits, `.`, `_` and `-`";
        problems.report(key.at, "wrong-name", message, help);
    }
}

fn closed(node: &Node, keys: &[(&str, Shape)], extended: bool, problems: &mut Problems) {
    let Some(entries) = node.mapping() else {
        mismatch(node, "a map", problems);
        return;
    };
    for (key, value) in entries {
        match keys.iter().find(|(name, _)| *name == key.text) {
            Some((_, shape)) => {
                problems.under(&key.text, |problems| conform(value, shape, problems));
            }
            None if extended && key.text.starts_with("x-") => {}
            None => unknown(key, keys, problems),
        }
    }
}

fn unknown(key: &crate::yaml::Key, keys: &[(&str, Shape)], problems: &mut Problems) {
    let message = format!("Compose has no key {} here", quoted(&key.text));
    let names = keys.iter().map(|(name, _)| *name);
    let help =
        foreign::key(&key.text).map(str::to_owned).or_else(|| did_you_mean(&key.text, names));
    let help = help.unwrap_or_else(|| "remove it, or begin it with `x-`".to_owned());
    problems.report(key.at, "unknown-key", message, help);
}

fn led(node: &Node, keys: &[(&str, Shape)], problems: &mut Problems) {
    let needed = keys.first().map(|(name, _)| *name).unwrap_or_default();
    if node
        .mapping()
        .is_some_and(|entries: &Mapping| !entries.iter().any(|(k, _)| k.text == needed))
    {
        let message = format!("the key `{needed}` is missing");
        problems.add(Diagnostic::at(node.at, "missing-key", message));
    }
}
