//! Where a person writes: every value and every key of the description beside this file.

use std::fmt;

use serde_json::Value;

const BASE: &str = include_str!("base.yaml");

/// How a text gets to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    /// Instead of what stood there.
    Replaced,
    /// Before it.
    Led,
    /// Behind it.
    Followed,
}

impl Manner {
    pub(crate) const ALL: [Self; 3] = [Self::Replaced, Self::Led, Self::Followed];
}

/// A value or a key.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    steps: Vec<Step>,
    key: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// Every place of the description.
pub(crate) fn all() -> Vec<Place> {
    let mut places = Vec::new();
    collect(&base(), &mut Vec::new(), &mut places);
    places
}

impl Place {
    /// True for a key. Keys are sorted where they are drawn, so that a text moves its entry.
    pub(crate) fn is_key(&self) -> bool {
        self.key
    }

    /// True for a value that is written in the language of Compose, whose variables it may name.
    pub(crate) fn is_compose(&self) -> bool {
        !self.key
            && self.steps.iter().any(|step| matches!(step, Step::Key(key) if key == "compose"))
    }

    /// The description with `text` here, as a YAML reader takes it: in one line, every character
    /// that is not ASCII escaped.
    pub(crate) fn written(&self, manner: Manner, text: &str) -> String {
        let mut document = base();
        let (last, before) = self.steps.split_last().unwrap();
        let parent = before.iter().fold(&mut document, |node, step| step.enter(node));
        if self.key {
            let Step::Key(name) = last else { panic!("an item has no key") };
            let map = parent.as_object_mut().unwrap();
            let changed = map.iter().map(|(key, value)| {
                let key = if key == name { manner.apply(key, text) } else { key.clone() };
                (key, value.clone())
            });
            *map = changed.collect();
        } else {
            let value = last.enter(parent);
            let old = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let old = if value.is_null() { String::new() } else { old };
            *value = Value::String(manner.apply(&old, text));
        }
        ascii(&document.to_string())
    }
}

impl Manner {
    fn apply(self, old: &str, text: &str) -> String {
        match self {
            Self::Replaced => text.to_owned(),
            Self::Led => format!("{text}{old}"),
            Self::Followed => format!("{old}{text}"),
        }
    }
}

impl Step {
    fn enter<'a>(&self, node: &'a mut Value) -> &'a mut Value {
        match self {
            Self::Key(key) => &mut node[key.as_str()],
            Self::Item(at) => &mut node[*at],
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = self
            .steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Item(at) => at.to_string(),
            })
            .collect();
        write!(f, "{}{}", steps.join("."), if self.key { " (the key)" } else { "" })
    }
}

fn base() -> Value {
    serde_saphyr::from_str(BASE).unwrap()
}

fn collect(node: &Value, steps: &mut Vec<Step>, places: &mut Vec<Place>) {
    let mut below = |step: Step, value: &Value, key: bool| {
        steps.push(step);
        if key {
            places.push(Place { steps: steps.clone(), key: true });
        }
        collect(value, steps, places);
        steps.pop();
    };
    match node {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| below(Step::Key(key.clone()), value, true));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| below(Step::Item(at), value, false));
        }
        _ => places.push(Place { steps: steps.clone(), key: false }),
    }
}

/// JSON with an escape for each character of the basic plane that is not printable ASCII.
fn ascii(json: &str) -> String {
    json.chars()
        .map(|c| match u32::from(c) {
            code @ (0x7f..=0xffff) => format!("\\u{code:04x}"),
            _ => c.to_string(),
        })
        .collect()
}
