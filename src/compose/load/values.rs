//! Values take the types that Compose gives them: `1m30s` for ninety seconds, `536870912` for half
//! a GiB, a command as its words, settings as a map of texts. Only after interpolation: a variable
//! has no type.

mod bytes;
mod duration;
mod words;

use super::schema::{Shape, Unset};
use super::tree::{as_text, entry, flag, list, map, null, scalar, spelled, text, whole};
use crate::diagnostic::{Diagnostic, Problems};
use crate::yaml::{Kind, Mapping, Node, Value};

/// Give every value of the tree its type; what cannot have it is reported and left.
pub(super) fn values(node: &mut Node, shape: &Shape, problems: &mut Problems) {
    match shape {
        Shape::Text | Shape::Word(_) | Shape::PullPolicy => {}
        Shape::Flag => replace(node, problems, boolean),
        Shape::Whole => replace(node, problems, integer),
        Shape::Number => replace(node, problems, single),
        Shape::Size | Shape::SizeText => replace(node, problems, bytes::read),
        Shape::Duration => replace(node, problems, duration::read),
        Shape::Mode => replace(node, problems, mode),
        Shape::Count => replace(node, problems, count),
        Shape::Label | Shape::Loose => {
            *node = text(spelled(node).unwrap_or_default(), node.at);
        }
        Shape::Command => command(node, problems),
        Shape::Test => {
            if as_text(node).is_some() {
                *node = list(vec![text("CMD-SHELL", node.at), node.clone()], node.at);
            }
        }
        Shape::List(shape) | Shape::Set(shape) => items(node, shape, problems),
        Shape::OneOrMany => {
            if as_text(node).is_some() {
                *node = list(vec![node.clone()], node.at);
            }
        }
        Shape::Pairs(unset) => pairs(node, *unset, problems),
        Shape::Agents => agents(node),
        Shape::Texts => texts(node),
        Shape::Hosts => hosts(node, problems),
        Shape::Map(shape) | Shape::Names(shape) | Shape::NamesOrList(shape) => {
            entries(node, |_| Some(shape), problems);
        }
        Shape::Keys(keys) | Shape::Closed(keys) | Shape::Led(keys) => {
            let shape = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|(_, s)| s);
            entries(node, shape, problems);
        }
        Shape::Short(shape) => {
            if node.scalar().is_none() {
                values(node, shape, problems);
            }
        }
        Shape::ShortNumber(shape) => match node.scalar() {
            Some(_) => replace(node, problems, integer),
            None => values(node, shape, problems),
        },
        Shape::Maybe(shape) => {
            if !node.is_null() || matches!(shape, Shape::Label) {
                values(node, shape, problems);
            }
        }
        Shape::External => replace(node, problems, boolean),
    }
}

fn replace(
    node: &mut Node,
    problems: &mut Problems,
    read: impl Fn(&Node) -> Result<Node, &'static str>,
) {
    if node.is_null() {
        return;
    }
    match read(node) {
        Ok(value) => *node = value,
        Err(expected) => {
            let message = match spelled(node) {
                Some(found) => format!("expected {expected}, found {}", problems.quoted(found)),
                None => format!("expected {expected}, found {}", node.kind()),
            };
            problems.add(Diagnostic::at(node.at, "wrong-value", message));
        }
    }
}

fn items(node: &mut Node, shape: &Shape, problems: &mut Problems) {
    if let Value::Sequence(items) = &mut node.value {
        items.iter_mut().for_each(|item| values(item, shape, problems));
    }
}

fn entries<'a>(
    node: &mut Node,
    shape: impl Fn(&str) -> Option<&'a Shape>,
    problems: &mut Problems,
) {
    if let Value::Mapping(entries) = &mut node.value {
        for (key, value) in entries {
            if let Some(shape) = shape(&key.text) {
                problems.under(&key.text, |problems| values(value, shape, problems));
            }
        }
    }
}

/// The words of YAML 1.1 too, since interpolation makes texts of all.
fn boolean(node: &Node) -> Result<Node, &'static str> {
    let word = spelled(node).unwrap_or_default().to_ascii_lowercase();
    match word.as_str() {
        "true" | "y" | "yes" | "on" => Ok(flag(true, node.at)),
        "false" | "n" | "no" | "off" => Ok(flag(false, node.at)),
        _ => Err("true or false"),
    }
}

fn integer(node: &Node) -> Result<Node, &'static str> {
    let number = spelled(node).unwrap_or_default();
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    match (number.parse::<i64>(), number.parse::<f64>()) {
        (Ok(number), _) if plain => Ok(whole(number, node.at)),
        (Err(_), Ok(part)) if as_text(node).is_none() => Ok(whole(part.trunc(), node.at)),
        _ => Err("a whole number"),
    }
}

fn single(node: &Node) -> Result<Node, &'static str> {
    match spelled(node).unwrap_or_default().parse::<f32>() {
        Ok(number) if number.is_finite() => {
            let kind = if number.fract() == 0.0 { Kind::Integer } else { Kind::Float };
            Ok(scalar(number.to_string(), kind, node.at))
        }
        _ => Err("a number"),
    }
}

fn mode(node: &Node) -> Result<Node, &'static str> {
    let number = spelled(node).unwrap_or_default();
    let base = if as_text(node).is_some() { 8 } else { 10 };
    match u32::from_str_radix(number, base) {
        Ok(mode) => Ok(text(format!("0{mode:o}"), node.at)),
        Err(_) => Err("the mode of a file, in octal"),
    }
}

fn count(node: &Node) -> Result<Node, &'static str> {
    match spelled(node) {
        Some(word) if word.eq_ignore_ascii_case("all") => Ok(whole(-1, node.at)),
        _ => integer(node).map_err(|_| "a whole number or `all`"),
    }
}

fn command(node: &mut Node, problems: &mut Problems) {
    let Some(line) = as_text(node) else { return };
    match words::split(line) {
        Some(words) => {
            let words = words.into_iter().map(|word| text(word, node.at)).collect();
            *node = list(words, node.at);
        }
        None => {
            let message = "a quote or a parenthesis of this command does not end";
            let help = "close it, or write the command as a list of words";
            problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help));
        }
    }
}

fn pairs(node: &mut Node, unset: Unset, problems: &mut Problems) {
    let mut out = Mapping::new();
    let value = |node: &Node| match (&node.value, unset) {
        (Value::Null, Unset::Null) => null(node.at),
        _ => text(spelled(node).unwrap_or_default(), node.at),
    };
    match &node.value {
        Value::Null | Value::Scalar(_) => return,
        Value::Mapping(entries) => {
            out.extend(entries.iter().map(|(key, node)| (key.clone(), value(node))));
        }
        Value::Sequence(items) => {
            for item in items {
                let line = spelled(item).unwrap_or_default();
                let (name, given) = match line.split_once('=') {
                    Some((name, given)) => (name, text(given, item.at)),
                    None => (line, value(&null(item.at))),
                };
                if unset == Unset::Null && name.ends_with(char::is_whitespace) {
                    let message = "a space stands between the name and `=`";
                    problems.report(item.at, "wrong-name", message, "remove it");
                }
                out.retain(|(key, _)| key.text != name);
                out.push(entry(name, given));
            }
        }
    }
    *node = map(out, node.at);
}

/// Back to lines: Compose writes `ID=PATH`, or the name of the agent alone.
fn agents(node: &mut Node) {
    let Value::Mapping(entries) = &node.value else { return };
    let line = |(key, path): &(crate::yaml::Key, Node)| match spelled(path) {
        Some(path) if !path.is_empty() => text(format!("{}={path}", key.text), node.at),
        _ => text(&key.text, node.at),
    };
    *node = list(entries.iter().map(line).collect(), node.at);
}

fn texts(node: &mut Node) {
    let items = node.sequence().unwrap_or(std::slice::from_ref(node));
    let items = items.iter().filter_map(|item| Some(text(spelled(item)?, item.at)));
    *node = list(items.collect(), node.at);
}

fn hosts(node: &mut Node, problems: &mut Problems) {
    let mut found: Vec<(String, String, Node)> = Vec::new();
    match &node.value {
        Value::Null | Value::Scalar(_) => return,
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let addresses = value.sequence().unwrap_or(std::slice::from_ref(value));
                found.extend(addresses.iter().map(|address| {
                    let text = spelled(address).unwrap_or_default().to_owned();
                    (key.text.clone(), text, address.clone())
                }));
            }
        }
        Value::Sequence(items) => {
            for item in items {
                let line = spelled(item).unwrap_or_default();
                let Some((host, addresses)) = line.split_once('=').or_else(|| line.split_once(':'))
                else {
                    let message = format!("{} has no address", problems.quoted(line));
                    let help = "write HOST=ADDRESS";
                    problems.report(item.at, "wrong-value", message, help);
                    continue;
                };
                let addresses = addresses.split(',');
                found.extend(addresses.map(|a| (host.to_owned(), a.to_owned(), item.clone())));
            }
        }
    }
    let line = |(host, address, node): &(String, String, Node)| {
        let bare = address.strip_prefix('[').and_then(|address| address.strip_suffix(']'));
        text(format!("{host}={}", bare.unwrap_or(address)), node.at)
    };
    for (host, _, node) in &found {
        if host.is_empty() || host.contains([':', '=']) {
            let message = format!("{} is no name of a host", problems.quoted(host));
            problems.add(Diagnostic::at(node.at, "wrong-value", message));
        }
    }
    let mut lines: Vec<Node> = found.iter().map(line).collect();
    lines.sort_by(|a, b| spelled(a).cmp(&spelled(b)));
    *node = list(lines, node.at);
}
