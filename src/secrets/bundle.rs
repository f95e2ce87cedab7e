//! The sealed bundle of one environment: every stored secret by name, with what may be known
//! of it without a key, and its value sealed. Adding, rotating and retiring change one entry
//! and need no private key. Stands alone because it is what a project commits.

use std::collections::BTreeMap;

use time::Date;

use super::seal::{Recipient, SealError, UnsealError, fingerprint, seal, unseal};
use super::{Identities, SecretValue};
use crate::stack::{EnvironmentName, Seconds, SecretName};

/// The stored secrets of one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub(super) environment: EnvironmentName,
    pub(super) entries: BTreeMap<SecretName, Entry>,
}

/// One sealed secret and what is known of it in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) known: Known,
    pub(super) sealed: String,
    /// The value before the last rotation, while both are valid; empty otherwise.
    pub(super) previous: String,
}

/// What anybody may know of a stored secret: nothing of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub kind: Kind,
    pub created: Date,
    pub rotated: Date,
    /// Age at which it should be replaced; 0: never.
    pub rotate_after: Seconds,
    /// For whom it is sealed: a [`fingerprint`] of their public keys.
    pub recipients: String,
    /// The certificates in PEM form that belong to a key; empty for every other kind.
    pub public: String,
    /// The value before the last rotation is kept and valid as well.
    pub has_previous: bool,
}

/// How a stored secret came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Drawn at random.
    Generated,
    /// Given by a person.
    Provided,
    /// The key of the stack's own certificate authority.
    Authority,
    /// A certificate of that authority with its key.
    Leaf,
}

/// The readable part of a bundle, which needs no private key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleIndex {
    pub secrets: BTreeMap<SecretName, Known>,
}

/// For whom values are sealed, and on which day.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    pub recipients: &'a [Recipient],
    pub today: Date,
}

/// A value to be stored.
pub struct Deposit<'a> {
    pub kind: Kind,
    pub value: &'a SecretValue,
    /// Certificates in PEM form; empty for other kinds.
    pub public: String,
    /// Age at which it should be replaced; 0: never.
    pub rotate_after: Seconds,
}

/// An entry that could not be opened; the name and the reason, nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {reason}")]
pub struct Unopened {
    pub name: SecretName,
    pub reason: UnsealError,
}

/// The values of a bundle, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBundle {
    pub environment: EnvironmentName,
    pub secrets: BTreeMap<SecretName, OpenSecret>,
}

/// One value, and the one before it while both are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSecret {
    pub known: Known,
    pub value: SecretValue,
    /// At most one.
    pub previous: Vec<SecretValue>,
}

impl Bundle {
    pub fn new(environment: EnvironmentName) -> Self {
        Self { environment, entries: BTreeMap::new() }
    }

    pub fn environment(&self) -> &EnvironmentName {
        &self.environment
    }

    pub fn index(&self) -> BundleIndex {
        let known = |(name, entry): (&SecretName, &Entry)| (name.clone(), entry.known.clone());
        BundleIndex { secrets: self.entries.iter().map(known).collect() }
    }

    /// Stores a value, new or in place of the present one; the day of creation stays. With
    /// `keep_previous` the value that was there stays valid beside the new one. Every other
    /// entry stays as it is, byte for byte.
    pub fn put(
        &mut self,
        name: &SecretName,
        deposit: Deposit<'_>,
        keep_previous: bool,
        sealing: &Sealing<'_>,
    ) -> Result<(), SealError> {
        let Sealing { recipients, today } = *sealing;
        let sealed = seal(name.as_str(), self.environment.as_str(), deposit.value, recipients)?;
        let present = self.entries.get(name);
        let previous = present.filter(|_| keep_previous).map(|entry| entry.sealed.clone());
        let previous = previous.unwrap_or_default();
        let known = Known {
            kind: deposit.kind,
            created: present.map_or(today, |entry| entry.known.created),
            rotated: today,
            rotate_after: deposit.rotate_after,
            recipients: fingerprint(recipients),
            public: deposit.public,
            has_previous: !previous.is_empty(),
        };
        self.entries.insert(name.clone(), Entry { known, sealed, previous });
        Ok(())
    }

    /// Drops the value before the last rotation. False where there is none.
    pub fn retire(&mut self, name: &SecretName) -> bool {
        let Some(entry) = self.entries.get_mut(name) else { return false };
        entry.known.has_previous = false;
        !std::mem::take(&mut entry.previous).is_empty()
    }

    /// Takes over an age from the description. False where nothing changed.
    pub fn set_rotate_after(&mut self, name: &SecretName, rotate_after: Seconds) -> bool {
        let Some(entry) = self.entries.get_mut(name) else { return false };
        std::mem::replace(&mut entry.known.rotate_after, rotate_after) != rotate_after
    }

    /// Opens one value; nothing where no such secret is stored.
    pub fn open_one(
        &self,
        name: &SecretName,
        identities: &Identities,
    ) -> Option<Result<OpenSecret, Unopened>> {
        Some(self.open_entry(name, self.entries.get(name)?, identities))
    }

    /// Opens every value, or says of each entry that does not open why.
    pub fn open(&self, identities: &Identities) -> Result<OpenBundle, Vec<Unopened>> {
        let mut secrets = BTreeMap::new();
        let mut unopened = Vec::new();
        for (name, entry) in &self.entries {
            match self.open_entry(name, entry, identities) {
                Ok(secret) => drop(secrets.insert(name.clone(), secret)),
                Err(error) => unopened.push(error),
            }
        }
        let environment = self.environment.clone();
        if unopened.is_empty() { Ok(OpenBundle { environment, secrets }) } else { Err(unopened) }
    }

    fn open_entry(
        &self,
        name: &SecretName,
        entry: &Entry,
        identities: &Identities,
    ) -> Result<OpenSecret, Unopened> {
        let open = |sealed: &str| {
            unseal(name.as_str(), self.environment.as_str(), sealed, identities)
                .map_err(|reason| Unopened { name: name.clone(), reason })
        };
        let value = open(&entry.sealed)?;
        let previous = match entry.previous.as_str() {
            "" => Vec::new(),
            sealed => vec![open(sealed)?],
        };
        Ok(OpenSecret { known: entry.known.clone(), value, previous })
    }

    /// Seals every value anew for `recipients`; the dates stay, since the values do. Whoever
    /// left the list may have kept what they could open: rotating is what shuts them out.
    pub fn reseal(&mut self, open: &OpenBundle, recipients: &[Recipient]) -> Result<(), SealError> {
        let mut resealed = self.entries.clone();
        for (name, entry) in &mut resealed {
            let Some(secret) = open.secrets.get(name) else { continue };
            let again = |value| seal(name.as_str(), self.environment.as_str(), value, recipients);
            entry.sealed = again(&secret.value)?;
            entry.previous = match secret.previous.first() {
                Some(previous) => again(previous)?,
                None => String::new(),
            };
            entry.known.recipients = fingerprint(recipients);
        }
        self.entries = resealed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const FIRST: Date = date!(2026 - 11 - 22);
    const LATER: Date = date!(2027 - 03 - 01);

    fn name(text: &str) -> SecretName {
        SecretName::new(text).unwrap()
    }

    fn deposit(value: &SecretValue) -> Deposit<'_> {
        let kind = Kind::Generated;
        Deposit { kind, value, public: String::new(), rotate_after: Seconds(0) }
    }

    fn sealed(values: &[(&str, &str)]) -> (Bundle, Identities) {
        let (identities, _) = Identities::generate(FIRST);
        let mut bundle = Bundle::new(EnvironmentName::new("production").unwrap());
        for (key, value) in values {
            let value = SecretValue::from(*value);
            let sealing = Sealing { recipients: &identities.recipients(), today: FIRST };
            bundle.put(&name(key), deposit(&value), false, &sealing).unwrap();
        }
        (bundle, identities)
    }

    #[test]
    fn rotating_keeps_the_day_of_creation_and_the_old_value_while_asked() {
        let (mut bundle, identities) = sealed(&[("a_key", "old"), ("b_key", "other")]);
        let key = name("a_key");
        let sealing = Sealing { recipients: &identities.recipients(), today: LATER };
        let untouched = bundle.entries[&name("b_key")].clone();
        bundle.put(&key, deposit(&"new".into()), true, &sealing).unwrap();
        let open = bundle.open_one(&key, &identities).unwrap().unwrap();
        assert_eq!((open.value, open.previous), ("new".into(), vec!["old".into()]));
        assert_eq!((open.known.created, open.known.rotated), (FIRST, LATER));
        assert!(bundle.index().secrets[&key].has_previous);
        assert!(bundle.retire(&key));
        assert!(!bundle.retire(&key));
        assert_eq!(bundle.open_one(&key, &identities).unwrap().unwrap().previous, []);
        assert_eq!(bundle.entries[&name("b_key")], untouched);
    }

    #[test]
    fn without_keep_previous_the_old_value_is_gone() {
        let (mut bundle, identities) = sealed(&[("a_key", "old")]);
        let key = name("a_key");
        let sealing = Sealing { recipients: &identities.recipients(), today: LATER };
        bundle.put(&key, deposit(&"new".into()), false, &sealing).unwrap();
        assert_eq!(bundle.open(&identities).unwrap().secrets[&key].previous, []);
    }

    #[test]
    fn swapped_values_and_foreign_bundles_name_each_entry() {
        let (mut bundle, identities) = sealed(&[("a_key", "one"), ("b_key", "two")]);
        let (stranger, _) = Identities::generate(FIRST);
        let refused = bundle.open(&stranger).unwrap_err();
        assert_eq!(refused.len(), 2);
        assert!(refused.iter().all(|unopened| unopened.reason == UnsealError::NotForUs));
        let taken = bundle.entries[&name("a_key")].sealed.clone();
        bundle.entries.get_mut(&name("b_key")).unwrap().sealed = taken;
        let refused = bundle.open(&identities).unwrap_err();
        let reason = UnsealError::Swapped("a_key of production".into());
        assert_eq!(refused, [Unopened { name: name("b_key"), reason }]);
    }

    #[test]
    fn resealing_lets_others_in_and_keeps_dates() {
        let (mut bundle, identities) = sealed(&[("a_key", "one")]);
        let (second, _) = Identities::generate(FIRST);
        let open = bundle.open(&identities).unwrap();
        let before = bundle.index();
        bundle.reseal(&open, &second.recipients()).unwrap();
        assert_eq!(bundle.open(&second).unwrap().secrets[&name("a_key")].value, "one".into());
        assert!(bundle.open(&identities).is_err());
        let (before, after) =
            (&before.secrets[&name("a_key")], &bundle.index().secrets[&name("a_key")]);
        assert_eq!(before.rotated, after.rotated);
        assert_ne!(before.recipients, after.recipients);
        assert!(bundle.reseal(&open, &[]).is_err());
        assert!(bundle.open(&second).is_ok());
    }
}
