//! A command as Compose takes it: one line, or a list of words.

use serde::{Serialize, Serializer};

use super::read::Read;
use crate::diagnostic::Problems;
use crate::yaml::Node;

/// A line that Compose splits like a shell (or hands to one), or words as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// One line.
    Line(String),
    /// Words.
    List(Vec<String>),
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Line(line) => line.serialize(to),
            Self::List(words) => words.serialize(to),
        }
    }
}

impl Read for Words {
    fn read(node: &Node, problems: &mut Problems) -> Self {
        match node.scalar() {
            Some(scalar) => Self::Line(scalar.text.clone()),
            None => Self::List(Read::read(node, problems)),
        }
    }
}
