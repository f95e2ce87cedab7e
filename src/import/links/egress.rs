//! Who opens connections to the internet. In a Compose project everybody may; what keeps data for
//! others has no need to.

use super::Hosts;
use crate::compose::{ComposeFile, Service, undoubled};
use crate::import::kinds::{self, Kind};
use crate::knowledge::{Dialect, Knowledge};
use crate::stack::ImageReference;

/// Whether a service opens connections to the internet, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// It could not in the project: to let it out would loosen something.
    Shut(String),
    /// It keeps data for others, or hands requests on to them: nothing says that it needs to.
    None(String),
    /// Something that it is told lies outside.
    Needed(String),
    /// Nothing is known: it keeps what it had, and a person should look.
    NotKnown,
}

impl Way {
    /// True where the description says `egress: true`.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Needed(_) | Self::NotKnown)
    }
}

pub(super) fn of(
    file: &ComposeFile,
    hosts: &Hosts,
    name: &str,
    service: &Service,
    knowledge: &Knowledge,
) -> Way {
    if let Some(reason) = shut(file, service) {
        return Way::Shut(reason);
    }
    let outside = service.environment.iter().find_map(|(variable, value)| {
        let host = outside(hosts, name, &undoubled(value.as_deref()?)?)?;
        Some(format!("{variable} names {host}"))
    });
    let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
    let known = image.as_ref().and_then(|image| knowledge.image(image).ok().flatten());
    let account = known.is_some_and(|known| known.dialect != Dialect::None);
    match (kinds::kind(image.as_ref()), outside) {
        (Kind::Store, _) if account => Way::None("a database opens no connections".to_owned()),
        (_, Some(reason)) => Way::Needed(reason),
        (Kind::Store, None) => Way::None("it keeps data for others".to_owned()),
        (Kind::Proxy, None) => Way::None("it hands requests on to services".to_owned()),
        (Kind::Program | Kind::Tool | Kind::Other, None) => Way::NotKnown,
    }
}

/// Why a service had no way out.
fn shut(file: &ComposeFile, service: &Service) -> Option<String> {
    if service.network_mode.as_deref() == Some("none") {
        return Some("network_mode: none".to_owned());
    }
    let networks = &service.networks.0;
    let internal =
        |name: &String| file.networks.get(name).is_some_and(|one| one.internal == Some(true));
    let default = "default".to_owned();
    let closed = match networks.is_empty() {
        true => service.network_mode.is_none() && internal(&default),
        false => networks.keys().all(internal),
    };
    closed.then(|| "every network that it is on is internal".to_owned())
}

/// A host of the internet in a value: one of a URL, or a whole value, with a dot in it, that is no
/// service, no address of a private network and no example.
fn outside(hosts: &Hosts, own: &str, value: &str) -> Option<String> {
    let candidates = value.split([' ', ',', ';', '"', '\'']).filter_map(|word| {
        let rest = word.split_once("://").map(|(_, rest)| rest);
        let authority = rest.unwrap_or(word).split(['/', '?', '#']).next()?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
        let port = port.parse::<u16>().is_ok();
        (rest.is_some() || port || mail(host)).then(|| host.to_lowercase())
    });
    let mut candidates = candidates.filter(|host| is_outside(host));
    candidates.find(|host| hosts.service(host).is_none() && host != own)
}

/// Mail servers are named without a port.
fn mail(host: &str) -> bool {
    ["smtp.", "mail.", "imap."].iter().any(|start| host.starts_with(start))
}

/// RFC 6761 and RFC 2606 keep some names from ever being reached.
fn is_outside(host: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let last = host.rsplit('.').next().unwrap_or_default();
    let kept = ["localhost", "local", "internal", "test", "invalid", "example", "lan", "home"];
    let example = ["example.com", "example.org", "example.net"];
    host.contains('.')
        && host.chars().all(name)
        && last.len() > 1
        && last.chars().all(|c| c.is_ascii_alphabetic())
        && !kept.contains(&last)
        && !example.iter().any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
}
