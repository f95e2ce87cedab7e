//! Probes of a running stack, from outside: for each promise whether it holds.
//!
//! It stands alone because it trusts nothing that was drawn: it takes the stack for what ought to
//! be, and believes only what comes back over the wire or from the engine. A promise is a value of
//! [`ALL`]; [`run`] looks at each and draws no conclusion of its own, [`Account`] is what it found.

mod access;
mod account;
mod certificate;
mod containers;
mod cors;
mod doors;
mod errors;
mod headers;
mod hello;
mod hosts;
mod identity;
mod limits;
mod overtake;
mod pace;
#[cfg(test)]
mod page;
mod paths;
mod ports;
mod promise;
mod reply;
mod request;
mod run;
mod sockets;
mod target;
mod tls;
mod trust;
mod visitor;
mod wire;

pub use account::Account;
pub use doors::{Doors, NoDoor};
pub use promise::{Observation, Promise, Turn};
pub use run::run;
pub use target::{Given, Target};
pub use trust::{Trust, TrustError};

/// Every promise, in the order in which they are told.
pub const ALL: &[Promise] = &[
    ports::PUBLISHED,
    tls::OLD_VERSIONS,
    tls::WEAK_CIPHERS,
    tls::CURRENT_VERSIONS,
    certificate::BELIEVED,
    certificate::RENEWED,
    hosts::UNKNOWN_HOST,
    hosts::MISDIRECTED,
    hosts::REDIRECT,
    headers::HSTS,
    headers::SECURITY_HEADERS,
    headers::NO_VERSION,
    access::NO_CREDENTIALS,
    access::WRONG_CREDENTIALS,
    access::WITH_TOKEN,
    access::PUBLIC_PATHS,
    access::ADDRESS_LISTS,
    access::SERVICES_ANSWER,
    identity::IDENTITY,
    sockets::OPENS,
    sockets::CREDENTIALS,
    sockets::ORIGIN,
    cors::LISTED,
    cors::FOREIGN_ORIGIN,
    errors::ERROR_BODIES,
    errors::BODY_LIMITS,
    paths::BLOCKED,
    paths::INNER,
    paths::UNDECLARED,
    paths::AMBIGUOUS,
    paths::METHODS,
    limits::RATES,
    containers::COMPLETE,
    containers::IMAGES,
    containers::CONFINED,
    containers::LIMITED,
    containers::PORTS,
    containers::MOUNTS,
    containers::NETWORKS,
    containers::WELL,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let ids: std::collections::BTreeSet<&str> = ALL.iter().map(|promise| promise.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for id in ids {
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{id}");
        }
    }
}
