//! Hosts in the files that a service mounts.
//!
//! Such a file is configuration, but may as well be a script or hold prose, and services are called
//! `web`, `app` and `api`: a name counts only where a host stands. No text is ever repeated.

use std::collections::BTreeMap;

use super::clues::takes_host;
use super::hosts::{Hosts, is_in_name, words};
use super::{Found, Source};
use crate::compose::Service;
use crate::compose::load::Project;

/// What the mounted files say; `texts` by the paths that the mounts name, and below folders by
/// those and the file's own.
pub fn in_files(project: &Project, texts: &BTreeMap<String, String>) -> Vec<Found> {
    let hosts = Hosts::of(&project.file);
    let mut found = Vec::new();
    for (name, service) in &project.file.services {
        let mounted = sources(project, service).flat_map(|source| below(texts, source));
        let mounted =
            mounted.map(|(path, text)| (format!("the mounted file `{path}`"), text.as_str()));
        for (file, text) in mounted.chain(inline(project, service)) {
            found.extend(named(&hosts, text).into_iter().map(|needed| Found {
                from: name.clone(),
                to: needed.to_owned(),
                source: Source::Elsewhere,
                reason: format!("{file} names it"),
            }));
        }
    }
    found
}

/// Configuration files whose text stands in the Compose file.
fn inline<'a>(
    project: &'a Project,
    service: &'a Service,
) -> impl Iterator<Item = (String, &'a str)> {
    service.configs.iter().filter_map(|config| {
        let source = project.file.configs.get(config.source())?;
        let text = source.carried.get("content")?.as_str()?;
        Some((format!("the config {}", config.source()), text))
    })
}

fn sources<'a>(project: &'a Project, service: &'a Service) -> impl Iterator<Item = &'a str> {
    let mounts = service.volumes.iter().filter_map(|mount| mount.source.as_deref());
    let configs = service.configs.iter().filter_map(|config| {
        let source = project.file.configs.get(config.source())?;
        source.file.as_deref()
    });
    mounts.chain(configs)
}

/// The text of a file, or those of all files of a folder.
fn below<'a>(
    texts: &'a BTreeMap<String, String>,
    source: &'a str,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    let source = source.trim_end_matches('/');
    let is_below = move |path: &str| {
        path.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    texts.iter().filter(move |(path, _)| is_below(path))
}

/// Services that a configuration names as hosts, in the order in which they stand there.
pub(super) fn named<'a>(hosts: &'a Hosts, text: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for line in text.lines().map(said) {
        for (at, word) in words(line).map(|word| (word.at, word.text)) {
            let Some(service) = hosts.service(word) else { continue };
            let (before, rest) = line.split_at_checked(at).unwrap_or_default();
            let after = rest.get(word.len()..).unwrap_or_default();
            if !found.contains(&service) && stands_as_host(before, after) {
                found.push(service);
            }
        }
    }
    found
}

/// A line without its comment.
fn said(line: &str) -> &str {
    const COMMENTS: [&str; 6] = ["#", "//", ";", "--", "<!--", "* "];
    if COMMENTS.iter().any(|sign| line.trim_start().starts_with(sign)) {
        return "";
    }
    line.split_once(" #").map_or(line, |(said, _)| said)
}

/// Whether the word between the two is a host by what stands beside it.
fn stands_as_host(before: &str, after: &str) -> bool {
    in_url(before)
        || has_port(before, after)
        || in_directive(before, after)
        || is_value(before, after)
}

/// `http://web`, `amqp://user:password@queue`.
fn in_url(before: &str) -> bool {
    let token = before.rsplit([' ', '\t', '"', '\'', '`', '(']).next().unwrap_or_default();
    token.ends_with("://") || (token.ends_with('@') && token.contains("://"))
}

/// `web:8080`, and not `web: 8080`, `redis:7` as an image or `path/web:8080`.
fn has_port(before: &str, after: &str) -> bool {
    /// Below 80 a number is rather a version; these are in use (RFC 6335).
    const LOW: [u16; 4] = [21, 22, 25, 53];
    let Some(rest) = after.strip_prefix(':') else { return false };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    let port = digits.parse::<u16>().is_ok_and(|port| port >= 80 || LOW.contains(&port));
    let image = before.to_ascii_lowercase();
    let image = image.contains("image") || image.trim_start().starts_with("from ");
    port && !image && !rest.starts_with(is_in_name) && !before.ends_with(['/', '$', '\\'])
}

/// What nginx, Caddy and Redis are told without a port.
fn in_directive(before: &str, after: &str) -> bool {
    const PROXIES: [&str; 2] = ["reverse_proxy", "php_fastcgi"];
    const MASTERS: [&str; 2] = ["replicaof", "slaveof"];
    let apart = before.ends_with([' ', '\t']);
    let mut earlier = before.split_whitespace();
    let first = earlier.next().unwrap_or_default();
    let alone = earlier.next().is_none();
    let ends = after.is_empty() || after.starts_with([' ', '\t']);
    match first {
        "server" => apart && alone && !after.starts_with(':') && after.trim_end().ends_with(';'),
        first if PROXIES.contains(&first) => apart && ends,
        first if MASTERS.contains(&first) => apart && alone && ends,
        _ => false,
    }
}

/// The whole value of a key or option whose name says that it holds a host: `db_host = db`,
/// `--host db`, `"host": "db"`.
fn is_value(before: &str, after: &str) -> bool {
    let bare = |c: char| c.is_whitespace() || "\"'[,]>)};".contains(c);
    let head = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'[>".contains(c));
    let option = |name: &str| name == "-h" || (name.starts_with("--") && takes_host(name));
    let ends = after.is_empty() || after.starts_with(bare);
    let last = head.split_whitespace().next_back().unwrap_or_default();
    if head.len() < before.len() && option(last) {
        return ends;
    }
    let Some(head) = head.strip_suffix([':', '=']) else { return false };
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || "\"']".contains(c));
    let start = head.rfind(|c: char| !is_in_name(c)).map_or(0, |at| at + 1);
    let key = head.get(start..).unwrap_or_default();
    let whole = after.chars().all(bare) || (key.starts_with("--") && ends);
    whole && takes_host(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::ComposeFile;

    /// Lines of a file, and the services that they name.
    const LINES: &[(&str, &str)] = &[
        ("    - targets: [\"web:9100\", 'db:80']", "web db"),
        ("url: http://web", "web"),
        ("proxy_pass http://web/;", "web"),
        ("        server web;", "web"),
        ("        server web weight=2;", "web"),
        ("  reverse_proxy web", "web"),
        ("  reverse_proxy /api/* web db", "web db"),
        ("replicaof db 6379", "db"),
        ("redis://user:secret@db/0", "db"),
        ("dsn = \"user:secret@tcp(db:3306)/x\"", "db"),
        ("host: db", "db"),
        ("DB_HOST=db", "db"),
        ("  \"host\": \"db\",", "db"),
        ("'HOST' => 'db',", "db"),
        ("$CFG->dbhost = 'db';", "db"),
        ("hosts: [db]", "db"),
        ("psql -h db -U x", "db"),
        ("run --db-host=db --x", "db"),
        ("run --host db", "db"),
        // Prose, keys, images, versions, comments, and names of other things.
        ("the web app talks to the db", ""),
        ("web: 8080", ""),
        ("name: web", ""),
        ("db_name = db", ""),
        ("image: db:5432", ""),
        ("FROM db:8080", ""),
        ("cache db:16", ""),
        ("acme/web:8080", ""),
        ("web:8080-alpine", ""),
        ("web:8080.1", ""),
        ("http://web.example.com", ""),
        ("# http://web", ""),
        ("//web is the front", ""),
        ("x: 1 # see http://web", ""),
        ("server_name web;", ""),
        ("server web 10.0.0.1:80", ""),
        ("mail me@web", ""),
        ("    @web", ""),
        ("host: db is the database", ""),
        ("ü web:8080 ü", "web"),
    ];

    #[test]
    fn a_name_counts_where_a_host_stands() {
        let mut file = ComposeFile::default();
        for name in ["web", "db"] {
            file.services.insert(name.to_owned(), Service::default());
        }
        let hosts = Hosts::of(&file);
        for (line, expected) in LINES {
            assert_eq!(named(&hosts, line).join(" "), *expected, "{line}");
        }
    }
}
