//! Comments that say which control put a key where it is.
//!
//! They are added to the finished text, which stands alone because YAML writers have no place for
//! a comment above a key. The text has one key or item per line and a fixed indentation, so a
//! key's line is known by its section, its entry and itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::controls;
use crate::stack::Origin;

/// Comments by section (`services`), entry (`core-app`) and key (`read_only`).
#[derive(Debug, Default)]
pub(super) struct Notes(HashMap<(&'static str, String), BTreeMap<&'static str, BTreeSet<String>>>);

impl Notes {
    /// Say in words why a key stands there.
    pub(super) fn say(
        &mut self,
        section: &'static str,
        entry: &str,
        key: &'static str,
        words: &str,
    ) {
        let keys = self.0.entry((section, entry.to_owned())).or_default();
        keys.entry(key).or_default().insert(words.to_owned());
    }

    /// Name the control that set a value; nothing where none did.
    pub(super) fn credit(
        &mut self,
        section: &'static str,
        entry: &str,
        key: &'static str,
        origin: &Origin,
    ) {
        if let Origin::Control(id) = origin {
            match controls::find(id) {
                Some(control) => {
                    self.say(section, entry, key, &format!("{id}: {}", control.title()));
                }
                None => self.say(section, entry, key, id),
            }
        }
    }

    /// The text with its comments, and a blank line before each section and service.
    pub(super) fn annotate(&self, yaml: &str) -> String {
        let mut out = String::with_capacity(yaml.len() * 2);
        let (mut section, mut keys) = ("", None);
        for line in yaml.lines() {
            let text = line.trim_start();
            let depth = line.len() - text.len();
            let key = text.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']));
            match (depth, key) {
                (0, Some(key)) => {
                    if !out.is_empty() && key != "name" {
                        out.push('\n');
                    }
                    section = key;
                }
                (2, Some(key)) => {
                    if section == "services" && !out.ends_with("services:\n") {
                        out.push('\n');
                    }
                    keys = SECTIONS
                        .iter()
                        .find(|known| **known == section)
                        .and_then(|known| self.0.get(&(*known, key.to_owned())));
                }
                (4, Some(key)) => {
                    for words in keys.and_then(|keys| keys.get(key)).into_iter().flatten() {
                        out.push_str("    # ");
                        out.push_str(words);
                        out.push('\n');
                    }
                }
                _ => {}
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    }
}

/// Sections whose keys may carry a comment.
const SECTIONS: &[&str] = &["services", "networks"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stands_above_its_key_only() {
        let yaml = "name: x\nservices:\n  a:\n    user: '1:1'\n    tmpfs:\n      - 'user: x'\n  \"y\":\n    user: '2:2'\nnetworks:\n  a:\n    user: n\n";
        let mut notes = Notes::default();
        notes.say("services", "y", "user", "why");
        let expected = "name: x\n\nservices:\n  a:\n    user: '1:1'\n    tmpfs:\n      - 'user: x'\n\n  \"y\":\n    # why\n    user: '2:2'\n\nnetworks:\n  a:\n    user: n\n";
        assert_eq!(notes.annotate(yaml), expected);
    }

    #[test]
    fn only_controls_are_named() {
        let mut notes = Notes::default();
        notes.credit("services", "a", "read_only", &Origin::Default);
        notes.credit("services", "a", "read_only", &Origin::Derived);
        assert!(notes.0.is_empty());
        notes.credit("services", "a", "read_only", &Origin::Control("read-only-root"));
        let yaml = "services:\n  a:\n    read_only: true\n";
        assert!(notes.annotate(yaml).contains("# read-only-root: The root file system"));
    }
}
