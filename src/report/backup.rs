//! The runbook's lines for saving and restoring what a stack keeps in volumes.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::compose::conventions::project_name;
use crate::stack::{MountSource, Role, Runtime, Service, ServiceName, Stack, VolumeName};

/// Something to save: the command that saves it, and those that bring it back while nothing runs.
#[derive(Debug, Serialize)]
pub(super) struct Backup {
    volumes: String,
    save: String,
    restore: Vec<String>,
}

/// What can be saved with what the images of this stack have; each volume once.
/// `program` is the engine's.
pub(super) fn backups(stack: &Stack, program: &str) -> Vec<Backup> {
    let mut seen = BTreeSet::new();
    let mut backups = Vec::new();
    for (name, service) in &stack.services {
        let fresh: Vec<(&VolumeName, &str)> =
            volumes(service).filter(|(volume, _)| seen.insert(*volume)).collect();
        if fresh.is_empty() {
            continue;
        }
        let names: Vec<&VolumeName> = fresh.iter().map(|(volume, _)| *volume).collect();
        if let Some(backup) = dump(stack, program, name, service, &names) {
            backups.push(backup);
        } else if has_tar(service) {
            let each = fresh.into_iter();
            backups.extend(each.map(|(volume, path)| archive(stack, program, name, volume, path)));
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
fn dump(
    stack: &Stack,
    program: &str,
    name: &ServiceName,
    service: &Service,
    volumes: &[&VolumeName],
) -> Option<Backup> {
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
    let mut lines = remove(stack, program, volumes);
    lines.push(format!("dc up -d --wait {name}"));
    lines.push(format!("{} < {name}.sql", run(restore)));
    let volumes: Vec<&str> = volumes.iter().map(|volume| volume.as_str()).collect();
    Some(Backup {
        volumes: volumes.join(", "),
        save: format!("{} > {name}.sql", run(save)),
        restore: lines,
    })
}

/// A volume of the project's own goes; one from outside is somebody else's to empty.
fn remove(stack: &Stack, program: &str, volumes: &[&VolumeName]) -> Vec<String> {
    let own = volumes.iter().filter(|name| stack.volumes.get(**name).is_none_or(|v| !v.external));
    own.map(|volume| format!("{program} volume rm {}_{volume}", project_name(stack))).collect()
}

/// The bases of built images have tar, and so have Debian's and Alpine's images of redis and valkey.
fn has_tar(service: &Service) -> bool {
    let cache = matches!(&service.role, Role::Known(kind) if kind == "redis" || kind == "valkey");
    let ours = service.recipe.iter().any(|recipe| recipe.runtime != Runtime::Own);
    cache || (service.role == Role::Application && ours)
}

/// As files, by the service's own user, while everybody who writes there stands still. `docker cp`
/// would give root all that it brings back, and the service could not open it.
fn archive(
    stack: &Stack,
    program: &str,
    name: &ServiceName,
    volume: &VolumeName,
    path: &str,
) -> Backup {
    let writes = |service: &Service| volumes(service).any(|(written, _)| written == volume);
    let writers = stack.services.iter().filter(|(_, service)| writes(service));
    let writers: Vec<&str> = writers.map(|(writer, _)| writer.as_str()).collect();
    let writers = writers.join(" ");
    let tar = format!("dc run --rm --no-deps -T --entrypoint tar {name} -C {path}");
    let mut restore = remove(stack, program, &[volume]);
    restore.push(format!("{tar} -xf - < {volume}.tar"));
    Backup {
        volumes: volume.to_string(),
        save: format!("dc stop {writers} && {tar} -cf - . > {volume}.tar; dc start {writers}"),
        restore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{sample, service};

    #[test]
    fn a_database_is_dumped_as_its_administrator() {
        let backups = backups(&sample(), "docker");
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
            assert!(backups(&stack, "docker")[0].save.contains(program), "{kind}");
        }
    }

    #[test]
    fn files_come_back_as_their_owners() {
        let mut stack = sample();
        stack.services.get_mut("db").unwrap().role = Role::Known("redis".to_owned());
        let mount = stack.services["db"].mounts[0].clone();
        stack.services.get_mut("app").unwrap().mounts.push(mount);
        let lines = backups(&stack, "docker");
        assert_eq!(lines.len(), 1, "a shared volume is saved once");
        let name = service("app");
        let path = &stack.services["app"].mounts.last().unwrap().target;
        let tar = format!("dc run --rm --no-deps -T --entrypoint tar {name} -C {path}");
        let (before, after) = ("dc stop app db &&", "> db-data.tar; dc start app db");
        assert_eq!(lines[0].save, format!("{before} {tar} -cf - . {after}"), "both write there");
        let afresh = format!("docker volume rm {}_db-data", stack.name);
        assert_eq!(lines[0].restore, [afresh, format!("{tar} -xf - < db-data.tar")]);
    }

    #[test]
    fn a_dump_is_restored_into_a_database_that_runs() {
        let mut stack = sample();
        let restore = backups(&stack, "docker")[0].restore.clone();
        assert_eq!(restore[1], "dc up -d --wait db");
        assert!(restore[2].ends_with("psql -q -U postgres -d postgres' < db.sql"), "{restore:?}");
        stack.volumes.values_mut().for_each(|volume| volume.external = true);
        assert_eq!(
            backups(&stack, "docker")[0].restore[0],
            "dc up -d --wait db",
            "not ours to remove"
        );
    }

    #[test]
    fn what_has_no_tool_of_ours_is_left_to_the_report() {
        let mut stack = sample();
        stack.services.get_mut("db").unwrap().role = Role::Known("keycloak".to_owned());
        assert!(backups(&stack, "docker").is_empty());
    }
}
