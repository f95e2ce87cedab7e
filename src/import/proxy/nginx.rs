//! An nginx configuration that only hands requests on.
//!
//! Directives: nginx.org, "Alphabetical index of directives". What is not named here is not
//! understood, and then nothing of the file is translated.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::Configuration;
use super::manner::{Manner, seconds, size};
use super::{Fate, Route, below, is_host, is_path};
use crate::directives::{Directive, directives};
use crate::stack::Bytes;

/// Read a configuration of a proxy that publishes these ports of its container; an error says why
/// it is none.
pub(super) fn read(text: &str, published: &BTreeSet<u16>) -> Result<Configuration, String> {
    let tree = directives(text).map_err(|malformed| malformed.to_string())?;
    let mut upstreams = BTreeMap::new();
    collect_upstreams(&tree, &mut upstreams);
    let mut reading = Reading { text, upstreams, published, read: Configuration::default() };
    // Without a word nginx passes no handshake of WebSockets on, and takes bodies of 1 MiB
    // (nginx.org, `client_max_body_size`).
    let plain = Manner { websocket: false, body: Some(Bytes(1 << 20)), ..Manner::default() };
    reading.main(&tree, &plain);
    Ok(reading.read)
}

/// Names of upstreams with their only server.
fn collect_upstreams(tree: &[Directive], found: &mut BTreeMap<String, String>) {
    for directive in tree {
        let inside = directive.block();
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

/// What a file is read with.
struct Reading<'a> {
    text: &'a str,
    upstreams: BTreeMap<String, String>,
    published: &'a BTreeSet<u16>,
    read: Configuration,
}

impl Reading<'_> {
    fn mark(&mut self, directive: &Directive, fate: Fate, words: &str) {
        let before = self.text.get(..directive.offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        self.read.mark(&directive.line(), line, fate, words);
    }

    fn main(&mut self, tree: &[Directive], outer: &Manner) {
        let manner = manner(tree, outer);
        for directive in tree {
            match (directive.name(), directive.arguments()) {
                ("http", _) => self.main(directive.block(), &manner),
                ("events" | "user" | "worker_processes" | "pid", _) => {
                    self.mark(directive, Fate::Gateway, OURS);
                }
                ("upstream", [name]) if self.upstreams.contains_key(name) => {
                    self.mark(directive, Fate::Route, "the service of the routes");
                }
                ("map", [from, to]) if from == "$http_upgrade" && to == "$connection_upgrade" => {
                    self.mark(directive, Fate::Gateway, "`websocket` of the routes");
                }
                ("server", _) => self.server(directive, &manner),
                _ => self.common(directive),
            }
        }
    }

    fn server(&mut self, server: &Directive, outer: &Manner) {
        let inside = server.block();
        let (manner, hosts) = (manner(inside, outer), hosts(inside));
        let before = self.read.routes.len();
        for directive in inside {
            match (directive.name(), directive.arguments()) {
                ("server_name", _) if hosts.iter().all(|host| is_host(host)) => {
                    self.mark(directive, Fate::Route, "the hosts of the routes");
                }
                ("listen", words) if listened(words).is_some() => {
                    self.mark(directive, Fate::Gateway, "the gateway listens");
                }
                ("http2", _) => self.mark(directive, Fate::Gateway, "the gateway listens"),
                ("return", [code]) if code == "444" || code == "404" => {
                    self.mark(directive, Fate::Gateway, "unknown hosts and paths get no answer");
                }
                ("location", [.., path]) if is_challenge(path) => {
                    self.mark(directive, Fate::Gateway, "the gateway gets its own certificates");
                }
                ("location", place) => match self.location(place, directive, &hosts, &manner) {
                    Some(routes) => {
                        self.read.routes.extend(routes);
                        self.mark(directive, Fate::Route, "routes of the gateway");
                    }
                    None => self.mark(directive, Fate::Left, "it does more than hand on"),
                },
                _ => self.common(directive),
            }
        }
        if self.read.routes.len() > before {
            self.doors(server);
            // A server that answers by itself never comes to its locations.
            if let Some(answer) = inside.iter().find(|inner| inner.name() == "return") {
                self.mark(answer, Fate::Restriction, "it answers before any location");
            }
        }
    }

    /// The ports of a server with routes; one that nobody reached from outside stays closed.
    fn doors(&mut self, server: &Directive) {
        let listens = server.block().iter().filter(|inner| inner.name() == "listen");
        let mut ports: BTreeSet<u16> =
            listens.filter_map(|listen| listened(listen.arguments())).collect();
        if ports.is_empty() {
            ports.insert(80);
        }
        ports.retain(|port| self.published.contains(port));
        if ports.is_empty() {
            self.mark(server, Fate::Restriction, "it listens on no port that is published");
        }
        let plain = |port: u16| if port == 80 { 443 } else { port };
        self.read.doors.extend(ports.into_iter().map(plain));
    }

    /// The routes of a location with `proxy_pass`; none where it does anything else.
    fn location(
        &mut self,
        place: &[String],
        location: &Directive,
        hosts: &[String],
        outer: &Manner,
    ) -> Option<Vec<(String, Route)>> {
        let (exact, path) = match place {
            [path] => (false, path),
            [how, path] if how == "^~" => (false, path),
            [how, path] if how == "=" => (true, path),
            _ => return None,
        };
        let answers = location.block().iter().any(|inner| inner.name() == "return");
        if !is_path(path) || answers {
            return None;
        }
        let manner = manner(location.block(), outer);
        let mut target = None;
        for directive in location.block() {
            match (directive.name(), directive.arguments()) {
                ("proxy_pass", [address]) if target.is_none() => target = Some(address),
                _ => self.common(directive),
            }
        }
        let address = target?.strip_prefix("http://")?;
        let (authority, rest) = match address.find('/') {
            Some(slash) => address.split_at(slash),
            None => (address, ""),
        };
        let authority = self.upstreams.get(authority).map_or(authority, String::as_str);
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
            true => vec![Route::at(at, path, port)],
            false => below(at, path, strips, port),
        });
        let routes = routes.map(|route| Route { manner: manner.clone(), ..route });
        Some(routes.map(|route| (host.to_owned(), route)).collect())
    }

    /// Directives that may stand on any level.
    fn common(&mut self, directive: &Directive) {
        let words: Vec<&str> = directive.arguments().iter().map(String::as_str).collect();
        let (fate, words) = match (directive.name(), words.as_slice()) {
            ("proxy_set_header", [header, value]) if is_ours(header, value) => {
                (Fate::Gateway, "the gateway says who asks and for which host")
            }
            ("add_header", [header, ..]) if is_added(header) => {
                (Fate::Gateway, "the gateway adds it to every answer")
            }
            ("return", ["301" | "302" | "307" | "308", to]) if SECURE.contains(to) => {
                (Fate::Gateway, "the gateway sends everybody to HTTPS")
            }
            ("include", ["mime.types" | "/etc/nginx/mime.types"]) => (Fate::Gateway, OURS),
            ("client_max_body_size", [most]) if size(most).is_some() => {
                (Fate::Route, "`body` of the routes")
            }
            ("proxy_read_timeout" | "proxy_send_timeout", [time]) if seconds(time).is_some() => {
                (Fate::Route, "`timeout` of the routes")
            }
            ("proxy_buffering" | "proxy_request_buffering", ["on" | "off"]) => {
                (Fate::Route, "`buffering` of the routes")
            }
            (name, _) if RESTRICTING.contains(&name) => {
                (Fate::Restriction, "it keeps requests out")
            }
            (name, _) if OWN.contains(&name) || name.starts_with("gzip") => (Fate::Gateway, OURS),
            _ => (Fate::Left, "the gateway has no word for it"),
        };
        self.mark(directive, fate, words);
    }
}

/// What is said of how nginx itself works.
const OURS: &str = "the gateway has its own";

/// Where certbot answers (RFC 8555, section 8.3).
const CHALLENGE: &str = "/.well-known/acme-challenge";

fn is_challenge(path: &str) -> bool {
    path.strip_prefix(CHALLENGE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where everybody is sent to HTTPS.
const SECURE: [&str; 3] = [
    "https://$host$request_uri",
    "https://$http_host$request_uri",
    "https://$server_name$request_uri",
];

/// The hosts of a server; one that is empty: every host, which is the stack's own domain.
fn hosts(inside: &[Directive]) -> Vec<String> {
    let named = inside.iter().filter(|inner| inner.name() == "server_name");
    let any = |name: &&String| !matches!(name.as_str(), "_" | "localhost" | "");
    let names: Vec<String> = named.flat_map(Directive::arguments).filter(any).cloned().collect();
    if names.is_empty() { vec![String::new()] } else { names }
}

/// The port that `listen` names on every address; none where it says more.
fn listened(words: &[String]) -> Option<u16> {
    let (address, rest) = words.split_first()?;
    let plain = |word: &String| {
        matches!(word.as_str(), "ssl" | "http2" | "default_server" | "default" | "reuseport")
            || word.starts_with("ipv6only=")
    };
    let everywhere = ["[::]:", "*:", "0.0.0.0:"];
    let port = everywhere.iter().find_map(|start| address.strip_prefix(start)).unwrap_or(address);
    port.parse().ok().filter(|_| rest.iter().all(plain))
}

/// What the directives of one level say, over what holds outside of it.
fn manner(inside: &[Directive], outer: &Manner) -> Manner {
    let mut manner = outer.clone();
    let sets = |directive: &&Directive| directive.name() == "proxy_set_header";
    // Headers are inherited where a level sets none (ngx_http_proxy_module).
    if inside.iter().any(|directive| sets(&directive)) {
        manner.websocket = inside.iter().filter(sets).any(|directive| {
            directive
                .arguments()
                .first()
                .is_some_and(|header| header.eq_ignore_ascii_case("upgrade"))
        });
    }
    let mut waits: Option<u32> = None;
    for directive in inside {
        let [word] = directive.arguments() else { continue };
        match directive.name() {
            "client_max_body_size" => manner.body = size(word),
            "proxy_read_timeout" | "proxy_send_timeout" => waits = waits.max(seconds(word)),
            "proxy_buffering" | "proxy_request_buffering" => manner.buffering &= word != "off",
            _ => {}
        }
    }
    manner.timeout = waits.or(manner.timeout);
    manner
}

/// A header of the kind that the gateway sets for every service, with a value of that kind.
fn is_ours(header: &str, value: &str) -> bool {
    let usual = value.starts_with('$')
        || matches!(
            value,
            "" | "upgrade" | "Upgrade" | "keep-alive" | "https" | "http" | "443" | "80"
        );
    usual && HEADERS.contains(&header.to_lowercase().as_str())
}

/// A header that the gateway adds to every answer, as strict.
fn is_added(header: &str) -> bool {
    const ADDED: [&str; 3] =
        ["referrer-policy", "strict-transport-security", "x-content-type-options"];
    ADDED.contains(&header.to_lowercase().as_str())
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

/// Directives about how nginx itself works, and about its certificates.
const OWN: [&str; 30] = [
    "access_log",
    "charset",
    "client_body_buffer_size",
    "default_type",
    "error_log",
    "keepalive_timeout",
    "log_format",
    "proxy_buffer_size",
    "proxy_buffers",
    "proxy_busy_buffers_size",
    "proxy_cache_bypass",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_redirect",
    "resolver",
    "sendfile",
    "server_tokens",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_ciphers",
    "ssl_dhparam",
    "ssl_prefer_server_ciphers",
    "ssl_protocols",
    "ssl_session_cache",
    "ssl_session_tickets",
    "ssl_session_timeout",
    "tcp_nodelay",
    "tcp_nopush",
    "types_hash_max_size",
    "worker_connections",
];

/// Directives that refuse requests.
const RESTRICTING: [&str; 15] = [
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "auth_jwt",
    "auth_request",
    "client_max_body_size",
    "deny",
    "internal",
    "limit_conn",
    "limit_except",
    "limit_req",
    "satisfy",
    "ssl_client_certificate",
    "ssl_verify_client",
    "valid_referers",
];
