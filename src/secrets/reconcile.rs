//! What the stack wants of its bundle and what the bundle holds: what is missing, what is left
//! over, what is old. Stands alone because it compares names and dates and opens nothing.

use std::collections::BTreeMap;

use time::{Date, Duration};

use super::bundle::{Bundle, BundleIndex, Deposit, Kind, Known, Sealing};
use super::generate::{ALPHABET, NoRandomness, Randomness, generate};
use super::seal::{Recipient, SealError, fingerprint};
use crate::stack::{Made, Seconds, Secret, SecretKind, SecretName};

/// The comparison of one stack with one bundle, each list in the order of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Random texts that are not there yet; made without a private key.
    pub to_generate: Vec<SecretName>,
    /// Certificates and authorities that are not there yet.
    pub to_issue: Vec<SecretName>,
    /// Values that a person must give.
    pub to_provide: Vec<SecretName>,
    /// Stored, but named nowhere any more. Kept: the bundle never loses a value by itself.
    pub orphaned: Vec<SecretName>,
    /// Older than wanted.
    pub overdue: Vec<Overdue>,
    /// Sealed for another set of people than the description names.
    pub sealed_for_others: Vec<SecretName>,
    /// Rotated, with the value before still valid: to be retired some day.
    pub to_retire: Vec<SecretName>,
}

/// A secret that should have been replaced on the day `due`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    pub name: SecretName,
    pub due: Date,
}

/// Compares what `wanted` declares with what `index` knows, on the day `today`.
pub fn reconcile(
    wanted: &BTreeMap<SecretName, Secret>,
    index: &BundleIndex,
    recipients: &[Recipient],
    today: Date,
) -> Reconciliation {
    let mut found = Reconciliation::default();
    for (name, secret) in wanted {
        if let (Some(kind), None) = (stored_kind(&secret.kind), index.secrets.get(name)) {
            let list = match kind {
                Kind::Generated => &mut found.to_generate,
                Kind::Provided => &mut found.to_provide,
                Kind::Authority | Kind::Leaf => &mut found.to_issue,
            };
            list.push(name.clone());
        }
    }
    let expected = fingerprint(recipients);
    for (name, known) in &index.secrets {
        let secret = wanted.get(name).filter(|secret| stored_kind(&secret.kind).is_some());
        if secret.is_none() {
            found.orphaned.push(name.clone());
        }
        let age = secret.map_or(known.rotate_after, |secret| *secret.rotate_after);
        if let Some(due) = due(known, age).filter(|due| *due <= today) {
            found.overdue.push(Overdue { name: name.clone(), due });
        }
        if known.recipients != expected {
            found.sealed_for_others.push(name.clone());
        }
        if known.has_previous {
            found.to_retire.push(name.clone());
        }
    }
    found
}

/// The day on which a value of this age is to be replaced; none for one that may stay.
pub fn due(known: &Known, rotate_after: Seconds) -> Option<Date> {
    let seconds = i64::try_from(rotate_after.0).ok().filter(|seconds| *seconds > 0)?;
    known.rotated.checked_add(Duration::seconds(seconds))
}

/// How a value is kept in the bundle; none for one that is computed when unsealed.
pub fn stored_kind(kind: &SecretKind) -> Option<Kind> {
    match kind {
        SecretKind::Generated(Made::Text { .. }) => Some(Kind::Generated),
        SecretKind::Generated(Made::Authority) => Some(Kind::Authority),
        SecretKind::Generated(Made::Leaf { .. }) => Some(Kind::Leaf),
        SecretKind::Provided => Some(Kind::Provided),
        SecretKind::Template(_) | SecretKind::Derived(_) => None,
    }
}

#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Makes every random text that `wanted` declares and the bundle lacks, and takes over changed
/// ages. What is there stays, whatever else changed. Needs no private key. The names of what
/// was made.
pub fn make_missing(
    bundle: &mut Bundle,
    wanted: &BTreeMap<SecretName, Secret>,
    sealing: &Sealing<'_>,
    randomness: &mut dyn Randomness,
) -> Result<Vec<SecretName>, MakeError> {
    let mut made = Vec::new();
    let index = bundle.index();
    for (name, secret) in wanted {
        if index.secrets.contains_key(name) {
            bundle.set_rotate_after(name, *secret.rotate_after);
        } else if make(bundle, name, secret, false, sealing, randomness)? {
            made.push(name.clone());
        }
    }
    Ok(made)
}

/// Draws a new value for a random text, in place of the present one or, with `keep_previous`,
/// beside it. False for a secret of another kind, which stays as it is.
pub fn make(
    bundle: &mut Bundle,
    name: &SecretName,
    secret: &Secret,
    keep_previous: bool,
    sealing: &Sealing<'_>,
    randomness: &mut dyn Randomness,
) -> Result<bool, MakeError> {
    let SecretKind::Generated(Made::Text { length }) = &secret.kind else { return Ok(false) };
    let length = usize::try_from(*length).unwrap_or(usize::MAX);
    let deposit = Deposit {
        kind: Kind::Generated,
        value: &generate(length, ALPHABET, randomness)?,
        public: String::new(),
        rotate_after: *secret.rotate_after,
    };
    bundle.put(name, deposit, keep_previous, sealing)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::super::{Identities, SecretValue};
    use super::*;
    use crate::stack::{EnvironmentName, Format, Origin, Sourced};
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use time::macros::date;

    const FIRST: Date = date!(2026 - 11 - 22);

    fn name(text: &str) -> SecretName {
        SecretName::new(text).unwrap()
    }

    fn secret(kind: SecretKind, days: u64) -> Secret {
        Secret {
            kind,
            minimum: Sourced::plain(0),
            rotate_after: Sourced::plain(Seconds(days * 86_400)),
            for_people: false,
            shared_group: 0,
            origin: Origin::Default,
        }
    }

    fn wanted() -> BTreeMap<SecretName, Secret> {
        let text = SecretKind::Generated(Made::Text { length: 43 });
        BTreeMap::from([
            (name("a_text"), secret(text, 90)),
            (name("b_given"), secret(SecretKind::Provided, 0)),
            (name("c_authority"), secret(SecretKind::Generated(Made::Authority), 0)),
            (name("d_url"), secret(SecretKind::Template(Format::default()), 0)),
        ])
    }

    #[test]
    fn what_is_missing_is_sorted_by_who_can_make_it() {
        let found = reconcile(&wanted(), &BundleIndex::default(), &[], FIRST);
        assert_eq!(found.to_generate, [name("a_text")]);
        assert_eq!(found.to_provide, [name("b_given")]);
        assert_eq!(found.to_issue, [name("c_authority")]);
    }

    #[test]
    fn nothing_is_made_twice_or_dropped() {
        let (identities, _) = Identities::generate(FIRST);
        let recipients = identities.recipients();
        let sealing = Sealing { recipients: &recipients, today: FIRST };
        let mut bundle = Bundle::new(EnvironmentName::new("dev").unwrap());
        let mut dice = StdRng::seed_from_u64(1);
        let made = make_missing(&mut bundle, &wanted(), &sealing, &mut dice).unwrap();
        assert_eq!(made, [name("a_text")]);
        let kept = bundle.clone();
        assert_eq!(make_missing(&mut bundle, &wanted(), &sealing, &mut dice).unwrap(), []);
        assert_eq!(bundle, kept);
        let given = BTreeMap::from([(name("a_text"), secret(SecretKind::Provided, 90))]);
        assert_eq!(make_missing(&mut bundle, &given, &sealing, &mut dice).unwrap(), []);
        assert_eq!(bundle, kept);
        let found = reconcile(&BTreeMap::new(), &bundle.index(), &recipients, FIRST);
        assert_eq!(found.orphaned, [name("a_text")]);
    }

    #[test]
    fn age_and_recipients_are_judged_by_the_description() {
        let (identities, _) = Identities::generate(FIRST);
        let recipients = identities.recipients();
        let sealing = Sealing { recipients: &recipients, today: FIRST };
        let mut bundle = Bundle::new(EnvironmentName::new("dev").unwrap());
        let mut dice = StdRng::seed_from_u64(1);
        make_missing(&mut bundle, &wanted(), &sealing, &mut dice).unwrap();
        let due = date!(2027 - 02 - 20);
        let on = |day| reconcile(&wanted(), &bundle.index(), &recipients, day);
        assert_eq!(on(due.previous_day().unwrap()).overdue, []);
        assert_eq!(on(due).overdue, [Overdue { name: name("a_text"), due }]);
        assert_eq!(on(FIRST).sealed_for_others, []);
        let others = reconcile(&wanted(), &bundle.index(), &[], FIRST);
        assert_eq!(others.sealed_for_others, [name("a_text")]);
    }

    #[test]
    fn a_rotation_is_remembered_until_it_is_retired() {
        let (identities, _) = Identities::generate(FIRST);
        let recipients = identities.recipients();
        let sealing = Sealing { recipients: &recipients, today: FIRST };
        let mut bundle = Bundle::new(EnvironmentName::new("dev").unwrap());
        let (key, all) = (name("a_text"), wanted());
        let mut dice = StdRng::seed_from_u64(1);
        make_missing(&mut bundle, &all, &sealing, &mut dice).unwrap();
        let old: SecretValue = bundle.open(&identities).unwrap().secrets[&key].value.clone();
        assert!(make(&mut bundle, &key, &all[&key], true, &sealing, &mut dice).unwrap());
        let open = bundle.open(&identities).unwrap();
        assert_ne!(open.secrets[&key].value, old);
        assert_eq!(open.secrets[&key].previous, [old]);
        let found = reconcile(&all, &bundle.index(), &recipients, FIRST);
        assert_eq!(found.to_retire, [key]);
        let given = name("b_given");
        assert!(!make(&mut bundle, &given, &all[&given], true, &sealing, &mut dice).unwrap());
    }
}
