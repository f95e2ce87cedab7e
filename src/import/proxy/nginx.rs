//! An nginx configuration that only hands requests on.
//!
//! Directives: nginx.org, "Alphabetical index of directives". What is not named here is not
//! understood, and then nothing of the file is translated.

use std::collections::BTreeMap;

use super::configuration::Configuration;
use super::{Fate, Route, below, is_host, is_path};

/// Read a configuration; an error says why it is none.
pub(super) fn read(text: &str) -> Result<Configuration, String> {
    let mut words = words(text)?.into_iter();
    let tree = block(&mut words, 0)?;
    let mut upstreams = BTreeMap::new();
    collect_upstreams(&tree, &mut upstreams);
    let mut read = Configuration::default();
    main(&tree, &upstreams, &mut read);
    Ok(read)
}

/// A directive: its words, and what stands in its braces.
struct Directive {
    words: Vec<String>,
    inside: Option<Vec<Directive>>,
}

impl Directive {
    fn name(&self) -> &str {
        self.words.first().map(String::as_str).unwrap_or_default()
    }

    fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }

    fn line(&self) -> String {
        self.words.join(" ")
    }
}

/// Blocks in blocks that anybody writes: http, server, location, if.
const DEEP: usize = 8;

fn block(words: &mut std::vec::IntoIter<String>, depth: usize) -> Result<Vec<Directive>, String> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            ";" => found.push(Directive { words: std::mem::take(&mut open), inside: None }),
            "{" if depth < DEEP => {
                let inside = Some(block(words, depth + 1)?);
                found.push(Directive { words: std::mem::take(&mut open), inside });
            }
            "}" if depth > 0 && open.is_empty() => return Ok(found),
            "{" | "}" => return Err("its braces do not fit".to_owned()),
            _ => open.push(word),
        }
    }
    if depth == 0 && open.is_empty() { Ok(found) } else { Err("it ends too early".to_owned()) }
}

/// Words, `;` and braces; comments fall away.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut found, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => quote = Some(c),
            ('#', None) if word.is_empty() => {
                characters.by_ref().find(|c| *c == '\n');
            }
            ('\\', None) => return Err("it has escapes, which are not read".to_owned()),
            (c, None) if c.is_whitespace() || ";{}".contains(c) => {
                if !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
            }
            (c, None) => word.push(c),
        }
    }
    if quote.is_some() { Err("a quote stays open".to_owned()) } else { Ok(found) }
}

/// Names of upstreams with their only server.
fn collect_upstreams(tree: &[Directive], found: &mut BTreeMap<String, String>) {
    for directive in tree {
        let inside = directive.inside.as_deref().unwrap_or_default();
        if directive.name() == "http" {
            collect_upstreams(inside, found);
        }
        let servers: Vec<_> = inside.iter().filter(|inner| inner.name() == "server").collect();
        let only = inside.iter().all(|inner| matches!(inner.name(), "server" | "keepalive"));
        if let ("upstream", [name], [server], true) =
            (directive.name(), directive.arguments(), servers.as_slice(), only)
            && let [address] = server.arguments()
        {
            found.insert(name.clone(), address.clone());
        }
    }
}

fn main(tree: &[Directive], upstreams: &BTreeMap<String, String>, read: &mut Configuration) {
    for directive in tree {
        let inside = directive.inside.as_deref().unwrap_or_default();
        match directive.name() {
            "http" => main(inside, upstreams, read),
            "events" | "user" | "worker_processes" | "pid" | "error_log" | "access_log" => {
                read.mark(&directive.line(), Fate::Gateway, "the gateway has its own");
            }
            "upstream"
                if directive.arguments().first().is_some_and(|n| upstreams.contains_key(n)) =>
            {
                read.mark(&directive.line(), Fate::Route, "the service of the routes");
            }
            "map" if directive.arguments() == ["$http_upgrade", "$connection_upgrade"] => {
                read.mark(&directive.line(), Fate::Gateway, "`websocket` of the routes");
            }
            "server" => server(inside, upstreams, read),
            _ => common(directive, read),
        }
    }
}

fn server(inside: &[Directive], upstreams: &BTreeMap<String, String>, read: &mut Configuration) {
    let named = inside.iter().filter(|inner| inner.name() == "server_name");
    let names: Vec<&String> = named.flat_map(Directive::arguments).collect();
    let hosts = names.iter().map(|name| match name.as_str() {
        "_" | "localhost" | "" => String::new(),
        name => name.to_owned(),
    });
    let hosts: Vec<String> = if names.is_empty() { vec![String::new()] } else { hosts.collect() };
    for directive in inside {
        match (directive.name(), directive.arguments()) {
            ("server_name", _) if hosts.iter().all(|host| is_host(host)) => {
                read.mark(&directive.line(), Fate::Route, "the hosts of the routes");
            }
            ("listen", _) | ("http2", _) => {
                read.mark(&directive.line(), Fate::Gateway, "the gateway listens");
            }
            ("location", place) => {
                let inner = directive.inside.as_deref().unwrap_or_default();
                match location(place, inner, &hosts, upstreams, read) {
                    Some(routes) => {
                        read.routes.extend(routes);
                        read.mark(&directive.line(), Fate::Route, "routes of the gateway");
                    }
                    None => read.mark(&directive.line(), Fate::Left, "it does more than hand on"),
                }
            }
            _ => common(directive, read),
        }
    }
}

/// The routes of a location with `proxy_pass`; none where it does anything else.
fn location(
    place: &[String],
    inside: &[Directive],
    hosts: &[String],
    upstreams: &BTreeMap<String, String>,
    read: &mut Configuration,
) -> Option<Vec<(String, Route)>> {
    let (exact, path) = match place {
        [path] => (false, path),
        [how, path] if how == "^~" => (false, path),
        [how, path] if how == "=" => (true, path),
        _ => return None,
    };
    if !is_path(path) {
        return None;
    }
    let mut target = None;
    for directive in inside {
        match (directive.name(), directive.arguments()) {
            ("proxy_pass", [address]) if target.is_none() => target = Some(address),
            _ => common(directive, read),
        }
    }
    let address = target?.strip_prefix("http://")?;
    let (authority, rest) = match address.find('/') {
        Some(slash) => address.split_at(slash),
        None => (address, ""),
    };
    let authority = upstreams.get(authority).map_or(authority, String::as_str);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let port = Some(port.parse::<u16>().ok()?);
    // With a path, nginx puts it where the location's stood.
    let strips = match rest {
        "" => false,
        "/" if path == "/" => false,
        "/" if path.ends_with('/') && !exact => true,
        _ => return None,
    };
    let routes = hosts.iter().flat_map(|at| match exact {
        true => vec![Route { host: at.clone(), path: path.clone(), strip_prefix: false, port }],
        false => below(at, path, strips, port),
    });
    Some(routes.map(|route| (host.to_owned(), route)).collect())
}

/// Directives that may stand on any level.
fn common(directive: &Directive, read: &mut Configuration) {
    let line = directive.line();
    let redirect = |arguments: &[String]| {
        matches!(arguments, [code, to] if matches!(code.as_str(), "301" | "302" | "307" | "308")
            && to == "https://$host$request_uri")
    };
    match (directive.name(), directive.arguments()) {
        ("proxy_set_header", [header, _]) if HEADERS.contains(&header.to_lowercase().as_str()) => {
            read.mark(&line, Fate::Gateway, "the gateway says who asks and for which host");
        }
        ("return", arguments) if redirect(arguments) => {
            read.mark(&line, Fate::Gateway, "the gateway sends everybody to HTTPS");
        }
        ("include", [file]) if file.ends_with("mime.types") => {
            read.mark(&line, Fate::Gateway, "the gateway has its own");
        }
        (name, _) if RESTRICTING.contains(&name) => {
            read.mark(&line, Fate::Restriction, "it kept requests out");
        }
        (name, _)
            if OWN.contains(&name) || name.starts_with("ssl_") || name.starts_with("gzip") =>
        {
            read.mark(&line, Fate::Gateway, "the gateway has its own");
        }
        _ => read.mark(&line, Fate::Left, "the gateway has no word for it"),
    }
}

/// Headers that the gateway sets for every service, or for those with `websocket`.
const HEADERS: [&str; 8] = [
    "connection",
    "host",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Directives about how nginx itself works.
const OWN: [&str; 20] = [
    "access_log",
    "default_type",
    "error_log",
    "keepalive_timeout",
    "log_format",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_redirect",
    "resolver",
    "sendfile",
    "server_tokens",
    "tcp_nodelay",
    "tcp_nopush",
    "types_hash_max_size",
    "worker_connections",
    "proxy_cache_bypass",
    "proxy_buffer_size",
    "proxy_buffers",
    "proxy_busy_buffers_size",
    "charset",
];

/// Directives that refuse requests.
const RESTRICTING: [&str; 11] = [
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "auth_request",
    "client_max_body_size",
    "deny",
    "limit_conn",
    "limit_except",
    "limit_req",
    "satisfy",
    "valid_referers",
];
