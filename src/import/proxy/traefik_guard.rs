//! Whether labels for traefik keep somebody out: then nothing that they say becomes a route.
//!
//! All routes of the service, since the path that one router guards may lie below another's. Apart
//! from what labels say because here only doubts count: what is not known here keeps out.

use std::collections::{BTreeMap, BTreeSet};

/// Whether a router of these labels keeps somebody out, and no other router has the same rule and
/// does not.
pub(super) fn keeps_out(labels: &BTreeMap<String, String>) -> bool {
    let old = ["auth", "entrypoints", "ratelimit", "whitelist"];
    if old.iter().any(|key| labels.keys().any(|name| is_below(name, &["frontend", key]))) {
        return true;
    }
    let routers: BTreeSet<&str> = labels.keys().filter_map(|name| router(name)).collect();
    let rule = |router: &str| labels.get(&format!("traefik.http.routers.{router}.rule"));
    let guarded = |router: &&str| !is_free(labels, router);
    routers.iter().filter(|router| guarded(router)).any(|one| {
        let free = |other: &&str| !guarded(other) && rule(other) == rule(one);
        rule(one).is_none() || !routers.iter().any(free)
    })
}

/// Entry points by the names that people give to those that are open to everybody; by any other
/// name one may be open to a few.
pub(super) fn is_open(names: &str) -> bool {
    const OPEN: [&str; 7] =
        ["http", "https", "secure", "web", "web-secure", "websecure", "web_secure"];
    names.split(',').any(|name| OPEN.contains(&name.trim().to_lowercase().as_str()))
}

/// Middlewares that refuse requests (doc.traefik.io, "HTTP middlewares"), and those that are not
/// known to let all through.
pub(super) fn refuses(kind: &str) -> bool {
    const THROUGH: [&str; 11] = [
        "addprefix",
        "compress",
        "contenttype",
        "errors",
        "headers",
        "redirectregex",
        "redirectscheme",
        "replacepath",
        "replacepathregex",
        "stripprefix",
        "stripprefixregex",
    ];
    !THROUGH.contains(&kind)
}

fn is_free(labels: &BTreeMap<String, String>, router: &str) -> bool {
    let of = |key: &str| labels.get(&format!("traefik.http.routers.{router}.{key}"));
    let middlewares = of("middlewares").map(String::as_str).unwrap_or_default();
    let mut middlewares =
        middlewares.split(',').map(str::trim).filter(|middleware| !middleware.is_empty());
    let inside = of("service").is_some_and(|service| service.ends_with("@internal"));
    !inside
        && of("tls.options").is_none()
        && of("entrypoints").is_none_or(|names| is_open(names))
        && middlewares.all(|middleware| lets_through(labels, middleware))
}

/// Whether a middleware stands in these labels, and nothing of it refuses anything.
fn lets_through(labels: &BTreeMap<String, String>, middleware: &str) -> bool {
    let name = middleware.strip_suffix("@docker").unwrap_or(middleware).to_lowercase();
    let start = format!("traefik.http.middlewares.{name}.");
    let kinds = labels.keys().filter_map(|label| label.strip_prefix(&start));
    let mut kinds = kinds.map(|rest| rest.split('.').next().unwrap_or_default()).peekable();
    kinds.peek().is_some() && kinds.all(|kind| !refuses(kind))
}

/// The router that a label is about.
fn router(label: &str) -> Option<&str> {
    label.strip_prefix("traefik.http.routers.")?.split('.').next()
}

fn is_below(label: &str, path: &[&str]) -> bool {
    label.split('.').skip(1).zip(path).filter(|(part, wanted)| part == *wanted).count()
        == path.len()
}
