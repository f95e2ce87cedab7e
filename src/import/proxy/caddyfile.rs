//! A Caddyfile that only hands requests on (caddyserver.com/docs/caddyfile).
//!
//! What is not named here is not understood, and then nothing of the file is translated.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::Configuration;
use super::manner::{Manner, size};
use super::{Fate, Route, below, is_host, is_path};
use crate::stack::Bytes;

/// Read the Caddyfile of a proxy that publishes these ports of its container; an error says why it
/// is none.
pub(super) fn read(text: &str, published: &BTreeSet<u16>) -> Result<Configuration, String> {
    let mut lines = (1..).zip(text.lines().map(str::trim));
    let mut read = Configuration::default();
    let tree = block(&mut lines, 0)?;
    let flat = tree.iter().all(|directive| directive.inside.is_none());
    if let [first, rest @ ..] = tree.as_slice()
        && flat
    {
        // One site needs no braces.
        site(first, rest, published, &mut read);
        return Ok(read);
    }
    for directive in &tree {
        match (directive.words.as_slice(), &directive.inside) {
            ([], Some(options)) => {
                for option in options {
                    global(option, &mut read);
                }
            }
            (_, Some(inside)) => site(directive, inside, published, &mut read),
            (_, None) => directive.mark(Fate::Left, "it stands outside of any site", &mut read),
        }
    }
    Ok(read)
}

/// A line: its words, where it stands, and the lines in its braces.
struct Directive {
    words: Vec<String>,
    at: usize,
    inside: Option<Vec<Directive>>,
}

impl Directive {
    fn mark(&self, fate: Fate, words: &str, read: &mut Configuration) {
        read.mark(&self.words.join(" "), self.at, fate, words);
    }

    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    fn inner(&self) -> &[Directive] {
        self.inside.as_deref().unwrap_or_default()
    }
}

/// Blocks in blocks that anybody writes.
const DEEP: usize = 8;

fn block<'a>(
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
    depth: usize,
) -> Result<Vec<Directive>, String> {
    let mut found: Vec<Directive> = Vec::new();
    while let Some((at, line)) = lines.next() {
        if line.contains(['"', '`', '\\']) || line.contains("<<") {
            return Err("it has quotes, which are not read".to_owned());
        }
        let words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
        let mut words: Vec<String> = words.map(str::to_owned).collect();
        match words.last().map(String::as_str) {
            None => {}
            Some("}") if words.len() == 1 && depth > 0 => return Ok(found),
            Some("{") if depth < DEEP => {
                words.pop();
                let inside: Option<Vec<Directive>> = Some(boxed(lines, depth + 1)?);
                found.push(Directive { words, at, inside });
            }
            Some("{" | "}") => return Err("its braces do not fit".to_owned()),
            Some(_) => found.push(Directive { words, at, inside: None }),
        }
    }
    if depth == 0 { Ok(found) } else { Err("it ends too early".to_owned()) }
}

/// The same through one type of iterator, so that the depth is no part of it.
fn boxed(
    lines: &mut dyn Iterator<Item = (usize, &str)>,
    depth: usize,
) -> Result<Vec<Directive>, String> {
    let mut lines = lines;
    block(&mut lines, depth)
}

fn global(option: &Directive, read: &mut Configuration) {
    match (option.words.first().map(String::as_str), &option.inside) {
        (Some("log"), _)
        | (
            Some(
                "email" | "acme_ca" | "admin" | "auto_https" | "http_port" | "https_port" | "debug",
            ),
            None,
        ) => option.mark(Fate::Gateway, OURS, read),
        _ => option.mark(Fate::Left, UNKNOWN, read),
    }
}

/// What is said of how Caddy itself works.
const OURS: &str = "the gateway has its own";
/// What is said of everything else.
const UNKNOWN: &str = "the gateway has no word for it";

/// What a site's lines are read with.
struct Site<'a> {
    hosts: Vec<String>,
    /// Named matchers that are a list of paths.
    matchers: BTreeMap<&'a str, &'a [String]>,
    manner: Manner,
}

fn site(
    addresses: &Directive,
    inside: &[Directive],
    published: &BTreeSet<u16>,
    read: &mut Configuration,
) {
    let parsed: Vec<(String, u16)> =
        addresses.words.iter().filter_map(|address| parse(address)).collect();
    let mut hosts: Vec<String> = parsed.iter().map(|(host, _)| host.clone()).collect();
    hosts.dedup();
    let whole = parsed.len() == addresses.words.len();
    if hosts.is_empty() || !whole || !hosts.iter().all(|host| is_host(host)) {
        return addresses.mark(Fate::Left, "its address is no plain host", read);
    }
    let ports = || parsed.iter().map(|(_, port)| *port);
    // A site for HTTPS is there for HTTP as well, and sends everybody on.
    let open = |port: u16| published.contains(&port) || port == 443 && published.contains(&80);
    if !ports().all(open) {
        return addresses.mark(Fate::Restriction, "it listens on no port that is published", read);
    }
    read.doors.extend(ports().map(|port| if port == 80 { 443 } else { port }));
    addresses.mark(Fate::Route, "the hosts of the routes", read);
    let matchers = inside.iter().filter_map(|directive| match directive.words.as_slice() {
        [name, kind, paths @ ..] if name.starts_with('@') && kind == "path" => {
            directive.inside.is_none().then_some((name.as_str(), paths))
        }
        _ => None,
    });
    let body = inside.iter().find_map(body);
    let manner = Manner { body, ..Manner::default() };
    let site = Site { hosts, matchers: matchers.collect(), manner };
    for directive in inside {
        site.directive(directive, &["/*".to_owned()], false, read);
    }
}

/// Host and port of an address; no host: the stack's own domain, as a variable stands for it
/// (`{$DOMAIN}`) or none is named.
fn parse(address: &str) -> Option<(String, u16)> {
    let address = address.trim_end_matches(',');
    let (usual, rest) = match address.strip_prefix("http://") {
        Some(rest) => (80, rest),
        None => (443, address.strip_prefix("https://").unwrap_or(address)),
    };
    let end = if rest.starts_with("{$") { rest.find('}')? + 1 } else { 0 };
    let (host, port) = match rest.get(end..)?.split_once(':') {
        Some((between, port)) => (rest.get(..end + between.len())?, port.parse().ok()?),
        None => (rest, usual),
    };
    let variable = host.starts_with("{$") && end == host.len();
    let any = variable || matches!(host, "" | "localhost" | "*");
    Some((if any { String::new() } else { host.to_owned() }, port))
}

/// The only thing that `request_body` says here.
fn body(directive: &Directive) -> Option<Bytes> {
    match (directive.words().as_slice(), directive.inner()) {
        (["request_body"], [most]) => match most.words().as_slice() {
            ["max_size", text] => size(text),
            _ => None,
        },
        _ => None,
    }
}

impl Site<'_> {
    /// A line that holds for some paths, which the service sees without their start or not.
    fn directive(
        &self,
        directive: &Directive,
        paths: &[String],
        strips: bool,
        read: &mut Configuration,
    ) {
        let whole = paths == ["/*"];
        match (directive.words().as_slice(), directive.inside.as_deref()) {
            (["reverse_proxy", to @ ..], _) => {
                let (own, target) = match to {
                    [target] => (None, target),
                    [matcher, target] if whole => (self.paths(matcher), target),
                    _ => return directive.mark(Fate::Left, "it has several targets", read),
                };
                if matches!(to, [_, _]) && own.is_none() {
                    return directive.mark(Fate::Left, "its matcher is not understood", read);
                }
                let paths = own.as_deref().unwrap_or(paths);
                self.proxied(directive, paths, strips, target, read);
                directive.inner().iter().for_each(|inner| upstream(inner, read));
            }
            (["handle" | "route"], Some(inside)) => {
                inside.iter().for_each(|inner| self.directive(inner, paths, strips, read));
            }
            ([how @ ("handle" | "handle_path"), matcher], Some(inside)) if whole => {
                match self.paths(matcher) {
                    Some(own) => {
                        let strips = *how == "handle_path";
                        inside.iter().for_each(|inner| self.directive(inner, &own, strips, read));
                    }
                    None => directive.mark(Fate::Left, "its matcher is not understood", read),
                }
            }
            ([matcher, ..], None) if self.matchers.contains_key(matcher) => {
                directive.mark(Fate::Route, "the paths of the routes", read);
            }
            (["request_body"], _)
                if body(directive).is_some() && body(directive) == self.manner.body =>
            {
                directive.mark(Fate::Route, "`body` of the routes", read);
            }
            (["encode" | "log", ..], _) | (["tls", ..], None) => {
                directive.mark(Fate::Gateway, OURS, read);
            }
            (["tls", ..], Some(_)) => {
                let words = "it may ask clients for certificates";
                directive.mark(Fate::Restriction, words, read);
            }
            (["basicauth" | "basic_auth" | "forward_auth" | "respond" | "abort", ..], _) => {
                directive.mark(Fate::Restriction, "it keeps requests out", read);
            }
            _ => directive.mark(Fate::Left, UNKNOWN, read),
        }
    }

    fn paths(&self, matcher: &str) -> Option<Vec<String>> {
        match self.matchers.get(matcher) {
            Some(paths) => Some(paths.to_vec()),
            None if matcher == "*" => Some(vec!["/*".to_owned()]),
            None if matcher.starts_with('/') => Some(vec![matcher.to_owned()]),
            None => None,
        }
    }

    fn proxied(
        &self,
        directive: &Directive,
        paths: &[String],
        strips: bool,
        target: &str,
        read: &mut Configuration,
    ) {
        let target = target.strip_prefix("http://").unwrap_or(target);
        let (host, port) = target.split_once(':').unwrap_or((target, "80"));
        let Ok(port) = port.parse::<u16>() else {
            return directive.mark(Fate::Left, "its target is no plain address", read);
        };
        for path in paths {
            let (prefix, all) = match path.strip_suffix('*') {
                Some(prefix) => (prefix, true),
                None => (path.as_str(), false),
            };
            if !is_path(prefix) || (all && !prefix.ends_with('/')) || (strips && !all) {
                return directive.mark(Fate::Left, "its path is no plain one", read);
            }
            for at in &self.hosts {
                let routes = if all {
                    below(at, prefix, strips, Some(port))
                } else {
                    vec![Route::at(at, path, Some(port))]
                };
                let streams = |inner: &Directive| inner.words().first() == Some(&"flush_interval");
                let buffering = !directive.inner().iter().any(streams);
                let manner =
                    |route| Route { manner: Manner { buffering, ..self.manner.clone() }, ..route };
                read.routes.extend(routes.into_iter().map(|one| (host.to_owned(), manner(one))));
            }
        }
        directive.mark(Fate::Route, "routes of the gateway", read);
    }
}

/// A line inside `reverse_proxy`.
fn upstream(directive: &Directive, read: &mut Configuration) {
    match directive.words().as_slice() {
        ["header_up", header, value] if is_ours(header) && value.starts_with('{') => {
            directive.mark(Fate::Gateway, "the gateway says who asks and for which host", read);
        }
        ["flush_interval", ..] => {
            directive.mark(Fate::Route, "`buffering` of the routes", read);
        }
        _ => directive.mark(Fate::Left, UNKNOWN, read),
    }
}

fn is_ours(header: &str) -> bool {
    let header = header.to_lowercase();
    header == "host" || header == "x-real-ip" || header.starts_with("x-forwarded-")
}
