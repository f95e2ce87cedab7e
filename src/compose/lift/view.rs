//! The part of a stack that a Compose file can say: what `lift(draw(stack))` must give back.
//!
//! Left out is what other drawn files hold (Dockerfiles, the gateway's configuration, scripts,
//! the sealed bundle) and what serves only the resolving and the report: roles, origins, the port
//! that a service listens on, why an image needs root, what is not known of it, which paths it
//! writes before memory is mounted there.

use std::collections::{BTreeMap, BTreeSet};

use super::networks::name_purposes;
use super::{Lifted, recipe};
use crate::compose::conventions::ENTRYPOINT;
use crate::stack::{
    Command, Delivery, GeneratedFile, Health, MountSource, Namespace, Origin, Probe, Role,
    SecretName, SecretUse, Service, SettingValue, Sourced, Stack,
};

/// The part of `stack` that its Compose file says.
pub fn drawn_part(stack: &Stack) -> Lifted {
    let files = |service: &Service| -> Vec<SecretName> {
        let uses = service.secrets.iter().filter(|used| is_file(used));
        uses.map(|used| used.secret.clone()).collect()
    };
    Lifted {
        services: stack.services.clone(),
        networks: stack.networks.clone(),
        volumes: stack.volumes.clone(),
        secrets: stack.services.values().flat_map(files).collect(),
    }
    .normal()
}

impl Lifted {
    /// The same in one form, so that two of them can be compared.
    #[must_use]
    pub fn normal(mut self) -> Self {
        let own = |service: &Service| {
            matches!(*service.network_namespace, Namespace::Private | Namespace::Shareable)
        };
        let services = &self.services;
        for network in self.networks.values_mut() {
            network.members.retain(|member| services.get(member).is_some_and(own));
            let members = &network.members;
            network.aliases.retain(|_, member| members.contains(member));
        }
        name_purposes(&mut self.networks);
        let attached: BTreeSet<_> =
            self.networks.values().flat_map(|network| &network.members).collect();
        for (name, service) in &mut self.services {
            normalise(service, attached.contains(name));
        }
        for network in self.networks.values_mut() {
            network.subnet.sort();
        }
        self
    }
}

fn is_file(used: &SecretUse) -> bool {
    match used.delivery {
        Delivery::File | Delivery::FileVariable(_) | Delivery::Variable(_) => true,
        Delivery::Folder | Delivery::Plain(_) => false,
    }
}

fn normalise(service: &mut Service, attached: bool) {
    service.role = Role::Application;
    service.origin = Origin::Default;
    service.port = Sourced::default();
    service.image_has_init = false;
    service.needs_root = String::new();
    service.unknown.clear();
    service.writable.clear();
    service.once = false;
    for built in &mut service.recipe {
        *built = recipe::unknown(std::mem::take(&mut built.context), &service.image);
    }
    program(service);
    secrets(service);
    if *service.network_namespace == Namespace::Other("none".to_owned()) && !attached {
        service.network_namespace = Sourced::default();
    }
    for namespace in [&mut service.network_namespace, &mut service.pid_namespace] {
        if **namespace == Namespace::Shareable {
            *namespace = Sourced::default();
        }
    }
    match &service.health.probe {
        Probe::Image | Probe::Impossible => service.health = Sourced::default(),
        Probe::Disabled => {
            let disabled = Health { probe: Probe::Disabled, ..Health::default() };
            service.health = Sourced::plain(disabled);
        }
        Probe::Exec(_) | Probe::Shell(_) => {}
    }
    for mount in &mut service.mounts {
        mount.origin = Origin::Default;
        mount.nocopy &= matches!(mount.source, MountSource::Volume(_) | MountSource::Anonymous);
    }
    service.files.retain(|file| file.target != ENTRYPOINT);
    service.files.sort();
    service.files.iter_mut().for_each(|GeneratedFile { content, .. }| content.clear());
    service.published.sort_by(|a, b| a.cmp(b));
    let carried = service.carried.iter().map(|(key, text)| (key.clone(), spelled(text)));
    service.carried = carried.collect::<BTreeMap<_, _>>();
}

/// The words that run, in one list where a generated entrypoint joins them.
fn program(service: &mut Service) {
    let joined = service.secrets.iter().any(|used| matches!(used.delivery, Delivery::Variable(_)));
    let words = |command: &Command| match command {
        Command::Image => Command::Image,
        Command::Exec(_) | Command::Shell(_) => Command::Exec(command.words()),
    };
    if joined {
        service.command = Sourced::plain(Command::Exec(service.program()));
        service.entrypoint = Sourced::default();
    } else {
        service.command = Sourced::plain(words(&service.command));
        service.entrypoint = Sourced::plain(words(&service.entrypoint));
    }
}

/// The names of variables that an entrypoint fills stand in its script; a value that an imported
/// file held in plain sight is asked for when Compose runs.
fn secrets(service: &mut Service) {
    for used in &mut service.secrets {
        match &used.delivery {
            Delivery::Variable(_) => used.delivery = Delivery::File,
            Delivery::Plain(name) => {
                service.settings.insert(name.clone(), Sourced::plain(SettingValue::Required));
            }
            Delivery::File | Delivery::FileVariable(_) | Delivery::Folder => {}
        }
    }
    service.secrets.retain(is_file);
    service.secrets.sort();
    service.secrets.dedup();
    let named: BTreeSet<SecretName> = service
        .secrets
        .iter()
        .filter(|used| matches!(used.delivery, Delivery::FileVariable(_)))
        .map(|used| used.secret.clone())
        .collect();
    service.secrets.retain(|used| used.delivery != Delivery::File || !named.contains(&used.secret));
}

/// One spelling of a carried value.
fn spelled(text: &Sourced<String>) -> Sourced<String> {
    match crate::yaml::from_str::<serde_json::Value>(0, text) {
        Ok(value) => Sourced::plain(value.to_string()),
        Err(_) => text.clone(),
    }
}
