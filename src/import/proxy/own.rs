//! Reverse proxies that stand in the project themselves.
//!
//! Two ways lead past them. Where everything that one does is understood, its routes become the
//! gateway's and it goes away. Else it stays, behind the gateway, on its HTTP port: it holds the
//! routing by paths, and only its TLS is taken over. The second way is always safe.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::configuration::Configuration;
use super::{Fate, Mark, Route, caddyfile, nginx, told};
use crate::compose::load::Project;
use crate::compose::{ComposeFile, Service, VolumeMount, Words};
use crate::import::kinds::{self, Kind};
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
            traefik(project, name, service)
        } else {
            configured(service, texts)
        };
        let (place, marks) = place(project, name, &hosts, read);
        let text = configuration(service).and_then(|source| texts.get(source));
        let named = text.map(|text| hosts.named(text, false)).unwrap_or_default();
        let reaches = named.into_iter().filter(|other| other != name).map(str::to_owned);
        OwnProxy { service: name.clone(), place, marks, reaches: reaches.collect() }
    };
    proxies(project).map(one).collect()
}

/// The paths, as mounts name them, of the files that configure the proxies of a project.
pub fn configurations(project: &Project) -> Vec<&str> {
    proxies(project).filter_map(|(_, service)| configuration(service)).collect()
}

/// What traefik leaves alone when it is told to expose only what asks for it
/// (`exposedByDefault`, doc.traefik.io, Docker provider), told at each service that does not ask.
pub fn leave_alone(file: &mut ComposeFile) {
    if !file.services.values().any(exposes_on_request) {
        return;
    }
    for service in file.services.values_mut() {
        let named = |wanted: &str| {
            let mut names = service.labels.keys().map(|name| name.to_lowercase());
            names.any(|name| name.starts_with(wanted))
        };
        if named("traefik.") && !named("traefik.enable") {
            service.labels.insert("traefik.enable".to_owned(), Some("false".to_owned()));
        }
    }
}

fn exposes_on_request(service: &Service) -> bool {
    const OPTION: &str = "providers.docker.exposedbydefault";
    let off = |value: &str| ["false", "f", "0"].contains(&value.trim().to_lowercase().as_str());
    let told = words(service).iter().any(|word| {
        let word = word.trim_start_matches('-').to_lowercase();
        word.split_once('=').is_some_and(|(name, value)| name == OPTION && off(value))
    });
    let variable = format!("TRAEFIK_{}", OPTION.to_uppercase().replace('.', "_"));
    let set = service.environment.get(&variable).and_then(Option::as_deref).is_some_and(off);
    repository(service).ends_with("traefik") && (told || set)
}

fn proxies(project: &Project) -> impl Iterator<Item = (&String, &Service)> {
    project.file.services.iter().filter(|(name, service)| {
        let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
        !project.inactive.contains(*name)
            && !service.ports.is_empty()
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
    let line = match mark.line {
        0 => String::new(),
        line => format!("line {line} "),
    };
    let kept = match mark.fate {
        Fate::Restriction => ": it keeps requests out",
        Fate::Route | Fate::Gateway | Fate::Left => "",
    };
    format!("{line}`{}` is not one the gateway knows{kept}", mark.name)
}

/// Why others need the proxy where it is.
fn outside(project: &Project, own: &str, hosts: &Hosts) -> Option<String> {
    let services = &project.file.services;
    let proxy = services.get(own)?;
    let loopback = |service: &Service| {
        service.ports.iter().any(|port| port.address.starts_with("127.") || port.address == "::1")
    };
    if loopback(proxy) && !services.values().all(|one| one.ports.is_empty() || loopback(one)) {
        return Some("it is open to this host only, and the gateway is open to all".to_owned());
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
fn is_reserved(path: &str) -> bool {
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
    // Of these some are asked for every request, or leave services out.
    const OTHER: [&str; 5] =
        [".middlewares", ".constraints", ".forwardedheaders", ".proxyprotocol", ".tls.options"];
    let word = word.trim_start_matches('-').to_lowercase();
    if OTHER.iter().any(|other| word.contains(other)) {
        return false;
    }
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
