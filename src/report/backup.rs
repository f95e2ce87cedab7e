//! The runbook's lines for saving and restoring what a stack keeps in volumes.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::stack::{MountSource, Role, Service, ServiceName, Stack, VolumeName};

/// One thing to save: the command that saves it and the one that brings it back.
#[derive(Debug, Serialize)]
pub(super) struct Backup {
    save: String,
    restore: String,
}

/// What can be saved with what the images of this stack have; each volume once.
pub(super) fn backups(stack: &Stack) -> Vec<Backup> {
    let mut seen = BTreeSet::new();
    let mut backups = Vec::new();
    for (name, service) in &stack.services {
        let fresh: Vec<(&VolumeName, &str)> =
            volumes(service).filter(|(volume, _)| seen.insert(*volume)).collect();
        if fresh.is_empty() {
            continue;
        }
        if let Some(backup) = dump(name, service) {
            backups.push(backup);
        } else if has_tar(service) {
            backups.extend(fresh.into_iter().map(|(volume, path)| archive(name, volume, path)));
        }
    }
    backups
}

fn volumes(service: &Service) -> impl Iterator<Item = (&VolumeName, &str)> {
    service.mounts.iter().filter(|mount| !mount.read_only).filter_map(|mount| match &mount.source {
        MountSource::Volume(volume) => Some((volume, mount.target.as_str())),
        _ => None,
    })
}

/// By the database's own tool, which gives a whole copy while the database runs.
fn dump(name: &ServiceName, service: &Service) -> Option<Backup> {
    let Role::Known(kind) = &service.role else { return None };
    let (variable, save, restore) = match kind.as_str() {
        "postgres" | "pgvector" | "postgis" | "timescaledb" => {
            ("PGPASSWORD", "pg_dumpall -U postgres", "psql -q -U postgres -d postgres")
        }
        "mysql" => {
            ("MYSQL_PWD", "mysqldump -u root --single-transaction --all-databases", "mysql -u root")
        }
        "mariadb" => (
            "MYSQL_PWD",
            "mariadb-dump -u root --single-transaction --all-databases",
            "mariadb -u root",
        ),
        _ => return None,
    };
    let secret = format!("{}_password", name.as_str().replace('-', "_"));
    let run = |program: &str| {
        format!("dc exec -T {name} sh -c '{variable}=$(cat /run/secrets/{secret}) {program}'")
    };
    Some(Backup {
        save: format!("{} > {name}.sql", run(save)),
        restore: format!("{} < {name}.sql", run(restore)),
    })
}

/// The bases of built images have tar, and so have Debian's and Alpine's images of redis and valkey.
fn has_tar(service: &Service) -> bool {
    let cache = matches!(&service.role, Role::Known(kind) if kind == "redis" || kind == "valkey");
    cache || (service.role == Role::Application && !service.recipe.is_empty())
}

/// As files, by the service's own user while it stands still. `docker cp` would give root all that
/// it brings back, and the service could not open it.
fn archive(name: &ServiceName, volume: &VolumeName, path: &str) -> Backup {
    let run = |entrypoint: &str| {
        format!("dc stop {name} && dc run --rm --no-deps -T --entrypoint {entrypoint} {name}")
    };
    Backup {
        save: format!("{} -C {path} -cf - . > {volume}.tar; dc start {name}", run("tar")),
        restore: format!("{} -C {path} -xf - < {volume}.tar; dc start {name}", run("tar")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{sample, service};

    #[test]
    fn a_database_is_dumped_as_its_administrator() {
        let backups = backups(&sample());
        assert_eq!(backups.len(), 1);
        assert_eq!(
            backups[0].save,
            "dc exec -T db sh -c 'PGPASSWORD=$(cat /run/secrets/db_password) pg_dumpall -U postgres' > db.sql"
        );
    }

    #[test]
    fn every_known_database_is_dumped() {
        for (kind, program) in
            [("mysql", "mysqldump"), ("mariadb", "mariadb-dump"), ("pgvector", "pg_dumpall")]
        {
            let mut stack = sample();
            stack.services.get_mut("db").unwrap().role = Role::Known(kind.to_owned());
            assert!(backups(&stack)[0].save.contains(program), "{kind}");
        }
    }

    #[test]
    fn files_come_back_as_their_owners() {
        let mut stack = sample();
        stack.services.get_mut("db").unwrap().role = Role::Known("redis".to_owned());
        let mount = stack.services["db"].mounts[0].clone();
        stack.services.get_mut("app").unwrap().mounts.push(mount);
        let lines = backups(&stack);
        assert_eq!(lines.len(), 1, "a shared volume is saved once");
        let name = service("app");
        let path = &stack.services["app"].mounts.last().unwrap().target;
        assert_eq!(
            lines[0].restore,
            format!(
                "dc stop {name} && dc run --rm --no-deps -T --entrypoint tar {name} -C {path} -xf - < db-data.tar; dc start {name}"
            )
        );
    }

    #[test]
    fn what_has_no_tool_of_ours_is_left_to_the_report() {
        let mut stack = sample();
        stack.services.get_mut("db").unwrap().role = Role::Known("keycloak".to_owned());
        assert!(backups(&stack).is_empty());
    }
}
