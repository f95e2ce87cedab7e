//! The model of a running stack: total, without I/O, in the words of the domain.
//!
//! It is the only meeting point between what reads (descriptions, Compose files) and what
//! writes (targets, reports). Nothing here is optional in the sense of "unset": a value that
//! nobody wrote holds what Docker or nginx would do without us, and says so in its origin.

mod address;
mod backup;
mod exception;
mod gateway;
mod health;
mod image;
mod limits;
mod mount;
mod name;
mod network;
mod origin;
mod place;
mod policy;
mod process;
mod quantity;
mod rate;
mod recipe;
mod route;
mod secret;
mod service;
mod setting;
#[cfg(test)]
pub(crate) mod testing;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};

pub use address::{AddressRange, InvalidAddress, Publish};
pub use backup::Backup;
pub use exception::Exception;
pub use gateway::{
    AccessLog, CorsRule, ErrorBodies, Gateway, Guards, Host, IdentityHeaders, OriginRule, Stream,
    Tls, TlsIssuer, TlsVersion, Transport, UnknownHost,
};
pub use health::{Health, Probe};
pub use image::{Digest, ImageReference, InvalidImage};
pub use limits::{CpuShare, Limits, Logging, Restart, Ulimit};
pub use mount::{Mount, MountSource, Tmpfs, Volume};
pub use name::{
    Alias, AllowListName, DatabaseName, EnvironmentName, HeaderName, HostName, InvalidName,
    NetworkName, PolicyName, ProfileName, ProjectName, RateName, SecretName, ServiceName,
    SettingName, VolumeName,
};
pub use network::{Network, Purpose};
pub use origin::{Origin, Position, Sourced};
pub use place::Place;
pub use policy::{ApiKeyPolicy, OidcPolicy, Policy, PolicyKind, ValidatorPolicy};
pub use process::{Command, Confinement, Namespace, User};
pub use quantity::{Bytes, InvalidQuantity, Seconds};
pub use rate::{Rate, RateKey, RateUnit};
pub use recipe::{Installer, Recipe, Runtime};
pub use route::{Access, ErrorSource, InvalidPath, Route, RoutePath, Target, UrlPath, Webhook};
pub use secret::{
    DatabaseRole, Delivery, Derived, Format, Made, Part, RedisUser, Secret, SecretKind, SecretUse,
};
pub use service::{Condition, GeneratedFile, Published, Role, Service};
pub use setting::SettingValue;
pub use unknown::{HANDING_OVER, Unknown};

/// One environment of one project, as it would run.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// The project, unique on its host.
    pub name: ProjectName,
    /// The environment this stack is drawn for.
    pub environment: EnvironmentName,
    /// True where the stack publishes on loopback only.
    pub local: bool,
    /// Everything that runs, the gateway and our own side services included.
    pub services: BTreeMap<ServiceName, Service>,
    /// Who can talk to whom: services that share a network reach each other.
    pub networks: BTreeMap<NetworkName, Network>,
    /// Named volumes.
    pub volumes: BTreeMap<VolumeName, Volume>,
    /// Every secret, with what it is made of and who reads it.
    pub secrets: BTreeMap<SecretName, Secret>,
    /// What the gateway does with requests.
    pub gateway: Gateway,
    /// What a person has accepted, with the reason.
    pub exceptions: Vec<Exception>,
}

impl Stack {
    /// Services that open connections to `needed`, by declaration, in the order of their names.
    pub fn consumers<'a>(
        &'a self,
        needed: &'a ServiceName,
    ) -> impl Iterator<Item = &'a ServiceName> + 'a {
        self.links().filter(move |(_, to)| *to == needed).map(|(from, _)| from)
    }

    /// Every declared link: (who opens connections, to whom), in the order of the networks' names.
    pub fn links(&self) -> impl Iterator<Item = (&ServiceName, &ServiceName)> {
        self.networks.values().filter_map(|network| match &network.purpose {
            Purpose::Link { from, to } => Some((from, to)),
            Purpose::Ingress | Purpose::Egress { .. } | Purpose::Shared => None,
        })
    }

    /// The services that read `secret`, with how each receives it.
    pub fn readers<'a>(
        &'a self,
        secret: &'a SecretName,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a SecretUse)> + 'a {
        self.services.iter().flat_map(move |(name, service)| {
            service
                .secrets
                .iter()
                .filter(move |used| used.secret == *secret)
                .map(move |u| (name, u))
        })
    }

    /// Every secret that a service reads, with its readers in the order of their names.
    pub fn all_readers(&self) -> BTreeMap<&SecretName, Vec<(&ServiceName, &SecretUse)>> {
        let mut readers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, service) in &self.services {
            for used in &service.secrets {
                readers.entry(&used.secret).or_default().push((name, used));
            }
        }
        readers
    }

    /// The services that share a network which leads to the internet.
    pub fn egress(&self) -> BTreeSet<&ServiceName> {
        let leads_out = self.networks.values().filter(|net| !*net.internal && *net.masquerade);
        leads_out.flat_map(|network| &network.members).collect()
    }
}
