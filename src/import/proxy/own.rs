//! Reverse proxies that stand in the project themselves.
//!
//! Two ways lead past them. Where everything that one does is understood, its routes become the
//! gateway's and it goes away. Else it stays, behind the gateway, on its HTTP port: it holds the
//! routing by paths, and only its TLS is taken over. The second way is always safe.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::configuration::Configuration;
use super::{Fate, Mark, Route, caddyfile, nginx, told, traefik_proxy};
use crate::compose::load::Project;
use crate::compose::{Port, Service, Words};
use crate::diagnostic::looks_secret;
use crate::import::kinds::{self, Kind, repository};
use crate::import::links::{Hosts, says_host};
use crate::stack::{HostName, ImageReference, RoutePath};

/// A reverse proxy of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProxy {
    /// Its service.
    pub service: String,
    /// What becomes of it.
    pub place: Place,
    /// What becomes of the lines of its configuration, as far as that was read.
    pub marks: Vec<Mark>,
    /// Services that its configuration names, understood or not.
    pub reaches: Vec<String>,
    /// Whether it goes by the labels and settings of the services.
    pub by_labels: bool,
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
    let hosts = Hosts::of(&project.file);
    let one = |(name, service): (&String, &Service)| {
        let read = if repository(service).ends_with("traefik") {
            traefik_proxy::read(project, name, service)
        } else {
            configured(service, texts)
        };
        let (place, marks) = place(project, name, &hosts, read);
        let text = configuration(service).and_then(|source| texts.get(source));
        let named = text.map(|text| hosts.named(text, false)).unwrap_or_default();
        let by_labels = reads_labels(&repository(service));
        let labelled = project.file.services.iter().filter(|(_, one)| !told(one).marks.is_empty());
        let labelled = labelled.map(|(other, _)| other.as_str()).filter(|_| by_labels);
        let reaches: BTreeSet<&str> = named.into_iter().chain(labelled).collect();
        let reaches = reaches.into_iter().filter(|other| other != name).map(str::to_owned);
        OwnProxy { service: name.clone(), place, marks, reaches: reaches.collect(), by_labels }
    };
    proxies(project).map(one).collect()
}

/// Proxies that ask the engine for the labels and settings of the containers.
fn reads_labels(repository: &str) -> bool {
    let last = repository.rsplit('/').next().unwrap_or_default();
    ["caddy-docker-proxy", "docker-gen", "nginx-proxy", "traefik"].contains(&last)
}

/// The paths, as mounts name them, of the files that configure the proxies of a project.
pub fn configurations(project: &Project) -> Vec<&str> {
    proxies(project).filter_map(|(_, service)| configuration(service)).collect()
}

fn proxies(project: &Project) -> impl Iterator<Item = (&String, &Service)> {
    project.file.services.iter().filter(|(name, service)| {
        let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
        !project.inactive.contains(*name)
            && (!service.ports.is_empty() || service.network_mode.as_deref() == Some("host"))
            && service.build.is_none()
            && kinds::kind(image.as_ref()) == Kind::Proxy
    })
}

fn place(
    project: &Project,
    own: &str,
    hosts: &Hosts,
    read: Result<Configuration, String>,
) -> (Place, Vec<Mark>) {
    let mut read = match read {
        Ok(read) => read,
        Err(why) => return (Place::Chained { why }, Vec::new()),
    };
    let outside = outside(project, own, hosts);
    if let Some(why) = read.left().map(unknown).or(outside).or_else(|| told_apart(&read)) {
        return (Place::Chained { why }, read.marks);
    }
    let mut routes = Vec::new();
    for (target, route) in std::mem::take(&mut read.routes) {
        let service =
            hosts.service(&target).filter(|name| *name != own && !project.inactive.contains(*name));
        let Some(service) = service else {
            let why =
                format!("it hands requests on to `{target}`, which is no service of the project");
            return (Place::Chained { why }, read.marks);
        };
        routes.push((service.to_owned(), route));
    }
    routes.sort();
    routes.dedup();
    match impossible(&routes) {
        Some(why) => (Place::Chained { why }, read.marks),
        None => (Place::Translated { routes }, read.marks),
    }
}

/// Why a part of a configuration keeps the proxy.
fn unknown(mark: &Mark) -> String {
    // The name of a label is no value; a line of a file may end in a password.
    let (line, name) = match mark.line {
        0 => (String::new(), mark.name.clone()),
        line => (format!("line {line} "), shown(&mark.name)),
    };
    let kept = match mark.fate {
        Fate::Restriction => ": it keeps requests out",
        Fate::Route | Fate::Gateway | Fate::Left => "",
    };
    format!("{line}`{name}` is not one the gateway knows{kept}")
}

/// The beginning of a line: what stands further on may be a password.
fn shown(line: &str) -> String {
    let mut words = line.split_whitespace();
    let word = |word: &&str| !looks_secret("", word) && !word.contains("://");
    let mut shown: Vec<&str> = words.by_ref().take(2).take_while(word).collect();
    if shown.len() < line.split_whitespace().count() {
        shown.push("...");
    }
    shown.join(" ")
}

/// Why others need the proxy where it is.
fn outside(project: &Project, own: &str, hosts: &Hosts) -> Option<String> {
    let services = &project.file.services;
    let proxy = services.get(own)?;
    let ports = || services.values().flat_map(|service| &service.ports);
    if proxy.ports.iter().any(|port| port.bound().is_some())
        && Port::common_address(ports()).is_none()
    {
        let why = "it is open to one address of the host only, and the gateway is open to all";
        return Some(why.to_owned());
    }
    if !told(proxy).routes.is_empty() && !repository(proxy).ends_with("traefik") {
        return Some("another proxy stands before it".to_owned());
    }
    let mut others = services.iter().filter(|(name, _)| *name != own);
    let leaning = others.find(|(_, service)| {
        let named = |text: &str| hosts.named(text, false).contains(&own);
        let mut settings = service
            .environment
            .iter()
            .filter_map(|(name, value)| Some((says_host(name), value.as_deref()?)));
        let linked = [service.carried.get("links"), service.volumes_from.as_ref()];
        let listed = |value: &Value| {
            let items = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            items.filter_map(|item| item.split(':').next()).any(|item| item == own)
        };
        let beside = [&service.network_mode, &service.pid, &service.ipc];
        let word = |words: &Option<Words>| match words {
            None => false,
            Some(Words::Line(line)) => named(line),
            Some(Words::List(words)) => words.iter().any(|word| named(word)),
        };
        settings.any(|(host, value)| hosts.named(value, host).contains(&own))
            || word(&service.command)
            || word(&service.entrypoint)
            || linked.into_iter().flatten().any(listed)
            || beside.iter().any(|mode| mode.as_deref().is_some_and(|mode| mode.ends_with(own)))
    });
    let (name, _) = leaning?;
    Some(format!("`{name}` reaches other services through it"))
}

/// Why the places that a configuration serves are not those of one gateway.
fn told_apart(read: &Configuration) -> Option<String> {
    if read.doors.len() > 1 {
        return Some("it serves other things on other ports".to_owned());
    }
    if read.routes.is_empty() {
        return Some("its configuration names no service".to_owned());
    }
    let empty = |(_, route): &&(String, Route)| route.host.is_empty();
    let some = read.routes.iter().filter(empty).count();
    (some > 0 && some < read.routes.len())
        .then(|| "some of its routes have a host of their own and others have none".to_owned())
}

/// Why routes cannot be written into one description.
fn impossible(routes: &[(String, Route)]) -> Option<String> {
    let mut rest = routes;
    while let Some(((target, route), others)) = rest.split_first() {
        let Route { host, path, strip_prefix: _, port, manner: _ } = route;
        let named = host.is_empty() || host.contains('.') && HostName::new(host.as_str()).is_ok();
        if !named || RoutePath::new(path.as_str()).is_err() || is_reserved(path) {
            return Some(format!("no description admits its route `{host}{path}`"));
        }
        for (other, at) in others {
            let same = host == &at.host && path == &at.path;
            if same {
                return Some(format!("two of its routes lead from `{host}{path}`"));
            }
            if other == target && port != &at.port {
                return Some(format!("its routes lead to two ports of `{target}`"));
            }
            if other == target && path == &at.path {
                return Some(format!("`{target}` has `{path}` on two hosts"));
            }
        }
        rest = others;
    }
    None
}

/// Paths that the gateway answers itself.
pub fn is_reserved(path: &str) -> bool {
    ["/__gw/", "/.well-known/acme-challenge/", "/oauth2/"].iter().any(|own| path.starts_with(own))
}

/// Where the only file that configures a proxy is mounted from.
fn configuration(service: &Service) -> Option<&str> {
    let repository = repository(service);
    let mount = service.volumes.iter().find(|mount| {
        let target = mount.target.as_deref().unwrap_or_default();
        is_configuration(&repository, target)
    })?;
    mount.source.as_deref()
}

fn is_configuration(repository: &str, target: &str) -> bool {
    if repository.ends_with("caddy") {
        target == "/etc/caddy/Caddyfile"
    } else {
        target == "/etc/nginx/nginx.conf"
            || target.starts_with("/etc/nginx/conf.d/") && target.ends_with(".conf")
    }
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
    if !service.configs.is_empty() || !service.secrets.is_empty() {
        return Err("it has `configs` or `secrets`, which may configure it".to_owned());
    }
    let published: Result<BTreeSet<u16>, _> =
        service.ports.iter().map(|port| port.container.parse::<u16>()).collect();
    let Ok(published) = published else {
        return Err("it publishes a range of ports".to_owned());
    };
    let mut read = None;
    for mount in &service.volumes {
        let target = mount.target.as_deref().unwrap_or_default();
        if is_state(target) {
            continue;
        }
        if !is_configuration(&repository, target) || read.is_some() {
            return Err(format!("it mounts `{target}`: what it serves from there is not known"));
        }
        let Some(text) = mount.source.as_deref().and_then(|source| texts.get(source)) else {
            return Err(format!("the text of `{target}` was not given"));
        };
        read = Some(if caddy {
            caddyfile::read(text, &published)
        } else {
            nginx::read(text, &published)
        });
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
