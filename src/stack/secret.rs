//! Secrets by name: what they are made of, who reads them and how. Never their values.

use std::collections::BTreeSet;

use super::{
    DatabaseName, HostName, Origin, Seconds, SecretName, ServiceName, SettingName, Sourced,
};

/// One secret of the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    /// Where the value comes from.
    pub kind: SecretKind,
    /// Fewest characters of its value; 0: any but none.
    pub minimum: Sourced<u32>,
    /// Age at which it should be replaced; 0: never.
    pub rotate_after: Sourced<Seconds>,
    /// Kept for people and CI, read by no service.
    pub for_people: bool,
    /// Group that shares the file where several users read it; 0: none. From the lock.
    pub shared_group: u32,
    /// Where it is declared.
    pub origin: Origin,
}

/// Where a secret's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretKind {
    /// Drawn from the operating system's random source once, then kept in the bundle.
    Generated(Made),
    /// Given by a person, then kept in the bundle.
    Provided,
    /// Text with other secrets in it; joined when unsealed, never stored.
    Template(Format),
    /// A file made from other secrets for one program; joined when unsealed, never stored.
    Derived(Derived),
}

impl SecretKind {
    /// The secrets that it is made of.
    pub fn parts(&self) -> Vec<&SecretName> {
        match self {
            Self::Generated(_) | Self::Provided => Vec::new(),
            Self::Template(Format(parts)) => parts.iter().filter_map(Part::secret).collect(),
            Self::Derived(derived) => match derived {
                Derived::ApiKeys { clients } => clients.iter().map(|(_, key)| key).collect(),
                Derived::PostgresRoles(roles) | Derived::MysqlRoles(roles) => {
                    roles.iter().map(|role| &role.password).collect()
                }
                Derived::RedisAcl(users) => users.iter().map(|user| &user.password).collect(),
                Derived::TlsBundle { certificate, key, .. } => vec![certificate, key],
            },
        }
    }
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// So many characters of a-z and 0-9.
    Text {
        /// Characters.
        length: u32,
    },
    /// The stack's own certificate authority: key and certificate.
    Authority,
    /// A certificate of the stack's own authority for these hosts, with its key.
    Leaf {
        /// Names in the certificate.
        hosts: BTreeSet<HostName>,
    },
}

/// A text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Format(pub Vec<Part>);

/// A piece of a [`Format`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// The value of another secret, escaped for a URL where the format is one.
    Secret(SecretName),
}

impl Part {
    fn secret(&self) -> Option<&SecretName> {
        match self {
            Self::Secret(name) => Some(name),
            Self::Text(_) => None,
        }
    }
}

/// Files made from other secrets. Databases get verifiers only, never a consumer's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derived {
    /// nginx map lines `KEY CLIENT;` for one `api_key` policy.
    ApiKeys {
        /// (client's name, its key).
        clients: Vec<(String, SecretName)>,
    },
    /// Lines `role database owner|member verifier` with SCRAM-SHA-256 verifiers (RFC 7677).
    PostgresRoles(Vec<DatabaseRole>),
    /// Lines for MySQL and MariaDB: role, database, verifier of `caching_sha2_password` or
    /// `mysql_native_password`.
    MysqlRoles(Vec<DatabaseRole>),
    /// A redis or valkey ACL file with SHA-256 of passwords.
    RedisAcl(Vec<RedisUser>),
    /// One PEM for one host: chain and key together.
    TlsBundle {
        /// The host; its file is `tls/HOST.pem` in the directory of secrets.
        host: HostName,
        /// Secret with the certificate chain; a [`Made::Leaf`] holds its key as well.
        certificate: SecretName,
        /// Secret with the private key; the same as `certificate` for a [`Made::Leaf`].
        key: SecretName,
    },
}

impl Derived {
    /// The accounts of a database that it is made for: each service with the secret that signs it in.
    pub fn accounts(&self) -> Vec<(&ServiceName, &SecretName)> {
        match self {
            Self::PostgresRoles(roles) | Self::MysqlRoles(roles) => {
                roles.iter().map(|role| (&role.role, &role.password)).collect()
            }
            Self::RedisAcl(users) => {
                users.iter().map(|user| (&user.user, &user.password)).collect()
            }
            Self::ApiKeys { .. } | Self::TlsBundle { .. } => Vec::new(),
        }
    }
}

/// A role of one consumer in one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseRole {
    /// The role, named like the service that uses it.
    pub role: ServiceName,
    /// The database.
    pub database: DatabaseName,
    /// True where the role owns the database; false where it reads and writes.
    pub owner: bool,
    /// Its password.
    pub password: SecretName,
}

/// A user of one consumer in redis or valkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisUser {
    /// The user, named like the service that uses it.
    pub user: ServiceName,
    /// Its password.
    pub password: SecretName,
}

/// How a service receives a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretUse {
    /// Which one.
    pub secret: SecretName,
    /// How.
    pub delivery: Delivery,
}

/// The way of a secret into a program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delivery {
    /// A file below `/run/secrets`, named in no variable.
    File,
    /// A file below `/run/secrets`, its path in this variable (`NAME_FILE`).
    FileVariable(SettingName),
    /// A file in the folder of secrets that is mounted whole (certificates, replaced by rename).
    Folder,
    /// A variable that a generated entrypoint fills from the file.
    Variable(SettingName),
    /// The value stands in the Compose file itself, as an imported one may have it.
    Plain(SettingName),
}
