//! A parsed file, before an environment is chosen.

use super::Description;
use super::environment::overlay;
use super::read::Read;
use crate::diagnostic::{Diagnostic, Problems, SourceId, did_you_mean, quoted};
use crate::stack::EnvironmentName;
use crate::yaml::{self, Key, Kind, Mapping, Node, Scalar, Value};

/// The environment that always exists.
const PRODUCTION: &str = "production";
/// Keys that no environment lays over.
const FIXED: [&str; 2] = ["name", "environments"];

/// A parsed description.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    base: Node,
}

impl Document {
    /// Parse a file and check it in each of its environments. `None` where it is no YAML; with
    /// other problems there is still a document, as far as it could be read.
    pub fn read(source: SourceId, text: &str, problems: &mut Problems) -> Option<Self> {
        let document = Self { base: yaml::parse_into(source, text, problems)? };
        for environment in document.environments() {
            document.typed(&environment, problems);
        }
        Some(document)
    }

    /// The names of the environments, `production` first, the others in their order.
    pub fn environments(&self) -> Vec<EnvironmentName> {
        let written = self.overlays().iter().map(|(key, _)| key.text.as_str());
        let others = written.filter(|name| *name != PRODUCTION);
        std::iter::once(PRODUCTION)
            .chain(others)
            .filter_map(|name| EnvironmentName::new(name).ok())
            .collect()
    }

    /// The description in one environment.
    ///
    /// # Errors
    /// Nothing is returned where the environment does not exist, which is reported with those
    /// that do, or where the description is no map.
    pub fn environment(&self, name: &str, problems: &mut Problems) -> Option<Description> {
        let known = self.environments();
        let Some(name) = known.iter().find(|known| known.as_str() == name) else {
            let words: Vec<&str> = known.iter().map(EnvironmentName::as_str).collect();
            let help = did_you_mean(name, words.iter().copied())
                .unwrap_or_else(|| format!("the environments are {}", words.join(", ")));
            let message = format!("there is no environment {}", quoted(name));
            problems.add(Diagnostic::nowhere("unknown-environment", message).help(help));
            return None;
        };
        self.typed(name, problems)
    }

    fn typed(&self, name: &EnvironmentName, problems: &mut Problems) -> Option<Description> {
        let over = self.overlays().iter().find(|(key, _)| key.text == name.as_str());
        let laid = match over {
            Some((_, over)) => overlay(&self.base, &without_own_keys(over, problems)),
            None => self.base.clone(),
        };
        // A file without a right name is reported, and then read on under a stand-in.
        Description::read(&laid, problems).or_else(|| Description::read(&renamed(laid)?, problems))
    }

    fn overlays(&self) -> &[(yaml::Key, Node)] {
        let overlays = self.base.get("environments").and_then(Node::mapping);
        overlays.map_or(&[], Vec::as_slice)
    }
}

/// The same description under a name that is right; `None` where it is no map.
fn renamed(mut description: Node) -> Option<Node> {
    if description.is_null() {
        description.value = Value::Mapping(Mapping::new());
    }
    let Value::Mapping(entries) = &mut description.value else { return None };
    let at = description.at;
    let name = Scalar { text: "unnamed".to_owned(), kind: Kind::String, quoted: false };
    entries.retain(|(key, _)| key.text != "name");
    let key = Key { text: "name".to_owned(), at };
    entries.push((key, Node { value: Value::Scalar(name), at }));
    Some(description)
}

/// What an environment lays over: all its keys but its own. What it must not is reported.
fn without_own_keys(over: &Node, problems: &mut Problems) -> Node {
    let mut kept = Mapping::new();
    for (key, value) in over.mapping().into_iter().flatten() {
        if FIXED.contains(&key.text.as_str()) {
            let message = format!("an environment has no key `{}`", key.text);
            problems.report(key.at, "unknown-key", message, "it is the same in every environment");
        } else if key.text != "forbidden_settings" {
            kept.push((key.clone(), value.clone()));
        }
    }
    Node { value: Value::Mapping(kept), at: over.at }
}
