//! New names for services whose own the description does not admit.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::ComposeFile;
use crate::stack::{ProjectName, ServiceName};

/// Longest name of a service.
const LONGEST: usize = 40;

/// Names of the services of a project.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The new name by the original one.
    services: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(file: &ComposeFile) -> Self {
        let mut names = Self::default();
        let mut taken = BTreeSet::new();
        let kept = |name: &&String| admitted(name);
        for name in file.services.keys().filter(kept) {
            taken.insert(name.clone());
            names.services.insert(name.clone(), name.clone());
        }
        for name in file.services.keys().filter(|name| !kept(name)) {
            let new = unique(fitted(name), &taken);
            taken.insert(new.clone());
            names.services.insert(name.clone(), new);
        }
        names
    }

    /// The name in the description of a service of the original.
    pub(super) fn of_service(&self, name: &str) -> String {
        self.services.get(name).cloned().unwrap_or_else(|| fitted(name))
    }

    /// Services that have another name now: the original and the new one.
    pub(super) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.services.iter().map(|(old, new)| (old.as_str(), new.as_str()));
        pairs.filter(|(old, new)| old != new)
    }
}

/// The project's name, as near to `name` as it can be.
pub(super) fn project(name: &str) -> String {
    let fitted = fitted(name);
    if ProjectName::new(fitted.as_str()).is_ok() { fitted } else { "app".to_owned() }
}

fn admitted(name: &str) -> bool {
    fitted(name) == *name
}

/// `name` in lower case, with dashes for what is not admitted.
pub(super) fn fitted(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let parts: Vec<&str> = lower.split(|c| !word(c)).filter(|part| !part.is_empty()).collect();
    let mut joined = parts.join("-");
    if !joined.starts_with(|c: char| c.is_ascii_lowercase()) {
        joined = format!("app-{joined}");
    }
    if ServiceName::new(joined.as_str()).is_ok_and(|name| name.is_reserved()) {
        joined = format!("own-{joined}");
    }
    let short: String = joined.chars().take(LONGEST).collect();
    short.trim_end_matches('-').to_owned()
}

fn unique(name: String, taken: &BTreeSet<String>) -> String {
    if !taken.contains(&name) {
        return name;
    }
    let short: String = name.chars().take(LONGEST - 4).collect();
    let numbered = (2..).map(|number| format!("{short}-{number}"));
    numbered.take(1000).find(|name| !taken.contains(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_a_description_admits() {
        for (name, expected) in [
            ("web", "web"),
            ("Web_App.1", "web-app-1"),
            ("a--b", "a-b"),
            ("gateway", "own-gateway"),
            ("gateway-api", "own-gateway-api"),
            ("9router", "app-9router"),
            ("-", "app"),
        ] {
            assert_eq!(fitted(name), expected.to_owned(), "{name}");
        }
    }
}
