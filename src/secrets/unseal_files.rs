//! The files that a stack's services read: which there are, what stands in them and who may read
//! them. All of them or none. Stands alone because it is pure; where files are written is another
//! question.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::values::{Fault, Values};
use super::{OpenBundle, SecretValue};
use crate::compose::conventions::value_variable;
use crate::stack::{self, Delivery, Derived, SecretKind, SecretName, ServiceName, Stack};

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

/// Values that Compose itself puts into a container's environment, by the variables in which it
/// finds them. What cannot be computed is left out: Compose then says which is not set.
pub fn values_in_sight(stack: &Stack, open: &OpenBundle) -> BTreeMap<String, SecretValue> {
    let mut values = Values::new(stack, open);
    let uses = stack.services.values().flat_map(|service| &service.secrets);
    let plain = uses.filter(|used| matches!(used.delivery, Delivery::Plain(_)));
    plain
        .filter_map(|used| Some((value_variable(&used.secret), values.of(&used.secret)?)))
        .collect()
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

/// The services that must be restarted to see `changed` files: those that mount one of them by
/// itself. A folder is mounted whole, so that a file renamed into it is seen at once.
pub fn readers_to_restart(stack: &Stack, changed: &[Utf8PathBuf]) -> BTreeSet<ServiceName> {
    let secrets = stack.secrets.keys().filter(|name| changed.contains(&file_path(stack, name)));
    secrets
        .flat_map(|name| stack.readers(name))
        .filter(|(_, used)| match used.delivery {
            Delivery::File | Delivery::FileVariable(_) | Delivery::Variable(_) => true,
            Delivery::Folder | Delivery::Plain(_) => false,
        })
        // A job that ran to its end reads its secrets at its next start.
        .filter(|(service, _)| !stack.services.get(*service).is_some_and(|service| service.once))
        .map(|(service, _)| service.clone())
        .collect()
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

#[cfg(test)]
mod tests {
    use super::super::values::Reason;
    use super::super::{
        Bundle, Deposit, Identities, Kind, Sealing, SecretsDirectory, Storage, Unsealed,
    };
    use super::*;
    use crate::stack::testing::{generated, sample, secret_name, service};
    use crate::stack::{
        DatabaseName, DatabaseRole, Format, HostName, Part, RedisUser, Seconds, SecretUse, Sourced,
        User,
    };
    use camino::Utf8Path;
    use time::macros::date;

    /// Secrets with a value, as if opened from a bundle; a value before the last rotation
    /// stands after a blank.
    fn open(values: &[(&str, &str)]) -> OpenBundle {
        let today = date!(2026 - 11 - 22);
        let (identities, _) = Identities::generate(today);
        let sealing = Sealing { recipients: &identities.recipients(), today };
        let mut bundle = Bundle::new(sample().environment);
        for (name, value) in values {
            for (index, value) in value.rsplit(' ').enumerate() {
                let value = &SecretValue::from(value);
                let (kind, public) = (Kind::Provided, String::new());
                let deposit = Deposit { kind, value, public, rotate_after: Seconds(0) };
                bundle.put(&secret_name(name), deposit, index > 0, &sealing).unwrap();
            }
        }
        bundle.open(&identities).unwrap()
    }

    /// The sample stack, with a further secret that `reader` reads as a file.
    fn with(name: &str, kind: SecretKind, reader: &str) -> Stack {
        let mut stack = sample();
        let name = secret_name(name);
        let mut secret = generated(43);
        secret.kind = kind;
        stack.secrets.insert(name.clone(), secret);
        let used = SecretUse { secret: name, delivery: Delivery::File };
        stack.services.get_mut(&service(reader)).unwrap().secrets.push(used);
        stack
    }

    const ALL: [(&str, &str); 3] = [
        ("stack_api_key", "0123456789abcdef"),
        ("db_password", "administrator"),
        ("db_app_password", "consumer"),
    ];

    fn text(files: &SecretFiles, path: &str) -> String {
        files[&Utf8PathBuf::from(path)].value.text().unwrap().to_owned()
    }

    fn roles(name: &str) -> Vec<DatabaseRole> {
        vec![DatabaseRole {
            role: service("app"),
            database: DatabaseName::new("core").unwrap(),
            owner: true,
            password: secret_name(name),
        }]
    }

    #[test]
    fn a_file_is_written_for_each_secret_that_is_read_and_for_no_other() {
        let files = unseal_files(&sample(), &open(&ALL)).unwrap();
        let paths: Vec<&str> = files.keys().map(|path| path.as_str()).collect();
        assert_eq!(paths, ["db_app_password", "db_password"]);
        assert_eq!(files[&Utf8PathBuf::from("db_password")].access, Access::User(999));
        assert_eq!(files[&Utf8PathBuf::from("db_app_password")].access, Access::Everybody);
    }

    #[test]
    fn a_changed_file_restarts_its_readers_and_a_folder_nobody() {
        let mut stack = sample();
        let gateway = stack.services.get_mut(&service("gateway")).unwrap();
        let used = SecretUse { secret: secret_name("db_password"), delivery: Delivery::Folder };
        gateway.secrets.push(used);
        let restarted = |path: &str| readers_to_restart(&stack, &[path.into()]);
        assert_eq!(restarted("db_password"), BTreeSet::from([service("db")]));
        assert_eq!(restarted("db_app_password"), BTreeSet::from([service("app")]));
        assert_eq!(restarted("tls/a.example.pem"), BTreeSet::new());
    }

    #[test]
    fn a_set_with_a_fault_leaves_nothing_of_the_one_before() {
        let home = tempfile::tempdir_in("/dev/shm").unwrap();
        let path = Utf8Path::from_path(home.path()).unwrap().join("production");
        let directory = SecretsDirectory::open(&path, Storage::Memory).unwrap();
        let whole = directory.unseal(&sample(), &open(&ALL)).unwrap();
        assert!(matches!(whole, Unsealed::Installed(installed) if installed.changed.len() == 2));
        assert_eq!(std::fs::read_to_string(path.join("db_password")).unwrap(), "administrator");
        let partial = directory.unseal(&sample(), &open(&ALL[..2])).unwrap();
        let Unsealed::Refused { faults, removed } = partial else { panic!("{partial:?}") };
        assert_eq!(faults[0].to_string(), "db_app_password: has no value yet");
        assert_eq!(removed, ["db_app_password", "db_password"]);
        assert!(!path.join("db_password").exists());
    }

    #[test]
    fn several_users_share_a_group_where_the_lock_has_one() {
        let mut stack = sample();
        let name = secret_name("db_password");
        let used = SecretUse { secret: name.clone(), delivery: Delivery::File };
        let app = stack.services.get_mut(&service("app")).unwrap();
        app.secrets.push(used);
        app.user = Sourced::plain(User::Numeric { uid: 10001, gid: 10001 });
        assert_eq!(access(&stack, &name), Some(Access::Everybody));
        stack.secrets.get_mut(&name).unwrap().shared_group = 20_001;
        assert_eq!(access(&stack, &name), Some(Access::Group(20_001)));
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once_and_no_value_is_shown() {
        let mut stack = sample();
        stack.secrets.get_mut(&secret_name("db_password")).unwrap().minimum = Sourced::plain(20);
        let faults = unseal_files(&stack, &open(&[("db_password", "administrator")])).unwrap_err();
        let shown: Vec<String> = faults.iter().map(Fault::to_string).collect();
        let expected =
            ["db_app_password: has no value yet", "db_password: is shorter than 20 characters"];
        assert_eq!(shown, expected);
        let empty = [("db_password", "\n"), ("db_app_password", "x")];
        let faults = unseal_files(&sample(), &open(&empty)).unwrap_err();
        assert_eq!(faults[0].reason, Reason::Empty);
        let all =
            super::faults(&sample(), &open(&[("db_password", "x"), ("db_app_password", "y")]));
        assert_eq!(all.len(), 1, "a secret that nobody reads counts for `check`: {all:?}");
    }

    #[test]
    fn templates_are_joined_and_never_made_of_themselves() {
        let part = |name: &str| Part::Secret(secret_name(name));
        let url = |name: &str| {
            let (before, after) = ("redis://app:".to_owned(), "@redis/0".to_owned());
            SecretKind::Template(Format(vec![Part::Text(before), part(name), Part::Text(after)]))
        };
        let stack = with("redis_url", url("db_app_password"), "app");
        let values = [ALL[0], ALL[1], ("db_app_password", "p@ss")];
        let files = unseal_files(&stack, &open(&values)).unwrap();
        assert_eq!(text(&files, "redis_url"), "redis://app:p%40ss@redis/0");
        let stack = with("redis_url", url("redis_url"), "app");
        let faults = unseal_files(&stack, &open(&ALL)).unwrap_err();
        assert_eq!(faults[0].reason, Reason::Circle);
    }

    #[test]
    fn databases_get_verifiers_and_never_a_password() {
        let kind = SecretKind::Derived(Derived::PostgresRoles(roles("db_app_password")));
        let files = unseal_files(&with("db_roles", kind, "db"), &open(&ALL)).unwrap();
        let line = text(&files, "db_roles");
        assert!(line.starts_with("app core owner SCRAM-SHA-256$4096:"), "{line}");
        let kind = SecretKind::Derived(Derived::MysqlRoles(roles("db_app_password")));
        let files = unseal_files(&with("db_roles", kind, "db"), &open(&ALL)).unwrap();
        let line = text(&files, "db_roles");
        assert!(line.starts_with("app core owner $A$005$") && line.contains(" *"), "{line}");
        let user = RedisUser { user: service("app"), password: secret_name("db_app_password") };
        let kind = SecretKind::Derived(Derived::RedisAcl(vec![user]));
        let files = unseal_files(&with("db_acl", kind, "db"), &open(&ALL)).unwrap();
        let acl = text(&files, "db_acl");
        assert!(acl.contains("\nuser app on #") && !acl.contains("consumer"), "{acl}");
    }

    #[test]
    fn a_database_without_consumers_gets_an_empty_list() {
        let kind = SecretKind::Derived(Derived::PostgresRoles(Vec::new()));
        let files = unseal_files(&with("db_roles", kind, "db"), &open(&ALL)).unwrap();
        assert_eq!(text(&files, "db_roles"), "");
    }

    #[test]
    fn a_password_that_client_and_server_may_read_differently_is_refused() {
        let kind = SecretKind::Derived(Derived::PostgresRoles(roles("db_app_password")));
        let values = [ALL[0], ALL[1], ("db_app_password", "pässword")];
        let faults = unseal_files(&with("db_roles", kind, "db"), &open(&values)).unwrap_err();
        assert_eq!(faults[0].reason, Reason::Password);
    }

    #[test]
    fn both_keys_of_a_rotation_are_valid_until_the_old_one_is_retired() {
        let clients = vec![("robot".to_owned(), secret_name("stack_api_key"))];
        let stack =
            with("gateway_key", SecretKind::Derived(Derived::ApiKeys { clients }), "gateway");
        let values = [("stack_api_key", "new-0123456789abc old-0123456789abc"), ALL[1], ALL[2]];
        let files = unseal_files(&stack, &open(&values)).unwrap();
        let table = text(&files, "gateway_key");
        assert_eq!(table, "\"new-0123456789abc\" robot;\n\"old-0123456789abc\" robot;");
        let faults = unseal_files(&stack, &open(&[("stack_api_key", "short"), ALL[1], ALL[2]]));
        let shown = faults.unwrap_err()[0].to_string();
        assert!(shown.starts_with("gateway_key: cannot be used: stack_api_key"), "{shown}");
    }

    #[test]
    fn a_hosts_certificate_is_one_file_with_its_key() {
        let host = HostName::new("api.shop.test").unwrap();
        let bundle = |certificate, key| {
            let (certificate, key) = (secret_name(certificate), secret_name(key));
            SecretKind::Derived(Derived::TlsBundle { host: host.clone(), certificate, key })
        };
        let stack = with("tls_api", bundle("db_password", "db_app_password"), "gateway");
        let files = unseal_files(&stack, &open(&ALL)).unwrap();
        assert_eq!(text(&files, "tls/api.shop.test.pem"), "administrator\nconsumer");
        assert_eq!(files[&Utf8PathBuf::from("tls/api.shop.test.pem")].access, Access::User(101));
        let stack = with("tls_api", bundle("db_password", "db_password"), "gateway");
        let files = unseal_files(&stack, &open(&ALL)).unwrap();
        assert_eq!(text(&files, "tls/api.shop.test.pem"), "administrator");
    }
}
