//! Values that Compose takes in more than one form.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use serde::{Serialize, Serializer};

use super::keys::Absent;
use super::read::{Read, entries};
use crate::diagnostic::Problems;
use crate::yaml::Node;

/// A map or list that has a short form as well; always written in its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice<T>(pub T);

impl<T> Deref for Choice<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Choice<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Absent> Absent for Choice<T> {
    fn is_absent(&self) -> bool {
        self.0.is_absent()
    }
}

impl<T: Serialize> Serialize for Choice<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

/// A map, or a list of `KEY=VALUE` and `KEY`.
impl Read for Choice<BTreeMap<String, Option<String>>> {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        let Some(items) = node.sequence() else {
            return Self(Read::read(node, problems));
        };
        let pairs = items.iter().map(|item| String::read(item, problems));
        let pairs = pairs.map(|pair| match pair.split_once('=') {
            Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
            None => (pair, None),
        });
        Self(pairs.collect())
    }
}

/// A list, or its only element.
impl Read for Choice<Vec<String>> {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        match node.scalar() {
            Some(scalar) => Self(vec![scalar.text.clone()]),
            None => Self(Read::read(node, problems)),
        }
    }
}

/// Something for each name: a map, or a list of names alone.
pub(super) fn by_name<T: Read + Default>(
    node: &Node,
    problems: &mut Problems,
) -> BTreeMap<String, T> {
    if let Some(items) = node.sequence() {
        return items.iter().map(|item| (String::read(item, problems), T::default())).collect();
    }
    let mut out = BTreeMap::new();
    for (key, value) in entries(node, problems) {
        out.insert(key.text.clone(), Option::read(value, problems).unwrap_or_default());
    }
    out
}

/// A number that is written as one and read from text too, so that 0.5 and '0.5' are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(pub String);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.0.parse::<i64>(), self.0.parse::<f64>()) {
            (Ok(whole), _) => to.serialize_i64(whole),
            (_, Ok(part)) if part.is_finite() => to.serialize_f64(part),
            _ => to.serialize_str(&self.0),
        }
    }
}

impl Read for Number {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        Self(String::read(node, problems))
    }
}
