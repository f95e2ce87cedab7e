//! traefik itself: the options that it is started with, and whether labels are all that it goes by.
//!
//! Apart from the labels, which it shares with a traefik that stands elsewhere.

use std::collections::BTreeSet;

use super::configuration::Configuration;
use super::{Fate, Mark, told};
use crate::compose::load::Project;
use crate::compose::{ComposeFile, Service, VolumeMount, Words};
use crate::import::kinds::repository;

/// What traefik does, by the labels of all services, where the engine is its only source.
pub(super) fn read(
    project: &Project,
    own: &str,
    service: &Service,
) -> Result<Configuration, String> {
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
    if service.entrypoint.is_some() || !service.configs.is_empty() || !service.secrets.is_empty() {
        return Err(
            "it has an entrypoint, `configs` or `secrets`, which may configure it".to_owned()
        );
    }
    let options = options(service);
    if let Some(option) = options.iter().find(|option| !is_plain_option(option)) {
        let name = option.split('=').next().unwrap_or_default();
        return Err(format!("its option `{name}` is not understood"));
    }
    let open = open_entry_points(service, &options);
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
        if let Some(router) = shut(service, &open) {
            return Err(format!("its router `{router}` has no entry point that is open to all"));
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

/// The options of the command, and those that stand in variables (doc.traefik.io, static
/// configuration: `TRAEFIK_PING_ENTRYPOINT` is `--ping.entrypoint`).
fn options(service: &Service) -> Vec<String> {
    let mut options = words(service);
    for (name, value) in service.environment.iter() {
        if let Some(name) = name.strip_prefix("TRAEFIK_") {
            let value = value.as_deref().unwrap_or_default();
            options.push(format!("--{}={value}", name.to_lowercase().replace('_', ".")));
        }
    }
    options
}

/// The entry points behind ports that are published on every address.
fn open_entry_points(service: &Service, options: &[String]) -> BTreeSet<String> {
    let open = service.ports.iter().filter(|port| port.bound().is_none());
    let open: BTreeSet<&str> = open.map(|port| port.container.as_str()).collect();
    let mut found = BTreeSet::new();
    for option in options {
        let option = option.trim_start_matches('-').to_lowercase();
        let told = option.strip_prefix("entrypoints.").and_then(|rest| rest.split_once('='));
        let named = told.and_then(|(name, at)| Some((name.strip_suffix(".address")?, at)));
        if let Some((name, at)) = named
            && let Some(port) = at.trim_matches(['"', '\'']).strip_prefix(':')
            && open.contains(port.strip_suffix("/tcp").unwrap_or(port))
        {
            found.insert(name.to_owned());
        }
    }
    found
}

/// A router of these labels that is only on entry points that not everybody reaches.
fn shut(service: &Service, open: &BTreeSet<String>) -> Option<String> {
    service.labels.iter().find_map(|(name, value)| {
        let name = name.to_lowercase();
        let router = name.strip_prefix("traefik.http.routers.")?.strip_suffix(".entrypoints")?;
        let names = value.as_deref().unwrap_or_default().to_lowercase();
        let any = names.split(',').any(|name| open.contains(name.trim()));
        (!any).then(|| router.to_owned())
    })
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
