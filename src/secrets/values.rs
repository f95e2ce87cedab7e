//! The value of any secret of a stack: stored in the bundle, filled from a template, or derived
//! for a database or the gateway. Stands alone because secrets are made of secrets.

use std::collections::BTreeSet;

use super::derived::{
    ApiKey, KeyFault, Part, RedisUser, api_key_map, caching_sha2_verifier, fill_template,
    native_password_verifier, redis_acl, scram_verifier,
};
use super::{OpenBundle, SecretValue};
use crate::stack::{self, DatabaseRole, Derived, SecretKind, SecretName, Stack};

/// A secret that stands in the way; its name and the reason, nothing of its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{secret}: {reason}")]
pub struct Fault {
    pub secret: SecretName,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    #[error("has no value yet")]
    Missing,
    #[error("is empty")]
    Empty,
    #[error("is shorter than {0} characters")]
    Short(u32),
    #[error("a database's password consists of visible ASCII characters without blanks")]
    Password,
    #[error("is made of itself")]
    Circle,
    #[error("cannot be used: {0}")]
    ApiKey(String),
}

/// Computes values, and collects what stands in their way.
pub(super) struct Values<'a> {
    stack: &'a Stack,
    open: &'a OpenBundle,
    faults: BTreeSet<Fault>,
}

impl<'a> Values<'a> {
    pub(super) fn new(stack: &'a Stack, open: &'a OpenBundle) -> Self {
        Self { stack, open, faults: BTreeSet::new() }
    }

    /// The value of a secret; nothing where a fault is in the way.
    pub(super) fn of(&mut self, name: &SecretName) -> Option<SecretValue> {
        self.value(name, &mut Vec::new())
    }

    /// Every fault met so far, sorted by name.
    pub(super) fn faults(self) -> Vec<Fault> {
        self.faults.into_iter().collect()
    }

    /// The value of a secret, or nothing and a fault. `within` are the secrets that it is
    /// being computed for.
    fn value(&mut self, name: &SecretName, within: &mut Vec<SecretName>) -> Option<SecretValue> {
        let Some(secret) = self.stack.secrets.get(name) else {
            return self.fault(name, Reason::Missing);
        };
        if within.contains(name) {
            return self.fault(name, Reason::Circle);
        }
        within.push(name.clone());
        let value = match &secret.kind {
            SecretKind::Generated(_) | SecretKind::Provided => self.stored(name),
            SecretKind::Template(format) => self.template(format, within),
            SecretKind::Derived(derived) => self.derived(name, derived, within),
        };
        within.pop();
        let value = value?;
        let strength = u32::try_from(value.strength()).unwrap_or(u32::MAX);
        match (strength, *secret.minimum) {
            // A database that nobody uses has an empty list of roles.
            (0, 0) if matches!(secret.kind, SecretKind::Derived(_)) => Some(value),
            (0, _) => self.fault(name, Reason::Empty),
            (strength, minimum) if strength < minimum => self.fault(name, Reason::Short(minimum)),
            _ => Some(value),
        }
    }

    /// A stored value. One line loses the line end that an editor left; a longer text, such as
    /// a certificate, stays as it is.
    fn stored(&mut self, name: &SecretName) -> Option<SecretValue> {
        let Some(secret) = self.open.secrets.get(name) else {
            return self.fault(name, Reason::Missing);
        };
        let trimmed = secret.value.trimmed();
        if trimmed.contains(&b'\n') {
            return Some(secret.value.clone());
        }
        Some(SecretValue::new(trimmed.to_vec()))
    }

    fn template(
        &mut self,
        format: &stack::Format,
        within: &mut Vec<SecretName>,
    ) -> Option<SecretValue> {
        let secrets: Vec<Option<SecretValue>> = format
            .0
            .iter()
            .map(|part| match part {
                stack::Part::Text(_) => Some(SecretValue::from("")),
                stack::Part::Secret(name) => self.value(name, within),
            })
            .collect();
        let secrets: Vec<SecretValue> = secrets.into_iter().collect::<Option<_>>()?;
        let parts: Vec<Part<'_>> = format
            .0
            .iter()
            .zip(&secrets)
            .map(|(part, secret)| match part {
                stack::Part::Text(text) => Part::Text(text),
                stack::Part::Secret(_) => Part::Secret(secret),
            })
            .collect();
        Some(fill_template(&parts))
    }

    fn derived(
        &mut self,
        name: &SecretName,
        derived: &Derived,
        within: &mut Vec<SecretName>,
    ) -> Option<SecretValue> {
        match derived {
            Derived::ApiKeys { clients } => self.api_keys(name, clients, within),
            Derived::PostgresRoles(roles) => self.roles(roles, within, scram_verifier),
            Derived::MysqlRoles(roles) => self.roles(roles, within, |password, role| {
                let (new, old) =
                    (caching_sha2_verifier(password, role), native_password_verifier(password));
                format!("{new} {old}")
            }),
            Derived::RedisAcl(users) => self.redis_acl(users, within),
            Derived::TlsBundle { certificate, key, .. } => {
                let chain = self.value(certificate, within);
                if certificate == key {
                    return chain;
                }
                let key = self.value(key, within);
                let joined = [chain?.trimmed(), b"\n", key?.trimmed(), b"\n"].concat();
                Some(SecretValue::new(joined))
            }
        }
    }

    /// The current key of each client, and the one before it during a rotation.
    fn api_keys(
        &mut self,
        table: &SecretName,
        clients: &[(String, SecretName)],
        within: &mut Vec<SecretName>,
    ) -> Option<SecretValue> {
        let mut values = Vec::new();
        for (client, secret) in clients {
            let current = self.value(secret, within);
            let stored = self.open.secrets.get(secret);
            let previous = stored.map(|stored| stored.previous.clone()).unwrap_or_default();
            values.extend(current.into_iter().chain(previous).map(|key| (client, secret, key)));
        }
        let keys: Vec<ApiKey<'_>> = values
            .iter()
            .map(|(client, secret, key)| ApiKey { client, secret: secret.as_str(), key })
            .collect();
        match api_key_map(&keys) {
            Ok(map) => Some(map),
            Err(unfit) => {
                unfit.iter().for_each(|fault| self.key_fault(table, fault));
                None
            }
        }
    }

    fn key_fault(&mut self, table: &SecretName, fault: &KeyFault) {
        let secret = table.clone();
        self.faults.insert(Fault { secret, reason: Reason::ApiKey(fault.to_string()) });
    }

    /// Lines `role database owner|member VERIFIER`.
    fn roles(
        &mut self,
        roles: &[DatabaseRole],
        within: &mut Vec<SecretName>,
        verifier: impl Fn(&[u8], &str) -> String,
    ) -> Option<SecretValue> {
        let lines: Vec<Option<String>> = roles
            .iter()
            .map(|DatabaseRole { role, database, owner, password }| {
                let password = self.password(password, within)?;
                let rights = if *owner { "owner" } else { "member" };
                let verifier = verifier(password.trimmed(), role.as_str());
                Some(format!("{role} {database} {rights} {verifier}\n"))
            })
            .collect();
        let lines: String = lines.into_iter().collect::<Option<_>>()?;
        Some(SecretValue::from(lines.as_str()))
    }

    fn redis_acl(
        &mut self,
        users: &[stack::RedisUser],
        within: &mut Vec<SecretName>,
    ) -> Option<SecretValue> {
        let passwords: Vec<Option<SecretValue>> =
            users.iter().map(|user| self.password(&user.password, within)).collect();
        let passwords: Vec<SecretValue> = passwords.into_iter().collect::<Option<_>>()?;
        let users: Vec<RedisUser<'_>> = users
            .iter()
            .zip(&passwords)
            .map(|(user, password)| RedisUser {
                name: user.user.as_str(),
                password: password.trimmed(),
            })
            .collect();
        Some(SecretValue::from(redis_acl(&users).as_str()))
    }

    /// A password that every client and server reads alike: SASLprep and character sets leave
    /// visible ASCII alone.
    fn password(&mut self, name: &SecretName, within: &mut Vec<SecretName>) -> Option<SecretValue> {
        let password = self.value(name, within)?;
        if password.trimmed().iter().all(u8::is_ascii_graphic) {
            return Some(password);
        }
        self.fault(name, Reason::Password)
    }

    fn fault(&mut self, secret: &SecretName, reason: Reason) -> Option<SecretValue> {
        self.faults.insert(Fault { secret: secret.clone(), reason });
        None
    }
}
