//! What is lost can be brought back.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Violation};
use crate::stack::{MountSource, Place, Role, Stack};

/// Every volume is backed up, and a restore was tried.
pub(super) struct Backups;

impl Control for Backups {
    fn page(&self) -> &'static Page {
        &Page {
            id: "backups",
            title: "Every volume is backed up and a restore was tried",
            section: Section::Backups,
            why: "A volume is one `down -v`, one disk or one intruder away from empty. A copy of a \
                  running database's files is none: it needs the database's own tool. And a backup \
                  that was never restored is a hope.",
            example: indoc! {"
                services:
                  postgres: {use: 'postgres:17'}
            "},
            references: &["CIS Controls 11.2", "CIS Controls 11.5", "NIST SP 800-34"],
            enforced_in: "RUNBOOK.md: restore a backup",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (name, service) in &stack.services {
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
                let what = Found::unsaid(words, advice(&service.role));
                found.push(what.at(Place::Service(name.clone())));
            }
        }
        found
    }
}

fn advice(role: &Role) -> String {
    let Role::Known(kind) = role else { return format!("copy it at a quiet time{THEN}") };
    let tool = match kind.as_str() {
        "postgres" => "`pg_dumpall` as the administrator",
        "mysql" => "`mysqldump --single-transaction --all-databases`",
        "mariadb" => "`mariadb-dump --single-transaction --all-databases`",
        "mongo" => "`mongodump`",
        "redis" | "valkey" => "`BGSAVE` and copy dump.rdb (where it is more than a cache)",
        _ => "the program's own export",
    };
    format!("run {tool} every day{THEN}")
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
    fn spares_what_is_only_read_and_what_another_has_named() {
        assert_eq!(places(&Backups, |s| db(s).mounts[0].read_only = true), "");
        let shared = |s: &mut Stack| {
            let mount = db(s).mounts[0].clone();
            app(s).mounts.push(mount);
        };
        assert_eq!(places(&Backups, shared), "service app", "once for each volume");
    }
}
