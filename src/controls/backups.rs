//! What is lost can be brought back.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Backup, MountSource, Place, Role, Service, Stack};

/// Every volume is backed up, and a restore was tried.
pub(super) struct Backups;

impl Control for Backups {
    fn page(&self) -> &'static Page {
        &Page {
            id: "backups",
            title: "Every volume is backed up and a restore was tried",
            section: Section::Backups,
            severity: Severity::Medium,
            why: "A volume is one `down -v`, one disk or one intruder away from empty. A copy of a \
                  running database's files is none: it needs the database's own tool. And a backup \
                  that was never restored is a hope.",
            example: indoc! {"
                services:
                  postgres: {use: 'postgres:17'}
            "},
            references: &["CIS Controls (data recovery)", "NIST SP 800-34"],
            enforced_in: "RUNBOOK.md: restore a backup",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        // What the ACME client keeps it can fetch again.
        let kept = stack.services.iter().filter(|(_, service)| service.role != Role::AcmeClient);
        for (name, service) in kept {
            let volumes = service.mounts.iter().filter(|mount| !mount.read_only);
            let volumes: Vec<&str> = volumes
                .filter_map(|mount| match &mount.source {
                    MountSource::Volume(volume) => Some(volume),
                    _ => None,
                })
                .filter(|volume| seen.insert(*volume))
                .map(|volume| volume.as_str())
                .collect();
            if !volumes.is_empty() {
                let words = format!("nothing here copies {}", volumes.join(", "));
                let what = Found::unsaid(words, advice(service));
                found.push(what.at(Place::Service(name.clone())));
            }
        }
        found
    }
}

fn advice(service: &Service) -> String {
    let how = match &service.role {
        Role::Known(kind) => match kind.as_str() {
            "postgres" | "pgvector" | "postgis" | "timescaledb" => {
                "run `pg_dumpall` as the administrator"
            }
            "mysql" => "run `mysqldump --single-transaction --all-databases`",
            "mariadb" => "run `mariadb-dump --single-transaction --all-databases`",
            "mongo" => "run `mongodump`",
            "redis" | "valkey" => "copy it while it is stopped (where it is more than a cache)",
            _ => "run the program's own export",
        },
        _ => "copy it at a quiet time",
    };
    let (when, keep) = match &service.backup {
        Backup::Unsaid => ("every day".to_owned(), String::new()),
        Backup::Planned { schedule, keep } => (times(schedule), format!(", keep {keep} copies")),
    };
    format!("{how} {when}{keep}{THEN}")
}

fn times(schedule: &str) -> String {
    match schedule {
        "hourly" => "every hour".to_owned(),
        "daily" => "every day".to_owned(),
        "weekly" => "every week".to_owned(),
        "monthly" => "every month".to_owned(),
        cron => format!("at `{cron}` (cron)"),
    }
}

const THEN: &str =
    ", encrypt it with `age`, keep it on another machine, and restore it once a quarter";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, places};
    use super::*;

    #[test]
    fn fires_on_every_volume_that_is_written() {
        assert_eq!(places(&Backups, |_| {}), "service db");
    }

    #[test]
    fn asks_for_as_many_copies_as_the_description() {
        let mut stack = crate::stack::testing::sample();
        assert!(Backups.check(&stack)[0].advice.contains("administrator every day, encrypt"));
        let schedule = "30 2 * * *".to_owned();
        db(&mut stack).backup = Backup::Planned { schedule, keep: 14 };
        let advice = &Backups.check(&stack)[0].advice;
        assert!(advice.contains("at `30 2 * * *` (cron), keep 14 copies, encrypt"), "{advice}");
    }

    #[test]
    fn spares_what_is_only_read_and_what_another_has_named() {
        assert_eq!(places(&Backups, |s| db(s).mounts[0].read_only = true), "");
        assert_eq!(places(&Backups, |s| db(s).role = Role::AcmeClient), "", "can be fetched again");
        let shared = |s: &mut Stack| {
            let mount = db(s).mounts[0].clone();
            app(s).mounts.push(mount);
        };
        assert_eq!(places(&Backups, shared), "service app", "once for each volume");
    }
}
