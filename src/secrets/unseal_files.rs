//! The files that a stack's services read, computed from the opened bundle: plain values,
//! filled templates, and what is derived for databases and the gateway. All of them or none.
//! Stands alone because it is pure; where files are written is another question.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::derived::{
    ApiKey, KeyFault, api_key_map, caching_sha2_verifier, fill_template, native_password_verifier,
    redis_acl, scram_verifier,
};
use super::derived::{Part, RedisUser};
use super::{OpenBundle, SecretValue};
use crate::stack::{self, DatabaseRole, Delivery, Derived, SecretKind, SecretName, Stack};

/// Files by their path below the directory of secrets.
pub type SecretFiles = BTreeMap<Utf8PathBuf, SecretFile>;

/// One file and who may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    pub value: SecretValue,
    pub access: Access,
}

/// Who may read a file, where the writer may give it away; everybody inside the closed
/// directory where it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Mode 0444: the reader's user is not known in numbers.
    Everybody,
    /// Mode 0400, owned by this user id.
    User(u32),
    /// Mode 0440, of this group id, which all readers share.
    Group(u32),
}

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

/// Every file that a service of `stack` reads, or everything that is missing, empty or too
/// short for them, sorted by name.
pub fn unseal_files(stack: &Stack, open: &OpenBundle) -> Result<SecretFiles, Vec<Fault>> {
    let mut values = Values { stack, open, faults: BTreeSet::new() };
    let mut files = SecretFiles::new();
    for name in stack.secrets.keys() {
        if let Some(access) = access(stack, name)
            && let Some(value) = values.value(name, &mut Vec::new())
        {
            files.insert(file_path(stack, name), SecretFile { value, access });
        }
    }
    if values.faults.is_empty() { Ok(files) } else { Err(values.faults.into_iter().collect()) }
}

/// What stands in the way of any secret of the stack, those kept for people included.
pub fn faults(stack: &Stack, open: &OpenBundle) -> Vec<Fault> {
    let mut values = Values { stack, open, faults: BTreeSet::new() };
    for name in stack.secrets.keys() {
        values.value(name, &mut Vec::new());
    }
    values.faults.into_iter().collect()
}

/// The path of a secret's file below the directory of secrets: its name, or for a host's
/// certificate `tls/HOST.pem`, since the gateway mounts that directory as one.
pub fn file_path(stack: &Stack, name: &SecretName) -> Utf8PathBuf {
    match stack.secrets.get(name).map(|secret| &secret.kind) {
        Some(SecretKind::Derived(Derived::TlsBundle { host, .. })) => {
            Utf8PathBuf::from(format!("tls/{host}.pem"))
        }
        _ => Utf8PathBuf::from(name.as_str()),
    }
}

/// Who reads the file of a secret; nothing where nobody does.
fn access(stack: &Stack, name: &SecretName) -> Option<Access> {
    let readers = stack.readers(name).filter(|(_, used)| match used.delivery {
        Delivery::File | Delivery::FileVariable(_) | Delivery::Variable(_) => true,
        Delivery::Plain(_) => false,
    });
    let users: BTreeSet<u32> = readers
        .map(|(service, _)| stack.services.get(service).map_or(0, stack::Service::uid))
        .collect();
    let shared = stack.secrets.get(name).map_or(0, |secret| secret.shared_group);
    match (users.len(), users.first()?) {
        // A user that only the image knows.
        (_, 0) => Some(Access::Everybody),
        (1, user) => Some(Access::User(*user)),
        _ if shared != 0 => Some(Access::Group(shared)),
        _ => Some(Access::Everybody),
    }
}

struct Values<'a> {
    stack: &'a Stack,
    open: &'a OpenBundle,
    faults: BTreeSet<Fault>,
}

impl Values<'_> {
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
            Derived::PostgresRoles(roles) => {
                self.roles(roles, within, |password, role| scram_verifier(password, role))
            }
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
