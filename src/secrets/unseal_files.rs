//! The files that a stack's services read: which there are, what stands in them and who may read
//! them. All of them or none. Stands alone because it is pure; where files are written is another
//! question.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::values::{Fault, Values};
use super::{OpenBundle, SecretValue};
use crate::stack::{self, Delivery, Derived, SecretKind, SecretName, Stack};

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

/// Every file that a service of `stack` reads, or everything that is missing, empty or too
/// short for them, sorted by name.
pub fn unseal_files(stack: &Stack, open: &OpenBundle) -> Result<SecretFiles, Vec<Fault>> {
    let mut values = Values::new(stack, open);
    let mut files = SecretFiles::new();
    for name in stack.secrets.keys() {
        if let Some(access) = access(stack, name)
            && let Some(value) = values.of(name)
        {
            files.insert(file_path(stack, name), SecretFile { value, access });
        }
    }
    let faults = values.faults();
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// What stands in the way of any secret of the stack, those kept for people included.
pub fn faults(stack: &Stack, open: &OpenBundle) -> Vec<Fault> {
    let mut values = Values::new(stack, open);
    for name in stack.secrets.keys() {
        values.of(name);
    }
    values.faults()
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
        Delivery::File | Delivery::FileVariable(_) | Delivery::Folder | Delivery::Variable(_) => {
            true
        }
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
