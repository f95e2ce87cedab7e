//! The project's own reverse proxies: the gateway takes the place of those that it understands
//! wholly, and stands before the others.

use std::collections::{BTreeMap, BTreeSet};

use super::Describing;
use crate::compose::Service;
use crate::compose::load::Project;
use crate::import::Original;
use crate::import::account::Fate;
use crate::import::links::{Found, Source};
use crate::import::proxy::{self, OwnProxy, Place, Route};

/// What becomes of the proxies of a project.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    /// Services that are left out.
    gone: BTreeSet<String>,
    /// Their routes, by the service that they lead to.
    routes: BTreeMap<String, Vec<Route>>,
    /// Proxies that stay.
    chained: Vec<Chained>,
}

/// A proxy that stays behind the gateway.
#[derive(Debug)]
struct Chained {
    service: String,
    why: String,
    /// The services that it reaches.
    reaches: Vec<String>,
    /// Whether it goes by the labels and settings of the services.
    by_labels: bool,
}

impl Proxies {
    pub(super) fn of(original: &Original<'_>) -> Self {
        let mut proxies = Self::default();
        for one in proxy::own_proxies(original.project, original.texts) {
            let OwnProxy { service, place, marks: _, reaches, by_labels } = one;
            match place {
                Place::Chained { why } => {
                    proxies.chained.push(Chained { service, why, reaches, by_labels });
                }
                Place::Translated { routes } => {
                    for (target, route) in routes {
                        proxies.routes.entry(target).or_default().push(route);
                    }
                    proxies.gone.insert(service);
                }
            }
        }
        proxies
    }

    /// The project without those that are left out.
    pub(super) fn without(&self, project: &Project) -> Project {
        let mut project = project.clone();
        project.file.services.retain(|name, _| !self.gone.contains(name));
        for service in project.file.services.values_mut() {
            service.depends_on.0.retain(|name, _| !self.gone.contains(name));
        }
        project
    }

    /// Whether the project has any.
    pub(super) fn any(&self) -> bool {
        !self.gone.is_empty() || !self.chained.is_empty()
    }

    /// Whether one that stays goes by the labels and settings of the services: requests for them
    /// pass through it as before, with all that it asks.
    pub(super) fn read_labels(&self) -> bool {
        self.chained.iter().any(|one| one.by_labels)
    }

    /// Whether this one stays.
    pub(super) fn stays(&self, service: &str) -> bool {
        self.chained.iter().any(|one| one.service == service)
    }

    /// Whether this one stays and goes by labels.
    pub(super) fn reads_labels(&self, service: &str) -> bool {
        self.chained.iter().any(|one| one.by_labels && one.service == service)
    }

    /// The routes that one which is left out had to a service.
    pub(super) fn routes(&self, service: &str) -> &[Route] {
        self.routes.get(service).map(Vec::as_slice).unwrap_or_default()
    }

    /// Services that such routes lead to, each with its port where the proxy was told one.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&String, Option<u16>)> {
        self.routes.iter().map(|(name, routes)| (name, routes.iter().find_map(|route| route.port)))
    }

    /// Links of those that stay, which only their own configuration names.
    pub(super) fn links(&self) -> Vec<Found> {
        let links = self.chained.iter().flat_map(|one| {
            one.reaches.iter().map(|to| Found {
                from: one.service.clone(),
                to: to.clone(),
                source: Source::Elsewhere,
                reason: "its configuration names it".to_owned(),
            })
        });
        links.collect()
    }
}

impl Describing<'_> {
    /// Say what becomes of the proxies, before anything else is said of them.
    pub(super) fn proxies(&mut self, whole: &Project) {
        let chained: Vec<(String, String)> =
            self.proxies.chained.iter().map(|one| (one.service.clone(), one.why.clone())).collect();
        for (name, why) in chained {
            let words = format!("chained behind the gateway: {why}");
            self.say(&name, &["image"], Fate::Kept(words));
        }
        for name in self.proxies.gone.clone() {
            self.left_out(&name, whole);
        }
    }

    fn left_out(&mut self, name: &str, whole: &Project) {
        let services = whole.node.get("services");
        let keys = services.and_then(|node| node.get(name)).and_then(|node| node.mapping());
        for (key, _) in keys.into_iter().flatten() {
            let words = match key.text.as_str() {
                "ports" => "the gateway publishes the only ports",
                "volumes" => "its configuration became routes; certificates are the gateway's own",
                _ => "the gateway takes its place; its routes are those of the services",
            };
            self.say(name, &[&key.text], Fate::Gateway(words.to_owned()));
        }
        for (other, keys) in &whole.file.services {
            if keys.depends_on.0.contains_key(name) {
                let words = "the gateway starts when the services do".to_owned();
                self.say(other, &["depends_on", name], Fate::Gateway(words));
            }
        }
        let mounts = |service: &Service, volume: &str| {
            service.volumes.iter().any(|mount| mount.source.as_deref() == Some(volume))
        };
        for volume in whole.file.volumes.keys() {
            let stay = whole.file.services.iter().filter(|(other, _)| *other != name);
            let own = whole.file.services.get(name).is_some_and(|keys| mounts(keys, volume));
            if own && !stay.into_iter().any(|(_, keys)| mounts(keys, volume)) {
                let words = format!("only {name} used it");
                self.account.say(&["volumes", volume], Fate::Gateway(words));
            }
        }
    }
}
