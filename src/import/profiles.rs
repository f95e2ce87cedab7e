//! The profile that a service gets: the one that decides whether it starts.
//!
//! Apart because the links ask for it as well: Compose refuses to wait for what does not start.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::compose::{ComposeFile, Service};
use crate::stack::ProfileName;

/// The profile of what the original runs none of.
pub(super) const OFF: &str = "off";

/// The profile of a service; none: it starts with the stack. Of several that start it the first
/// stays where nobody needs it; where no profile can have such a name, it goes by another, since it did not start by
/// itself.
pub(super) fn of(service: &Service) -> Option<String> {
    let valid = |name: &&String| ProfileName::new(name.as_str()).is_ok();
    let first = service.profiles.iter().find(valid).cloned();
    let other = || (!service.profiles.is_empty()).then(|| "other".to_owned());
    first.or_else(other).or_else(|| is_off(service).then(|| OFF.to_owned()))
}

/// The profile of every service of a project in which the pairs of `needs` say who needs whom. Of
/// several it is the one of those who need the service; where these have different ones it starts
/// with the stack, since a description gives one profile, and who needs it cannot be without it.
pub(super) fn chosen(
    file: &ComposeFile,
    needs: &[(&str, &str)],
) -> BTreeMap<String, Option<String>> {
    let several = |name: &str| file.services.get(name).is_some_and(|one| one.profiles.len() > 1);
    let all = file.services.iter();
    let mut chosen: BTreeMap<String, Option<String>> =
        all.map(|(name, service)| (name.clone(), of(service))).collect();
    let mut open: BTreeSet<&str> =
        file.services.keys().map(String::as_str).filter(|name| several(name)).collect();
    while !open.is_empty() {
        let waits = |name: &&str| {
            needs.iter().any(|(from, to)| to == name && from != name && open.contains(from))
        };
        // Of those that need each other in a circle the first begins.
        let next = open.iter().copied().find(|name| !waits(name)).or(open.first().copied());
        let Some(name) = next else { break };
        open.remove(name);
        let own: &[String] = file.services.get(name).map_or(&[], |one| &one.profiles);
        let theirs: BTreeSet<&String> = needs
            .iter()
            .filter(|(from, to)| *to == name && *from != name && !open.contains(from))
            .filter_map(|(from, _)| chosen.get(*from)?.as_ref())
            .filter(|profile| own.contains(profile))
            .collect();
        let one = match theirs.len() {
            0 => continue,
            1 => theirs.first().map(|profile| (*profile).clone()),
            _ => None,
        };
        chosen.insert(name.to_owned(), one);
    }
    chosen
}

/// Whether the original runs none of it: `scale: 0`, `deploy: {replicas: 0}`.
pub(super) fn is_off(service: &Service) -> bool {
    let deployed = service.deploy.as_ref().and_then(|deploy| deploy.replicas.as_ref());
    let scaled = service.carried.get("scale").and_then(count);
    scaled.or_else(|| deployed?.0.trim().parse().ok()) == Some(0)
}

/// A whole number, also as a text.
pub(super) fn count(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_profiles_stays_the_one_of_those_who_need_the_service() {
        let mut file = ComposeFile::default();
        for (name, profiles) in [
            ("app", &["app"][..]),
            ("admin", &["admin"]),
            ("backend", &["backend", "app"]),
            ("shared", &["admin", "app"]),
            ("store", &["default", "backend", "app", "admin"]),
            ("alone", &["x", "y"]),
            ("plain", &[]),
        ] {
            let profiles = profiles.iter().map(|one| (*one).to_owned()).collect();
            file.services.insert(name.to_owned(), Service { profiles, ..Service::default() });
        }
        let needs = [
            ("app", "backend"),
            ("backend", "store"),
            ("app", "shared"),
            ("admin", "shared"),
            ("plain", "alone"),
        ];
        let chosen = chosen(&file, &needs);
        for (name, expected) in [
            ("app", Some("app")),
            ("backend", Some("app")),
            ("store", Some("app")),
            ("shared", None),
            ("alone", Some("x")),
            ("plain", None),
        ] {
            assert_eq!(chosen[name].as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn circles_end() {
        let mut file = ComposeFile::default();
        for name in ["a", "b"] {
            let profiles = vec!["x".to_owned(), "y".to_owned()];
            file.services.insert(name.to_owned(), Service { profiles, ..Service::default() });
        }
        let chosen = chosen(&file, &[("a", "b"), ("b", "a"), ("a", "a")]);
        assert!(chosen.values().all(|one| one.as_deref() == Some("x")), "{chosen:?}");
    }
}
