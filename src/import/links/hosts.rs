//! Names by which the containers of a project find each other, and where they stand in texts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::compose::ComposeFile;

/// Every name that Docker's resolver answers within a project, with the service behind it.
#[derive(Debug, Clone, Default)]
pub struct Hosts(BTreeMap<String, String>);

impl Hosts {
    /// The names of services, containers, hosts, network aliases and links, in lower case. Where
    /// two services answer to one name, the service of that name wins, then the first.
    pub fn of(file: &ComposeFile) -> Self {
        let mut names = BTreeMap::new();
        for service in file.services.keys() {
            names.insert(service.to_lowercase(), service.clone());
        }
        for (service, keys) in &file.services {
            let own = keys.container_name.as_ref().and_then(Value::as_str);
            let host = keys.carried.get("hostname").and_then(Value::as_str);
            let aliases =
                keys.networks.0.values().filter_map(|keys| keys.get("aliases")?.as_array());
            let aliases = aliases.flatten().filter_map(Value::as_str);
            for name in own.into_iter().chain(host).chain(aliases) {
                names.entry(name.to_lowercase()).or_insert_with(|| service.clone());
            }
            for (linked, alias) in links(keys) {
                if file.services.contains_key(linked) {
                    names.entry(alias.to_lowercase()).or_insert_with(|| linked.to_owned());
                }
            }
        }
        Self(names)
    }

    /// The service that answers to a name.
    pub fn service(&self, host: &str) -> Option<&str> {
        self.0.get(&host.to_lowercase()).map(String::as_str)
    }

    /// Services whose names stand in a text as hosts: after `//` or `@`, before `:PORT`, or as a
    /// whole entry of a list where `listed` says that the text holds hosts.
    pub fn named<'a>(&'a self, text: &'a str, listed: bool) -> Vec<&'a str> {
        let mut found = Vec::new();
        let whole = |word: &Word<'_>| listed && word.whole;
        for word in words(text).filter(|word| word.led || word.has_port || whole(word)) {
            if let Some(service) = self.service(word.text).filter(|name| !found.contains(name)) {
                found.push(service);
            }
        }
        found
    }
}

/// `links:` of a service: the service and the name it gets.
pub fn links(keys: &crate::compose::Service) -> Vec<(&str, &str)> {
    let links = keys.carried.get("links").and_then(Value::as_array).into_iter().flatten();
    let links = links.filter_map(Value::as_str);
    links.map(|link| link.split_once(':').unwrap_or((link, link))).collect()
}

/// A run of the characters of host names.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Byte offset in the whole text.
    pub(super) at: usize,
    /// After `//` or `@`.
    led: bool,
    /// Before `:` and a digit.
    has_port: bool,
    /// Nothing but blanks, commas or semicolons beside it.
    whole: bool,
}

/// Whether names of hosts, and of most other things, are made of it.
pub(super) fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let inner = is_in_name;
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(inner)?;
        let from = text.get(start..)?;
        let end = start + from.find(|c| !inner(c)).unwrap_or(from.len());
        at = end;
        let (before, after) = (text.get(..start)?, text.get(end..)?);
        let port = after.strip_prefix(':').unwrap_or_default();
        let beside = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || ",;".contains(c));
        Some(Word {
            text: text.get(start..end)?,
            at: start,
            led: before.ends_with("//") || before.ends_with('@'),
            has_port: port.starts_with(|c: char| c.is_ascii_digit()),
            whole: beside(before.chars().next_back()) && beside(after.chars().next()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Service;

    fn hosts() -> Hosts {
        let mut file = ComposeFile::default();
        file.services.insert("my_db".to_owned(), Service::default());
        let container_name = Some(Value::from("Project-Cache"));
        let cache = Service { container_name, ..Service::default() };
        file.services.insert("cache".to_owned(), cache);
        Hosts::of(&file)
    }

    #[test]
    fn hosts_are_found_as_words() {
        for (text, listed, expected) in [
            ("postgres://my_db:x@other/my_db", false, "my_db"),
            ("postgres://u:p@my_db:5432/cache", false, "my_db"),
            ("http://cache", false, "cache"),
            ("project-cache:6379", false, "cache"),
            ("cache:default", false, ""),
            ("cache", false, ""),
            ("cache", true, "cache"),
            ("my_db, cache", true, "my_db cache"),
            ("my_db-2:80 xmy_db:80 cache.example.com:80", true, ""),
        ] {
            assert_eq!(hosts().named(text, listed).join(" "), expected, "{text}");
        }
    }
}
