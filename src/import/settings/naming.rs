//! Names of secrets: that of their variable, or of the setting that holds them; with the service's
//! name where two would be the same.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Group, Member};
use super::variable::Place;
use super::{Secret, Settings, Source, kind};
use crate::secrets::SecretValue;
use crate::stack::SecretName;

/// The names that were given.
pub(super) struct Names {
    /// By the number of a group.
    pub(super) groups: Vec<SecretName>,
    /// Templates by their text, with the setting's name.
    templates: BTreeMap<(String, String), SecretName>,
    taken: BTreeSet<String>,
}

/// Longest name that leaves room for a number (`SecretName` admits 80 characters).
const LONGEST: usize = 74;

impl Names {
    /// Name every secret and declare it.
    pub(super) fn declare(groups: &[Group], settings: &mut Settings) -> Self {
        // The gateway's own, where certificates are given as files.
        let taken = BTreeSet::from(["tls_cert".to_owned(), "tls_key".to_owned()]);
        let mut names = Self { groups: Vec::new(), templates: BTreeMap::new(), taken };
        for group in groups {
            let name = names.free(wishes(group));
            let value = group.value.as_deref().map(SecretValue::from);
            let secret = Secret { source: kind::of(group), value, note: String::new() };
            settings.secrets.insert(name.clone(), secret);
            names.groups.push(name);
        }
        names
    }

    /// The secret that a template is, declared where it is new. The same text under the same
    /// setting's name is one secret.
    pub(super) fn template(
        &mut self,
        service: &str,
        setting: &str,
        text: String,
        settings: &mut Settings,
    ) -> SecretName {
        let key = (setting.to_owned(), text.clone());
        if let Some(name) = self.templates.get(&key) {
            return name.clone();
        }
        let name = self.free(vec![setting.to_owned(), format!("{service}_{setting}")]);
        self.templates.insert(key, name.clone());
        let source = Source::Template(text);
        settings.secrets.insert(name.clone(), Secret { source, value: None, note: String::new() });
        name
    }

    /// The first of `wishes` that is free; the last one with a number where none is.
    pub(super) fn free(&mut self, wishes: Vec<String>) -> SecretName {
        let mut last = "secret".to_owned();
        for wish in wishes {
            last = fitted(&wish);
            if let Some(name) = self.take(&last) {
                return name;
            }
        }
        let mut number = 2_u64;
        loop {
            if let Some(name) = self.take(&format!("{last}_{number}")) {
                return name;
            }
            number += 1;
        }
    }

    fn take(&mut self, wish: &str) -> Option<SecretName> {
        let name = SecretName::new(wish).ok()?;
        self.taken.insert(wish.to_owned()).then_some(name)
    }
}

/// Names for a secret, the best first; the last with its service.
fn wishes(group: &Group) -> Vec<String> {
    let settings = group.members.iter().filter(|member| member.place == Place::Environment);
    let whole: Vec<&Member> = settings.filter(|member| member.whole).collect();
    let mut wishes: Vec<String> = group.variables.iter().map(|name| of_coolify(name)).collect();
    // The end that sets a password says best what it is: databases name their own.
    let rank = |member: &&&Member| {
        let name = member.name.to_ascii_uppercase();
        (!["POSTGRES", "MYSQL", "MARIADB", "MONGO"].iter().any(|own| name.starts_with(own)), name)
    };
    let mut ranked: Vec<&&Member> = whole.iter().collect();
    ranked.sort_by_key(rank);
    wishes.extend(ranked.iter().map(|member| member.name.clone()));
    let first = whole.first().copied().or(group.members.first());
    if let Some(member) = first {
        let what = match (member.place, member.whole) {
            (Place::Environment, true) => member.name.clone(),
            (Place::Environment, false) => format!("{}_password", member.name),
            (Place::Line, _) => "password".to_owned(),
        };
        wishes.truncate(1);
        wishes.push(format!("{}_{what}", member.service));
    }
    wishes
}

/// `SERVICE_PASSWORD_64_POSTGRES` is the password of postgres.
fn of_coolify(name: &str) -> String {
    let rest = |start: &str| {
        let rest = name.strip_prefix(start)?;
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = if digits.starts_with('_') { digits.trim_start_matches('_') } else { rest };
        (!digits.is_empty()).then(|| digits.to_owned())
    };
    match (rest("SERVICE_PASSWORD_"), rest("SERVICE_BASE64_"), rest("SERVICE_REALBASE64_")) {
        (Some(whose), ..) => format!("{whose}_password"),
        (_, Some(whose), _) | (.., Some(whose)) => format!("{whose}_key"),
        _ => name.to_owned(),
    }
}

/// As a secret may be named.
pub(super) fn fitted(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let parts: Vec<&str> = lower.split(|c| !word(c)).filter(|part| !part.is_empty()).collect();
    let joined = parts.join("_");
    let joined = match joined.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => joined,
        false => format!("secret_{joined}"),
    };
    let short: String = joined.chars().take(LONGEST).collect();
    short.trim_end_matches('_').to_owned()
}
