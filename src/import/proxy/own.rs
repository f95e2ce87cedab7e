//! Reverse proxies that stand in the project themselves.
//!
//! Two ways lead past them. Where everything that one does is understood, its routes become the
//! gateway's and it goes away. Else it stays, behind the gateway, on its HTTP port: it holds the
//! routing by paths, and only its TLS is taken over. The second way is always safe.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::Configuration;
use super::{Fate, Mark, Route, caddyfile, nginx, told};
use crate::compose::load::Project;
use crate::compose::{Service, VolumeMount, Words};
use crate::import::kinds::{self, Kind};
use crate::stack::ImageReference;

/// A reverse proxy of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProxy {
    /// Its service.
    pub service: String,
    /// What becomes of it.
    pub place: Place,
    /// What becomes of the lines of its configuration, as far as that was read.
    pub marks: Vec<Mark>,
}

/// What becomes of a reverse proxy of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It stands behind the gateway, which has its TLS ports and certificates.
    Chained {
        /// Why it stays.
        why: String,
    },
    /// It goes away: these routes do all that it did, each to a service.
    Translated {
        /// Service and route, sorted.
        routes: Vec<(String, Route)>,
    },
}

/// The reverse proxies of a project that publish a port; `texts` are the files that services mount,
/// by the path that the mount names.
pub fn own_proxies(project: &Project, texts: &BTreeMap<String, String>) -> Vec<OwnProxy> {
    let services = project.file.services.iter().filter(|(name, service)| {
        let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
        !project.inactive.contains(*name)
            && !service.ports.is_empty()
            && service.build.is_none()
            && kinds::kind(image.as_ref()) == Kind::Proxy
    });
    let one = |(name, service): (&String, &Service)| {
        let read = if repository(service).ends_with("traefik") {
            traefik(project, name, service)
        } else {
            configured(service, texts)
        };
        let (place, marks) = place(project, read);
        OwnProxy { service: name.clone(), place, marks }
    };
    services.map(one).collect()
}

fn place(project: &Project, read: Result<Configuration, String>) -> (Place, Vec<Mark>) {
    let read = match read {
        Ok(read) => read,
        Err(why) => return (Place::Chained { why }, Vec::new()),
    };
    let known: BTreeSet<&str> = project.file.services.keys().map(String::as_str).collect();
    let stranger = read.routes.iter().find(|(target, _)| !known.contains(target.as_str()));
    let why = if let Some(mark) = read.left() {
        format!("`{}` of its configuration has no word in a description", mark.name)
    } else if let Some((target, _)) = stranger {
        format!("it hands requests on to `{target}`, which is no service of the project")
    } else if read.routes.is_empty() {
        "its configuration names no service".to_owned()
    } else if let Some(route) = doubled(&read.routes) {
        format!("two of its routes lead from `{}{}`", route.host, route.path)
    } else {
        let mut routes = read.routes;
        routes.sort();
        return (Place::Translated { routes }, read.marks);
    };
    (Place::Chained { why }, read.marks)
}

/// A place that two routes claim for different targets.
fn doubled(routes: &[(String, Route)]) -> Option<&Route> {
    let same = |one: &Route, other: &Route| one.host == other.host && one.path == other.path;
    let mut left = routes;
    while let Some(((target, route), rest)) = left.split_first() {
        let clash =
            |(other, at): &&(String, Route)| same(route, at) && (other != target || at != route);
        if rest.iter().any(|next| clash(&next)) {
            return Some(route);
        }
        left = rest;
    }
    None
}

/// nginx and Caddy, by the only file that configures them.
fn configured(
    service: &Service,
    texts: &BTreeMap<String, String>,
) -> Result<Configuration, String> {
    if service.command.is_some() || service.entrypoint.is_some() {
        return Err("it runs a command of its own".to_owned());
    }
    let repository = repository(service);
    let caddy = repository.ends_with("caddy");
    if !caddy && !repository.ends_with("nginx") && !repository.ends_with("nginx-unprivileged") {
        return Err("only configurations of nginx and Caddy are read".to_owned());
    }
    let mut read = None;
    for mount in &service.volumes {
        let target = mount.target.as_deref().unwrap_or_default();
        if is_state(target) {
            continue;
        }
        let is_configuration = if caddy {
            target == "/etc/caddy/Caddyfile"
        } else {
            target == "/etc/nginx/nginx.conf" || target.starts_with("/etc/nginx/conf.d/")
        };
        if !is_configuration || read.is_some() {
            return Err(format!("it mounts `{target}`: what it serves from there is not known"));
        }
        let Some(text) = mount.source.as_deref().and_then(|source| texts.get(source)) else {
            return Err(format!("the text of `{target}` was not given"));
        };
        read = Some(if caddy { caddyfile::read(text) } else { nginx::read(text) });
    }
    read.unwrap_or(Err("no file that configures it is mounted".to_owned()))
}

/// Folders in which proxies keep certificates, logs and their own state: the gateway has its own.
fn is_state(target: &str) -> bool {
    const STATE: [&str; 6] = [
        "/config",
        "/data",
        "/etc/letsencrypt",
        "/etc/nginx/certs",
        "/var/log/nginx",
        "/var/www/certbot",
    ];
    STATE.iter().any(|state| target.trim_end_matches('/') == *state)
}

/// traefik, by the labels of all services, where the engine is its only source.
fn traefik(project: &Project, own: &str, service: &Service) -> Result<Configuration, String> {
    let socket = |mount: &VolumeMount| {
        mount.source.as_deref().is_some_and(|source| source.ends_with("docker.sock"))
    };
    let harmless = |mount: &VolumeMount| {
        let target = mount.target.as_deref().unwrap_or_default();
        socket(mount) || target.contains("acme") || target.contains("letsencrypt")
    };
    if !service.volumes.iter().any(socket) {
        return Err("it does not read labels from the engine".to_owned());
    }
    if let Some(mount) = service.volumes.iter().find(|mount| !harmless(mount)) {
        let target = mount.target.as_deref().unwrap_or_default();
        return Err(format!("it mounts `{target}`, which may configure it"));
    }
    if let Some(word) = words(service).iter().find(|word| !is_plain_option(word)) {
        return Err(format!("its option `{word}` is not understood"));
    }
    let mut read = Configuration::default();
    for (name, service) in &project.file.services {
        let told = told(service);
        if name == own {
            // Its own labels are its dashboard's, which goes with it.
            let marks = told.marks.into_iter();
            let words = "the dashboard of traefik goes with it".to_owned();
            read.marks.extend(marks.map(|mark| Mark {
                fate: Fate::Gateway,
                words: words.clone(),
                ..mark
            }));
            continue;
        }
        read.routes.extend(told.routes.into_iter().map(|route| (name.clone(), route)));
        read.marks.extend(told.marks);
    }
    Ok(read)
}

/// Options that say how traefik is run, not where requests go (doc.traefik.io, static configuration).
fn is_plain_option(word: &str) -> bool {
    const PLAIN: [&str; 10] = [
        "accesslog",
        "api",
        "certificatesresolvers.",
        "entrypoints.",
        "global.",
        "log",
        "metrics",
        "ping",
        "providers.docker",
        "tracing",
    ];
    let word = word.trim_start_matches('-').to_lowercase();
    word == "traefik" || PLAIN.iter().any(|plain| word.starts_with(plain))
}

fn words(service: &Service) -> Vec<String> {
    match &service.command {
        None => Vec::new(),
        Some(Words::Line(line)) => line.split_whitespace().map(str::to_owned).collect(),
        Some(Words::List(words)) => words.clone(),
    }
}

fn repository(service: &Service) -> String {
    let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
    image.map(|image| image.repository().to_owned()).unwrap_or_default()
}
