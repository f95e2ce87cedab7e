//! What became of every key of the original: nothing is lost in silence.
//!
//! Whoever carries a key over says so at its path; a fate holds for everything below its path that
//! has none of its own. What is left when all is done is reported as not carried over.

use std::collections::BTreeMap;

use crate::diagnostic::Position;
use crate::yaml::{Node, Value};

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It says the same in the description.
    Kept(String),
    /// Something stricter stands in its place: what changed and why.
    Hardened(String),
    /// A value that is a secret now, under this name.
    Secret(String),
    /// The gateway does this now.
    Gateway(String),
    /// It is not carried over: why, and what is lost.
    Dropped(String),
    /// No rule knows it. A defect of ours; said aloud all the same.
    Unknown,
}

impl Fate {
    /// The word that stands in the account.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Kept(_) => "kept",
            Self::Hardened(_) => "hardened",
            Self::Secret(_) => "moved to secrets",
            Self::Gateway(_) => "replaced by the gateway",
            Self::Dropped(_) => "not carried over",
            Self::Unknown => "not carried over: not known",
        }
    }

    /// What there is to say besides; empty where the word says it all.
    pub fn words(&self) -> &str {
        match self {
            Self::Kept(words)
            | Self::Hardened(words)
            | Self::Secret(words)
            | Self::Gateway(words)
            | Self::Dropped(words) => words,
            Self::Unknown => "no rule of import reads this key",
        }
    }
}

/// One line of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The key's path, such as `services.web.ports`.
    pub path: String,
    /// Where it stands in the original.
    pub at: Position,
    /// What became of it.
    pub fate: Fate,
}

/// The fates of the keys of one project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    fates: BTreeMap<Vec<String>, Fate>,
}

impl Account {
    /// Say what became of the key at `path`; the first word counts.
    pub(super) fn say(&mut self, path: &[&str], fate: Fate) {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        self.fates.entry(path).or_insert(fate);
    }

    /// The same, whatever was said before.
    pub(super) fn correct(&mut self, path: &[&str], fate: Fate) {
        self.fates.insert(path.iter().map(|part| (*part).to_owned()).collect(), fate);
    }

    /// Say something besides of a key of which something is said.
    pub(super) fn add(&mut self, path: &[&str], further: &str) {
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let (Fate::Kept(words)
        | Fate::Hardened(words)
        | Fate::Secret(words)
        | Fate::Gateway(words)
        | Fate::Dropped(words)) = self.fates.entry(path).or_insert(Fate::Kept(String::new()))
        else {
            return;
        };
        if !words.is_empty() {
            words.push_str("; ");
        }
        words.push_str(further);
    }

    /// A line for every key of `node`: one for each path that has a fate, and one for each value
    /// that has none.
    pub fn lines(&self, node: &Node) -> Vec<Line> {
        let mut lines = Vec::new();
        self.walk(node, &mut Vec::new(), false, &mut lines);
        lines
    }

    fn walk(&self, node: &Node, path: &mut Vec<String>, told: bool, lines: &mut Vec<Line>) {
        let own = self.fates.get(path);
        if let Some(fate) = own {
            lines.push(Line { path: path.join("."), at: node.at, fate: fate.clone() });
        }
        let told = told || own.is_some();
        match &node.value {
            Value::Mapping(entries) if !entries.is_empty() => {
                for (key, value) in entries {
                    path.push(key.text.clone());
                    self.walk(value, path, told, lines);
                    path.pop();
                }
            }
            _ if told => {}
            Value::Null | Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_) => {
                lines.push(Line { path: path.join("."), at: node.at, fate: Fate::Unknown });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_spoke_of_is_said_aloud() {
        let node = crate::yaml::parse(0, "a: {b: 1, c: {d: 2}}\ne: [1]\nf: {}\n").unwrap();
        let mut account = Account::default();
        account.say(&["a", "c"], Fate::Kept(String::new()));
        let lines = account.lines(&node);
        let lines: Vec<_> =
            lines.iter().map(|line| (line.path.as_str(), line.fate.word())).collect();
        let unknown = Fate::Unknown.word();
        assert_eq!(lines, [("a.b", unknown), ("a.c", "kept"), ("e", unknown), ("f", unknown)]);
    }
}
