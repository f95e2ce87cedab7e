//! The stack's own certificates: which are missing or stale, and issuing them into the bundle.
//! Stands alone because it joins two worlds: X.509, and secrets that are sealed at once.

mod inspect;
mod issue;

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, Duration};

pub use inspect::{CertificateFacts, Unreadable, inspect, inspect_der};
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

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "there is none",
            Self::Hosts => "it names other hosts",
            Self::Authority => "another authority signed it",
            Self::Ends => "it ends within 30 days",
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::{Identities, make_missing};
    use crate::stack::testing::{generated, sample, secret_name};
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn stack(hosts: &[&str]) -> Stack {
        let mut stack = sample();
        let hosts = hosts.iter().map(|host| HostName::new(*host).unwrap()).collect();
        for (name, made) in [("tls_ca", Made::Authority), ("tls_leaf", Made::Leaf { hosts })] {
            let mut secret = generated(0);
            secret.kind = SecretKind::Generated(made);
            stack.secrets.insert(secret_name(name), secret);
        }
        stack
    }

    struct Project {
        bundle: Bundle,
        identities: Identities,
    }

    impl Project {
        fn new() -> Self {
            let bundle = Bundle::new(sample().environment);
            Self { bundle, identities: Identities::generate(TODAY).0 }
        }

        fn issue(&mut self, stack: &Stack, with_identity: bool, today: Date) -> Issuance {
            let sealing = Sealing { recipients: &self.identities.recipients(), today };
            let opened = self.bundle.open_one(&secret_name("tls_ca"), &self.identities);
            let opened = opened.filter(|_| with_identity).map(Result::unwrap);
            let mut dice = StdRng::seed_from_u64(5);
            issue_missing(&mut self.bundle, stack, opened.as_ref(), &sealing, &mut dice).unwrap()
        }

        fn leaf(&self) -> CertificateFacts {
            inspect(&self.bundle.index().secrets[&secret_name("tls_leaf")].public).unwrap()
        }
    }

    #[test]
    fn the_first_run_issues_everything_without_an_identity_and_the_second_nothing() {
        let mut project = Project::new();
        let stack = stack(&["api.shop.test", "auth.shop.test"]);
        let first = project.issue(&stack, false, TODAY);
        assert_eq!(first.issued, [secret_name("tls_ca"), secret_name("tls_leaf")]);
        let kept = project.bundle.clone();
        assert_eq!(project.issue(&stack, false, TODAY), Issuance::default());
        assert_eq!(project.issue(&stack, true, TODAY), Issuance::default());
        assert_eq!(project.bundle, kept);
        let hosts: Vec<String> = project.leaf().hosts.into_iter().collect();
        assert_eq!(hosts, ["api.shop.test", "auth.shop.test"]);
    }

    #[test]
    fn a_new_host_waits_for_an_identity_and_keeps_the_authority() {
        let mut project = Project::new();
        project.issue(&stack(&["api.shop.test"]), false, TODAY);
        let authority = |project: &Project, stack: &Stack| {
            authority_certificate(stack, &project.bundle.index()).unwrap().to_owned()
        };
        let wider = stack(&["api.shop.test", "new.shop.test"]);
        let before = authority(&project, &wider);
        let waiting = project.issue(&wider, false, TODAY);
        assert_eq!(waiting.waiting, [(secret_name("tls_leaf"), Stale::Hosts)]);
        assert_eq!(project.issue(&wider, true, TODAY).issued, [secret_name("tls_leaf")]);
        assert_eq!(authority(&project, &wider), before);
        assert!(project.leaf().hosts.contains("new.shop.test"));
    }

    #[test]
    fn a_leaf_is_renewed_a_month_before_its_end() {
        let mut project = Project::new();
        let stack = stack(&["api.shop.test"]);
        project.issue(&stack, false, TODAY);
        let end = project.leaf().not_after;
        assert_eq!(end - TODAY, Duration::days(LEAF_DAYS));
        let renew = end - Duration::days(RENEW_DAYS);
        let early = renew.previous_day().unwrap();
        assert_eq!(project.issue(&stack, true, early), Issuance::default());
        assert_eq!(project.issue(&stack, true, renew).issued, [secret_name("tls_leaf")]);
        assert_eq!(project.leaf().not_before, renew);
    }

    #[test]
    fn a_leaf_of_another_authority_is_stale_and_texts_are_left_to_others() {
        let mut project = Project::new();
        let stack = stack(&["api.shop.test"]);
        project.issue(&stack, false, TODAY);
        let mut other = Project::new();
        other.issue(&stack, false, TODAY);
        let foreign = other.bundle.index().secrets[&secret_name("tls_leaf")].clone();
        let mut index = project.bundle.index();
        index.secrets.insert(secret_name("tls_leaf"), foreign);
        let stale = stale_leaves(&stack, &index, TODAY);
        assert_eq!(stale, [(secret_name("tls_leaf"), Stale::Authority)]);
        let sealing = Sealing { recipients: &project.identities.recipients(), today: TODAY };
        let mut dice = StdRng::seed_from_u64(5);
        let made = make_missing(&mut project.bundle, &stack.secrets, &sealing, &mut dice).unwrap();
        assert!(!made.contains(&secret_name("tls_leaf")) && made.len() == 3);
    }

    #[test]
    fn a_stack_without_its_own_authority_needs_no_certificate() {
        let mut project = Project::new();
        assert_eq!(project.issue(&sample(), true, TODAY), Issuance::default());
        assert_eq!(authority_certificate(&sample(), &project.bundle.index()), None);
    }
}
