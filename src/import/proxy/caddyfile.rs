//! A Caddyfile that only hands requests on (caddyserver.com/docs/caddyfile).
//!
//! What is not named here is not understood, and then nothing of the file is translated.

use std::collections::BTreeMap;

use super::configuration::Configuration;
use super::{Fate, Route, below, is_host, is_path};

/// Read a Caddyfile; an error says why it is none.
pub(super) fn read(text: &str) -> Result<Configuration, String> {
    let mut lines = text.lines().map(str::trim);
    let mut read = Configuration::default();
    let tree = block(&mut lines, 0)?;
    let flat = tree.iter().all(|directive| directive.inside.is_none());
    if let [site, rest @ ..] = tree.as_slice()
        && flat
    {
        // One site needs no braces.
        self::site(&site.words, rest, &mut read);
        return Ok(read);
    }
    for directive in &tree {
        match (directive.words.as_slice(), &directive.inside) {
            ([], Some(options)) => {
                for option in options {
                    global(option, &mut read);
                }
            }
            (addresses, Some(inside)) => site(addresses, inside, &mut read),
            (words, None) => {
                read.mark(&words.join(" "), Fate::Left, "it stands outside of any site")
            }
        }
    }
    Ok(read)
}

/// A line: its words, and the lines in its braces.
struct Directive {
    words: Vec<String>,
    inside: Option<Vec<Directive>>,
}

/// Blocks in blocks that anybody writes.
const DEEP: usize = 8;

fn block<'a>(
    lines: &mut impl Iterator<Item = &'a str>,
    depth: usize,
) -> Result<Vec<Directive>, String> {
    let mut found: Vec<Directive> = Vec::new();
    while let Some(line) = lines.next() {
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
                found.push(Directive { words, inside });
            }
            Some("{" | "}") => return Err("its braces do not fit".to_owned()),
            Some(_) => found.push(Directive { words, inside: None }),
        }
    }
    if depth == 0 { Ok(found) } else { Err("it ends too early".to_owned()) }
}

/// The same through one type of iterator, so that the depth is no part of it.
fn boxed(lines: &mut dyn Iterator<Item = &str>, depth: usize) -> Result<Vec<Directive>, String> {
    let mut lines = lines;
    block(&mut lines, depth)
}

fn global(option: &Directive, read: &mut Configuration) {
    let line = option.words.join(" ");
    match option.words.first().map(String::as_str) {
        Some(
            "email" | "acme_ca" | "log" | "admin" | "auto_https" | "http_port" | "https_port"
            | "debug",
        ) => {
            read.mark(&line, Fate::Gateway, "the gateway has its own");
        }
        _ => read.mark(&line, Fate::Left, "the gateway has no word for it"),
    }
}

/// What a site's lines are read with.
struct Site<'a> {
    hosts: Vec<String>,
    /// Named matchers that are a list of paths.
    matchers: BTreeMap<&'a str, &'a [String]>,
}

fn site(addresses: &[String], inside: &[Directive], read: &mut Configuration) {
    let hosts = addresses.iter().map(|address| {
        let host = address.trim_end_matches(',').trim_start_matches("https://");
        let host = host.trim_start_matches("http://");
        let host = host.split_once(':').map_or(host, |(host, _)| host);
        if matches!(host, "localhost" | "*") { String::new() } else { host.to_owned() }
    });
    // `{$DOMAIN}` is a variable.
    let hosts = hosts.map(|host| if host.starts_with("{$") { String::new() } else { host });
    let mut hosts: Vec<String> = hosts.collect();
    hosts.dedup();
    let line = addresses.join(" ");
    if hosts.is_empty() || !hosts.iter().all(|host| is_host(host)) {
        return read.mark(&line, Fate::Left, "its address is no plain host");
    }
    read.mark(&line, Fate::Route, "the hosts of the routes");
    let matchers = inside.iter().filter_map(|directive| match directive.words.as_slice() {
        [name, kind, paths @ ..] if name.starts_with('@') && kind == "path" => {
            directive.inside.is_none().then_some((name.as_str(), paths))
        }
        _ => None,
    });
    let site = Site { hosts, matchers: matchers.collect() };
    for directive in inside {
        site.directive(directive, &["/*".to_owned()], false, read);
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
        let line = directive.words.join(" ");
        let inside = directive.inside.as_deref();
        match (directive.words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), inside) {
            (["reverse_proxy", to @ ..], _) => {
                let whole = paths == ["/*"];
                let (own, target) = match to {
                    [target] => (None, target),
                    [matcher, target] if whole => (self.paths(matcher), target),
                    _ => return read.mark(&line, Fate::Left, "it has several targets"),
                };
                if matches!(to, [_, _]) && own.is_none() {
                    return read.mark(&line, Fate::Left, "its matcher is not understood");
                }
                let paths = own.as_deref().unwrap_or(paths);
                self.proxied(&line, paths, strips, target, read);
                inside.into_iter().flatten().for_each(|inner| upstream(inner, read));
            }
            (["handle" | "route"], Some(inside)) => {
                inside.iter().for_each(|inner| self.directive(inner, paths, strips, read));
            }
            ([how @ ("handle" | "handle_path"), matcher], Some(inside)) if paths == ["/*"] => {
                match self.paths(matcher) {
                    Some(own) => {
                        let strips = *how == "handle_path";
                        inside.iter().for_each(|inner| self.directive(inner, &own, strips, read));
                    }
                    None => read.mark(&line, Fate::Left, "its matcher is not understood"),
                }
            }
            ([matcher, ..], None) if self.matchers.contains_key(matcher) => {
                read.mark(&line, Fate::Route, "the paths of the routes");
            }
            (["encode" | "log" | "tls", ..], _) => {
                read.mark(&line, Fate::Gateway, "the gateway has its own");
            }
            _ => read.mark(&line, Fate::Left, "the gateway has no word for it"),
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
        line: &str,
        paths: &[String],
        strips: bool,
        target: &str,
        read: &mut Configuration,
    ) {
        let target = target.trim_start_matches("http://");
        let (host, port) = target.split_once(':').unwrap_or((target, "80"));
        let Ok(port) = port.parse::<u16>() else {
            return read.mark(line, Fate::Left, "its target is no plain address");
        };
        for path in paths {
            let (prefix, all) = match path.strip_suffix('*') {
                Some(prefix) => (prefix, true),
                None => (path.as_str(), false),
            };
            if !is_path(prefix) || (all && !prefix.ends_with('/')) || (strips && !all) {
                return read.mark(line, Fate::Left, "its path is no plain one");
            }
            for at in &self.hosts {
                let route = || Route {
                    host: at.clone(),
                    path: path.clone(),
                    strip_prefix: false,
                    port: Some(port),
                };
                let routes =
                    if all { below(at, prefix, strips, Some(port)) } else { vec![route()] };
                read.routes.extend(routes.into_iter().map(|route| (host.to_owned(), route)));
            }
        }
        read.mark(line, Fate::Route, "routes of the gateway");
    }
}

/// A line inside `reverse_proxy`.
fn upstream(directive: &Directive, read: &mut Configuration) {
    let line = directive.words.join(" ");
    match directive.words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["header_up", header, ..] if is_ours(header) => {
            read.mark(&line, Fate::Gateway, "the gateway says who asks and for which host");
        }
        ["flush_interval", ..] => read.mark(&line, Fate::Gateway, "`buffering` of the routes"),
        _ => read.mark(&line, Fate::Left, "the gateway has no word for it"),
    }
}

fn is_ours(header: &str) -> bool {
    let header = header.to_lowercase();
    header == "host" || header == "x-real-ip" || header.starts_with("x-forwarded-")
}
