//! What a person writes: `portcullis.yaml`, from text to types.
//!
//! A [`Document`] is a parsed file; [`Document::environment`] lays one environment over it and
//! reads the result into a [`Description`]. Grammar is checked here, each mistake at its place
//! and all of them in one run; what needs more than one value to judge (unknown services, two
//! routes for one location) is the resolver's. Every leaf keeps its position for that.

mod auth;
mod build;
mod cors;
mod document;
mod env_secrets;
mod environment;
mod exception;
mod foreign;
mod health;
mod keys;
mod leaf;
mod load;
mod mount_point;
mod one_or_more;
mod path;
mod process;
mod publish;
mod raw;
mod read;
mod route;
mod schedule;
mod schema;
mod secret;
mod service;
mod setting;
mod template;
mod volumes;
mod word;

pub use auth::{ApiKey, ApiKeys, Auth, Oidc, Policy, PolicyKind, Validator};
pub use build::{Build, LockFile, RuntimeName};
pub use cors::{AllowedOrigin, Cors};
pub use document::Document;
pub use env_secrets::EnvSecrets;
pub use environment::Environment;
pub use exception::{ExceptionKeys, RouteReference};
pub use health::{HealthCheck, HealthCommand};
pub use load::load;
pub use mount_point::{MountPoint, WritablePath};
pub use one_or_more::OneOrMore;
pub use path::{ContainerPath, ProjectPath};
pub use process::{Arguments, RunAs, UlimitRange};
pub use publish::{IssuerChoice, NetworkKeys, Publish, Stream, StreamPort, Tls};
pub use raw::RawKeys;
pub use read::{Located, Map, Read};
pub use route::{ErrorChoice, PolicyChoice, RateChoice, Route, RouteForm, StaticFiles, Webhook};
pub use schedule::Schedule;
pub use schema::schema;
pub use secret::{Length, Readers, Secret, SecretSource};
pub use service::{Backup, Limits, Service};
pub use setting::Setting;
pub use template::{Hole, Piece, Template};
pub use volumes::{VolumeSource, VolumeTarget, Volumes};
pub(crate) use word::is_reserved_label;
pub use word::{
    ClientId, ClientName, ControlId, Date, EmailAddress, GroupName, HostAlias, LabelName, Method,
    PackageName, Reason, Recipient, RuntimeVersion, StageName, UlimitName,
};

use crate::stack::{
    AddressRange, AllowListName, EnvironmentName, HostName, ProjectName, Rate, RateName, RoutePath,
    SecretName, ServiceName, UrlPath,
};
use keys::keys;

keys! {
    /// A stack of services behind one hardened gateway.
    pub struct Description("the description") {
        /// The project: everything of it is named after this.
        pub name: Located<ProjectName>,
        /// The public host.
        pub domain: Option<Located<HostName>>,
        /// Further public hosts by a short name.
        pub hosts: Map<HostAlias, Located<HostName>>,
        /// The only published ports of the stack.
        pub publish: Option<Publish>,
        /// Addresses of load balancers in front; without them every client is who connects.
        pub trusted_proxies: Vec<Located<AddressRange>>,
        /// Encryption towards clients.
        pub tls: Option<Tls>,
        /// Addresses of the stack's own networks.
        pub network: Option<NetworkKeys>,
        /// Named policies; a route names one, or `none`.
        pub auth: Auth,
        /// Named rates per client address (IPv6: per /64), or per credential: `60/min burst 20`,
        /// `300/min burst 50 per credential`. `default` holds on every route; where it is not
        /// written, `passthrough` holds on routes that pass everything through, at
        /// 600/min burst 200.
        pub rates: Map<RateName, Located<Rate>>,
        /// Services that may open connections to the internet, besides those that say so
        /// themselves.
        pub egress: Vec<Located<ServiceName>>,
        /// The services of the stack.
        pub services: Map<ServiceName, Service>,
        /// Files that the gateway itself serves, by their path.
        pub r#static: Map<RoutePath, StaticFiles>,
        /// Which origins may read answers. Closed by default.
        pub cors: Option<Located<Cors>>,
        /// Paths that are closed on every host, with everything below them, in any case.
        pub blocked: Vec<Located<UrlPath>>,
        /// Named lists of client addresses; a route says `allow: NAME`.
        pub allow_lists: Map<AllowListName, Vec<Located<AddressRange>>>,
        /// Ports for what HTTP cannot carry, as PORT/tcp or PORT/udp.
        pub streams: Map<StreamPort, Stream>,
        /// Secrets that are not brought by a known image.
        pub secrets: Map<SecretName, Secret>,
        /// Environments: each is laid over the description. Maps merge, lists and single values
        /// replace, null removes. `production` always exists; one that publishes on loopback is
        /// local.
        pub environments: Map<EnvironmentName, Environment>,
        /// What is accepted, with the reason.
        pub exceptions: Vec<Located<ExceptionKeys>>,
        /// Public keys (age1..., ssh-ed25519, ssh-rsa) of those who can open the bundle.
        pub recipients: Vec<Located<Recipient>>,
    }
}

impl Description {
    /// True where the stack publishes on loopback only.
    pub fn is_local(&self) -> bool {
        let publish = self.publish.as_ref();
        publish.and_then(|publish| publish.address).is_some_and(|address| address.is_loopback())
    }
}
