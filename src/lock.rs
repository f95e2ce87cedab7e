//! `portcullis.lock`: what must not move between two runs. Addresses of networks, groups of
//! shared secrets, digests of images.
//!
//! Subnets stand in it as they are drawn, so that a larger pool moves none of them. A freed
//! subnet is not used again: Compose leaves the removed link's network behind, and a second one
//! with its addresses fails with "Pool overlaps".

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::stack::{
    AddressRange, Delivery, Digest, EnvironmentName, ImageReference, Network, NetworkName,
    SecretName, Stack, User,
};

/// First group id for secrets that several users read: above what distributions give to people
/// (1000 to 60000, `login.defs`) and below `nobody` (65534).
const FIRST_SHARED_GROUP: u32 = 61_000;
/// Addresses from which pools are taken; Docker's own defaults lie in 172.16.0.0/12 and 192.168.0.0/16.
const POOLS: (Ipv4Addr, u8) = (Ipv4Addr::new(10, 128, 0, 0), 9);
/// Prefix of the pool of one project and environment: 1,024 links.
const POOL_PREFIX: u8 = 19;
/// Prefix of one network: five containers beside network, broadcast and gateway address.
const NETWORK_PREFIX: u8 = 29;
/// Addresses of a network that no container gets.
const RESERVED: u32 = 3;

/// The lock of one project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Form of this file.
    pub version: u32,
    /// Image with tag to its digest, `sha256:` and 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, String>,
    /// What holds for one environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<String, EnvironmentLock>,
}

/// The lock of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentLock {
    /// Addresses from which networks are taken.
    pub pool: String,
    /// Network to its addresses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, String>,
    /// Addresses of networks that are gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub freed: BTreeSet<String>,
    /// Secret that several users read to the group that they share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, u32>,
}

/// What went wrong, or had to be done differently, while numbers were given out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// A value of the lock cannot be read.
    #[error("portcullis.lock: {what} `{value}` is not {expected}")]
    Malformed {
        /// Which kind of value.
        what: &'static str,
        /// The value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// No addresses are left.
    #[error(
        "the pool {0} has no room for another network; write a larger `network: {{pool: ...}}`"
    )]
    Full(AddressRange),
}

/// A lock that fits a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// The lock to write.
    pub lock: Lock,
    /// Networks that had to move, since two of them held the same addresses.
    pub moved: Vec<NetworkName>,
}

/// Give every network and shared secret of `stack` its number: old numbers first.
///
/// `pool` is the description's own, where it has one.
///
/// # Errors
/// [`LockError`] where the old lock cannot be read or the pool is full.
pub fn allocate(
    stack: &Stack,
    old: &Lock,
    pool: Option<AddressRange>,
) -> Result<Allocation, LockError> {
    for (image, digest) in &old.images {
        pinned(image, digest)?;
    }
    let mut lock = Lock { version: 1, ..old.clone() };
    let before = old.environments.get(stack.environment.as_str()).cloned().unwrap_or_default();
    let (networks, freed, pool, moved) = addresses(stack, &before, pool)?;
    let environment = EnvironmentLock {
        pool: pool.to_string(),
        networks: networks.iter().map(|(n, r)| (n.to_string(), r.to_string())).collect(),
        freed: freed.iter().map(ToString::to_string).collect(),
        groups: groups(stack, &before),
    };
    lock.environments.insert(stack.environment.to_string(), environment);
    Ok(Allocation { lock, moved })
}

impl Lock {
    /// Put the numbers of this lock into `stack`, which it was allocated for.
    ///
    /// # Errors
    /// [`LockError`] where a value cannot be read.
    pub fn apply(&self, stack: &mut Stack) -> Result<(), LockError> {
        let Some(environment) = self.environments.get(stack.environment.as_str()) else {
            return Ok(());
        };
        for (name, network) in &mut stack.networks {
            if let Some(range) = environment.networks.get(name.as_str()) {
                network.subnet = vec![subnet(range)?];
            }
        }
        for (name, group) in &environment.groups {
            let Ok(name) = SecretName::new(name.as_str()) else { continue };
            if let Some(secret) = stack.secrets.get_mut(&name) {
                secret.shared_group = *group;
                for service in stack.services.values_mut() {
                    if service.secrets.iter().any(|used| used.secret == name) {
                        service.groups.insert(*group);
                    }
                }
            }
        }
        Ok(())
    }

    /// The image, pinned to the digest that this lock holds for it.
    pub fn pin(&self, image: &ImageReference) -> ImageReference {
        match (image.digest(), self.images.get(&image.to_string())) {
            (Digest::Unpinned, Some(digest)) => {
                pinned(&image.to_string(), digest).unwrap_or_else(|_| image.clone())
            }
            _ => image.clone(),
        }
    }
}

/// The pool of one project and environment, by a hash of both names.
pub fn default_pool(project: &str, environment: &EnvironmentName) -> AddressRange {
    let digest =
        ring::digest::digest(&ring::digest::SHA256, format!("{project}/{environment}").as_bytes());
    let pools = 1u32 << (POOL_PREFIX - POOLS.1);
    let number = digest.as_ref().iter().take(4).fold(0u32, |n, byte| (n << 8) | u32::from(*byte));
    let first = u32::from(POOLS.0) + (number % pools) * (1 << (32 - POOL_PREFIX));
    AddressRange::v4(Ipv4Addr::from(first), POOL_PREFIX)
}

type Addresses =
    (BTreeMap<NetworkName, AddressRange>, BTreeSet<AddressRange>, AddressRange, Vec<NetworkName>);

fn addresses(
    stack: &Stack,
    before: &EnvironmentLock,
    pool: Option<AddressRange>,
) -> Result<Addresses, LockError> {
    let mut taken = Taken { grows: pool.is_none(), ..Taken::default() };
    let mut pool = match (pool, before.pool.as_str()) {
        (Some(pool), _) => pool,
        (None, "") => default_pool(stack.name.as_str(), &stack.environment),
        (None, old) => subnet(old)?,
    };
    let mut freed = BTreeSet::new();
    for range in &before.freed {
        freed.insert(subnet(range)?);
    }
    let mut kept = BTreeMap::new();
    let mut moved = Vec::new();
    for (name, range) in &before.networks {
        let range = subnet(range)?;
        let wanted =
            NetworkName::new(name.as_str()).ok().filter(|n| stack.networks.contains_key(n));
        match wanted {
            None => {
                freed.insert(range);
            }
            Some(name) if !pool.contains(&range) || !holds(stack, &name, &range) => {
                freed.insert(range);
            }
            Some(name) if taken.overlaps(&range) => moved.push(name),
            Some(name) => {
                taken.insert(&range);
                kept.insert(name, range);
            }
        }
    }
    freed.iter().for_each(|range| taken.insert(range));
    for (name, network) in &stack.networks {
        if !kept.contains_key(name) {
            let range = taken.next(&mut pool, prefix(stack, network))?;
            kept.insert(name.clone(), range);
        }
    }
    Ok((kept, freed, pool, moved))
}

/// Addresses in use, as the set of their network numbers, with the next one to try.
#[derive(Default)]
struct Taken {
    blocks: BTreeSet<u32>,
    next: u32,
    /// False where a person chose the pool.
    grows: bool,
}

impl Taken {
    fn numbers(range: &AddressRange) -> std::ops::Range<u32> {
        let IpAddr::V4(first) = range.first() else { return 0..0 };
        let first = u32::from(first) >> (32 - NETWORK_PREFIX);
        first..first + (1u32 << NETWORK_PREFIX.saturating_sub(range.prefix()))
    }

    fn overlaps(&self, range: &AddressRange) -> bool {
        Self::numbers(range).any(|number| self.blocks.contains(&number))
    }

    fn insert(&mut self, range: &AddressRange) {
        self.blocks.extend(Self::numbers(range));
    }

    /// The lowest free range of the pool; the pool doubles where it is ours to choose and full.
    fn next(&mut self, pool: &mut AddressRange, prefix: u8) -> Result<AddressRange, LockError> {
        loop {
            let numbers = Self::numbers(pool);
            let step = 1u32 << NETWORK_PREFIX.saturating_sub(prefix);
            let mut first = self.next.max(numbers.start).next_multiple_of(step);
            while first + step <= numbers.end {
                if (first..first + step).all(|number| !self.blocks.contains(&number)) {
                    let address = Ipv4Addr::from(first << (32 - NETWORK_PREFIX));
                    let range = AddressRange::v4(address, prefix);
                    self.insert(&range);
                    self.next = if step == 1 { first + 1 } else { self.next };
                    return Ok(range);
                }
                first += step;
            }
            let wider = match pool.first() {
                IpAddr::V4(first) if self.grows && pool.prefix() > POOLS.1 => {
                    AddressRange::v4(first, pool.prefix() - 1)
                }
                _ => return Err(LockError::Full(*pool)),
            };
            if !AddressRange::v4(POOLS.0, POOLS.1).contains(&wider) {
                return Err(LockError::Full(*pool));
            }
            *pool = wider;
            self.next = 0;
        }
    }
}

/// True where `range` has room for every container of the network.
fn holds(stack: &Stack, name: &NetworkName, range: &AddressRange) -> bool {
    stack.networks.get(name).is_some_and(|network| range.prefix() <= prefix(stack, network))
}

fn prefix(stack: &Stack, network: &Network) -> u8 {
    let containers: u32 = network
        .members
        .iter()
        .filter_map(|name| stack.services.get(name))
        .map(|service| u32::from(*service.replicas))
        .sum();
    let wanted = containers.saturating_add(RESERVED).next_power_of_two();
    let bits = u8::try_from(wanted.trailing_zeros()).unwrap_or(16).clamp(32 - NETWORK_PREFIX, 16);
    32 - bits
}

fn groups(stack: &Stack, before: &EnvironmentLock) -> BTreeMap<String, u32> {
    let mut readers: BTreeMap<&SecretName, BTreeSet<&User>> = BTreeMap::new();
    for service in stack.services.values() {
        for used in &service.secrets {
            match used.delivery {
                Delivery::File
                | Delivery::FileVariable(_)
                | Delivery::Folder
                | Delivery::Variable(_) => {
                    readers.entry(&used.secret).or_default().insert(&service.user);
                }
                Delivery::Plain(_) => {}
            }
        }
    }
    let mut groups = before.groups.clone();
    for (secret, users) in readers {
        if users.len() > 1 && !groups.contains_key(secret.as_str()) {
            let next = groups.values().max().map_or(FIRST_SHARED_GROUP, |last| last + 1);
            groups.insert(secret.to_string(), next);
        }
    }
    groups
}

fn pinned(image: &str, digest: &str) -> Result<ImageReference, LockError> {
    ImageReference::parse(&format!("{image}@{digest}")).map_err(|_| LockError::Malformed {
        what: "digest",
        value: format!("{image}: {digest}"),
        expected: "an image and `sha256:` with 64 hexadecimal digits",
    })
}

fn subnet(text: &str) -> Result<AddressRange, LockError> {
    AddressRange::parse(text).ok().filter(|range| range.first().is_ipv4()).ok_or_else(|| {
        LockError::Malformed {
            what: "address range",
            value: text.to_owned(),
            expected: "an IPv4 range such as 10.140.32.8/29",
        }
    })
}
