//! The stack's own certificates: which are missing or stale, and issuing them into the bundle.
//! Stands alone because it joins two worlds: X.509, and secrets that are sealed at once.

mod inspect;
mod issue;

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, Duration};

pub use inspect::{CertificateFacts, Unreadable, inspect};
pub use issue::{
    AUTHORITY_DAYS, Authority, IssueError, Issued, LEAF_DAYS, issue_authority, issue_client,
    issue_leaf,
};

use crate::secrets::{
    Bundle, BundleIndex, Deposit, Kind, Known, OpenSecret, Randomness, Sealing, SecretValue,
};
use crate::stack::{HostName, Made, SecretKind, SecretName, Stack};

/// Days before its end at which a leaf is issued anew: a month, as ACME clients do.
pub const RENEW_DAYS: i64 = 30;

/// Why a leaf has to be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    Missing,
    /// It names other hosts than the stack has.
    Hosts,
    /// Another authority than the bundle's signed it.
    Authority,
    /// It ends within [`RENEW_DAYS`], or cannot be read.
    Ends,
}

/// What issuing did, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Issuance {
    pub issued: Vec<SecretName>,
    /// Stale, but the authority's key is sealed: `portcullis certs issue` opens it.
    pub waiting: Vec<(SecretName, Stale)>,
}

/// The certificate of the stack's own authority in PEM form, for clients to trust. Public, and
/// readable without a private key; nothing where the stack has none yet.
pub fn authority_certificate<'a>(stack: &Stack, index: &'a BundleIndex) -> Option<&'a str> {
    let known = index.secrets.get(authority_name(stack)?)?;
    Some(known.public.as_str()).filter(|public| !public.is_empty())
}

/// Every leaf of the stack that has to be issued, with the reason, in the order of names.
pub fn stale_leaves(stack: &Stack, index: &BundleIndex, today: Date) -> Vec<(SecretName, Stale)> {
    let authority = authority_certificate(stack, index).and_then(|pem| inspect(pem).ok());
    let stale = |(name, hosts): (&SecretName, &BTreeSet<HostName>)| {
        let known = index.secrets.get(name);
        staleness(known, hosts, authority.as_ref(), today).map(|reason| (name.clone(), reason))
    };
    leaves(stack).into_iter().filter_map(stale).collect()
}

/// Makes the authority if the bundle has none, and issues every stale leaf. `opened` is the
/// authority's secret where a person's identity opened it; without it, leaves of an authority
/// that is already sealed wait. A new authority replaces every leaf, so the first run issues
/// all of them and needs no private key.
pub fn issue_missing(
    bundle: &mut Bundle,
    stack: &Stack,
    opened: Option<&OpenSecret>,
    sealing: &Sealing<'_>,
    randomness: &mut dyn Randomness,
) -> Result<Issuance, IssueError> {
    let mut done = Issuance::default();
    let Some(name) = authority_name(stack) else { return Ok(done) };
    let authority = match (bundle.index().secrets.contains_key(name), opened) {
        (true, Some(secret)) => Authority::open(&secret.known.public, &secret.value)?,
        (true, None) => {
            done.waiting = stale_leaves(stack, &bundle.index(), sealing.today);
            return Ok(done);
        }
        (false, _) => {
            let issued =
                issue_authority(&stack.name, &stack.environment, sealing.today, randomness)?;
            put(bundle, stack, name, Kind::Authority, &issued.certificate, &issued.key, sealing)?;
            done.issued.push(name.clone());
            Authority::open(&issued.certificate, &issued.key)?
        }
    };
    let hosts = leaves(stack);
    for (leaf, _) in stale_leaves(stack, &bundle.index(), sealing.today) {
        let Some(hosts) = hosts.get(&leaf) else { continue };
        let issued = issue_leaf(&authority, hosts, sealing.today, randomness)?;
        let both = issued.with_key();
        put(bundle, stack, &leaf, Kind::Leaf, &issued.certificate, &both, sealing)?;
        done.issued.push(leaf);
    }
    Ok(done)
}

fn put(
    bundle: &mut Bundle,
    stack: &Stack,
    name: &SecretName,
    kind: Kind,
    public: &str,
    value: &SecretValue,
    sealing: &Sealing<'_>,
) -> Result<(), IssueError> {
    let rotate_after = stack.secrets.get(name).map(|secret| *secret.rotate_after);
    let deposit = Deposit {
        kind,
        value,
        public: public.to_owned(),
        rotate_after: rotate_after.unwrap_or_default(),
    };
    Ok(bundle.put(name, deposit, false, sealing)?)
}

fn authority_name(stack: &Stack) -> Option<&SecretName> {
    let is_authority = |kind: &SecretKind| *kind == SecretKind::Generated(Made::Authority);
    stack.secrets.iter().find(|(_, secret)| is_authority(&secret.kind)).map(|(name, _)| name)
}

fn leaves(stack: &Stack) -> BTreeMap<&SecretName, &BTreeSet<HostName>> {
    stack
        .secrets
        .iter()
        .filter_map(|(name, secret)| match &secret.kind {
            SecretKind::Generated(Made::Leaf { hosts }) => Some((name, hosts)),
            _ => None,
        })
        .collect()
}

fn staleness(
    known: Option<&Known>,
    hosts: &BTreeSet<HostName>,
    authority: Option<&CertificateFacts>,
    today: Date,
) -> Option<Stale> {
    let Some(known) = known else { return Some(Stale::Missing) };
    let Ok(facts) = inspect(&known.public) else { return Some(Stale::Ends) };
    let wanted: BTreeSet<String> = hosts.iter().map(HostName::to_string).collect();
    if facts.hosts != wanted {
        return Some(Stale::Hosts);
    }
    if authority.is_none_or(|authority| authority.key_id != facts.issuer_key_id) {
        return Some(Stale::Authority);
    }
    let renew = facts.not_after.checked_sub(Duration::days(RENEW_DAYS));
    renew.is_none_or(|renew| today >= renew).then_some(Stale::Ends)
}
