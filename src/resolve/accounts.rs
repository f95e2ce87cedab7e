//! Accounts of databases: one role, or ACL user, with its own password per consumer.
//!
//! The database gets verifiers only, in a file that is joined when secrets are unsealed, and a
//! script that makes roles from it at first start and at any time after.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Resolution, links};
use crate::diagnostic::{Diagnostic, Position};
use crate::knowledge::{Dialect, Facts, SecretPath};
use crate::stack::{
    Command, DatabaseName, DatabaseRole, Delivery, Derived, GeneratedFile, Made, Origin, RedisUser,
    Secret, SecretKind, SecretName, SecretUse, Service, ServiceName, SettingName, Sourced,
};
use crate::templates;

/// Characters of a generated password: 43 of 36 signs are 222 bits.
pub(super) const PASSWORD_LENGTH: u32 = 43;

/// Databases as the description declares them: the first service owns, the others read and write.
pub(super) type Databases = BTreeMap<DatabaseName, Vec<(ServiceName, Position)>>;

/// Give `service` its administrator's password and an account for each of `consumers`.
pub(super) fn make(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    dialect: Dialect,
    facts: &Facts,
    declared: &Databases,
) {
    let consumers: Vec<ServiceName> = resolution.stack.consumers(name).cloned().collect();
    administrator(resolution, name, facts);
    match dialect {
        Dialect::None => {}
        Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb => {
            let databases = databases(resolution, name, &consumers, declared);
            roles(resolution, name, dialect, databases);
        }
        Dialect::Redis | Dialect::Valkey => acl(resolution, name, &consumers),
    }
}

/// Take the file of accounts out of what a known image runs: `--aclfile FILE`.
pub(super) fn leave_out(resolution: &mut Resolution<'_>, name: &ServiceName) {
    let Some(service) = resolution.stack.services.get_mut(name) else { return };
    let Command::Exec(words) = &*service.command else { return };
    let Some(at) = words.iter().position(|word| word.contains("{acl}")) else { return };
    let kept = words.iter().enumerate().filter(|(here, _)| *here != at && here + 1 != at);
    let kept = Command::Exec(kept.map(|(_, word)| word.clone()).collect());
    service.command = Sourced::from(kept, service.command.origin().clone());
}

fn administrator(resolution: &mut Resolution<'_>, name: &ServiceName, facts: &Facts) {
    let Some(administrator) = &facts.administrator else { return };
    let Ok(variable) = SettingName::new(administrator.variable.as_str()) else { return };
    if is_written(resolution, name, &variable) {
        return;
    }
    let Some(secret) = resolution.own_secret(&[name.as_str(), "password"]) else { return };
    let delivery = match administrator.by {
        SecretPath::FileVariable => Delivery::FileVariable(variable),
        SecretPath::Variable => Delivery::Variable(variable),
    };
    let service = resolution.stack.services.get_mut(name);
    if let Some(service) = service.filter(|service| !reads(service, &secret)) {
        service.secrets.push(SecretUse { secret, delivery });
    }
}

/// True where the description itself gives the password, by this variable or by the one whose file it names: an
/// entrypoint stops where it finds both (`file_env` of docker-library).
fn is_written(resolution: &Resolution<'_>, name: &ServiceName, variable: &SettingName) -> bool {
    let Some(keys) = resolution.description.services.get(name) else { return false };
    let value = variable.as_str().strip_suffix("_FILE");
    let same = |given: &SettingName| given == variable || Some(given.as_str()) == value;
    keys.settings.keys().any(|given| same(&given.value))
        || keys.env_secrets.iter().any(|(given, _)| same(&given.value))
}

fn reads(service: &Service, secret: &SecretName) -> bool {
    service.secrets.iter().any(|used| used.secret == *secret)
}

/// The password of one consumer's account.
fn password(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    consumer: &ServiceName,
) -> Option<SecretName> {
    resolution.own_secret(&[name.as_str(), consumer.as_str(), "password"])
}

fn databases(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    consumers: &[ServiceName],
    declared: &Databases,
) -> Vec<(DatabaseName, Vec<ServiceName>)> {
    if declared.is_empty() {
        let own = |consumer: &ServiceName| {
            let database = DatabaseName::new(consumer.as_str().replace(['-', '.'], "_")).ok()?;
            Some((database, vec![consumer.clone()]))
        };
        return consumers.iter().filter_map(own).collect();
    }
    for (database, members) in declared {
        for (member, at) in members.iter().filter(|(member, _)| !consumers.contains(member)) {
            if resolution.problems.is_spoiled(&links::needs_of(member)) {
                continue;
            }
            let message =
                format!("`{member}` does not need `{name}`, so it gets no role in `{database}`");
            let help = format!("add `{name}` to `needs:` of `{member}`, or leave it out here");
            resolution.problems.add(Diagnostic::at(*at, "not-a-consumer", message).help(help));
        }
    }
    let named =
        |consumer: &ServiceName| declared.values().flatten().any(|(member, _)| member == consumer);
    let unnamed: Vec<&ServiceName> = consumers.iter().filter(|c| !named(c)).collect();
    if let (Some(consumer), Some(at)) = (unnamed.first(), resolution.position_of(name)) {
        let message =
            format!("`{consumer}` needs `{name}` but no database of it names `{consumer}`");
        let help = format!("add `{consumer}` to a list below `databases:` of `{name}`");
        resolution.problems.add(Diagnostic::at(at, "no-database", message).help(help));
    }
    let members = |members: &Vec<(ServiceName, Position)>| {
        members.iter().map(|(member, _)| member.clone()).collect()
    };
    declared.iter().map(|(database, list)| (database.clone(), members(list))).collect()
}

fn roles(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    dialect: Dialect,
    databases: Vec<(DatabaseName, Vec<ServiceName>)>,
) {
    let mut roles = Vec::new();
    for (database, members) in databases {
        for (at, role) in members.into_iter().enumerate() {
            if let Some(password) = password(resolution, name, &role) {
                roles.push(DatabaseRole {
                    role,
                    database: database.clone(),
                    owner: at == 0,
                    password,
                });
            }
        }
    }
    if roles.is_empty() {
        return;
    }
    let derived = match dialect {
        Dialect::Postgres => Derived::PostgresRoles(roles),
        _ => Derived::MysqlRoles(roles),
    };
    let Some(list) = derive(resolution, name, "roles", derived) else { return };
    let template = match dialect {
        Dialect::Postgres => "shell/postgres-roles.sh.j2",
        _ => "shell/mysql-roles.sh.j2",
    };
    let script = RoleScript {
        service: name.as_str(),
        password_file: format!("/run/secrets/{}", joined(&[name.as_str(), "password"])),
        roles_file: format!("/run/secrets/{list}"),
        mariadb: dialect == Dialect::Mariadb,
    };
    match templates::render(template, &script) {
        Ok(content) => {
            if let Some(service) = resolution.stack.services.get_mut(name) {
                service.files.push(GeneratedFile {
                    name: joined(&[name.as_str(), "roles_sh"]),
                    source: format!("services/{name}/10-roles.sh"),
                    target: "/docker-entrypoint-initdb.d/10-roles.sh".to_owned(),
                    content,
                });
            }
        }
        Err(error) => resolution.problems.add(Diagnostic::nowhere("template", error.to_string())),
    }
}

/// What the templates of role scripts fill in.
#[derive(Serialize)]
struct RoleScript<'a> {
    service: &'a str,
    password_file: String,
    roles_file: String,
    mariadb: bool,
}

fn acl(resolution: &mut Resolution<'_>, name: &ServiceName, consumers: &[ServiceName]) {
    let mut users = Vec::new();
    for user in consumers {
        if let Some(password) = password(resolution, name, user) {
            users.push(RedisUser { user: user.clone(), password });
        }
    }
    let Some(file) = derive(resolution, name, "acl", Derived::RedisAcl(users)) else { return };
    let Some(service) = resolution.stack.services.get_mut(name) else { return };
    if let Command::Exec(words) = &*service.command {
        let put = |word: &String| word.replace("{acl}", file.as_str());
        let command = Command::Exec(words.iter().map(put).collect());
        service.command = Sourced::from(command, service.command.origin().clone());
    }
}

/// A file made from other secrets that `name` alone reads.
fn derive(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    what: &str,
    derived: Derived,
) -> Option<SecretName> {
    let secret = resolution.own_secret(&[name.as_str(), what])?;
    let kind = SecretKind::Derived(derived);
    if let Some(declared) = resolution.stack.secrets.get_mut(&secret) {
        declared.kind = kind;
    }
    let service = resolution.stack.services.get_mut(name)?;
    service.secrets.push(SecretUse { secret: secret.clone(), delivery: Delivery::File });
    Some(secret)
}

/// The name of a secret of ours: parts joined, dashes and dots as underscores.
pub(super) fn joined(parts: &[&str]) -> String {
    parts.join("_").replace(['-', '.'], "_").to_ascii_lowercase()
}

/// A secret that a known image brings.
pub(super) fn generated(length: u32) -> Secret {
    Secret {
        kind: SecretKind::Generated(Made::Text { length }),
        minimum: Sourced::plain(0),
        rotate_after: Sourced::default(),
        for_people: false,
        shared_group: 0,
        origin: Origin::Derived,
    }
}
