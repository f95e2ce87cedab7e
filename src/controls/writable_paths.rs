//! What a program must write is memory.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use super::user::wanted;
use crate::stack::{Bytes, Mount, Origin, Place, Service, Sourced, Stack, Tmpfs, User};

/// Scratch paths are mounts of memory.
pub(super) struct WritablePaths;

impl Control for WritablePaths {
    fn page(&self) -> &'static Page {
        &Page {
            id: "writable-paths",
            title: "Scratch paths are memory of a limited size",
            section: Section::Containers,
            severity: Severity::Low,
            why: "On a read-only root most programs still need /tmp. A mount of memory gives it to \
                  them without anything that stays: it is empty at each start, cannot hold \
                  programs, and is as large as we say. The sizes are a guess.",
            example: indoc! {"
                services:
                  clipper:
                    writable: [/tmp/render]
            "},
            references: &["CIS Docker 5.13", "OWASP Docker rule 8", "compose-harden tmpfs /tmp"],
            enforced_in: "compose.yaml: `tmpfs`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |path: &str| {
                Found::unsaid(
                    format!("{path} cannot be written on a read-only root"),
                    "the size is a guess: measure, and mount a volume where it is too small",
                )
            };
            missing(service).into_iter().map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        let (uid, gid) = match wanted(service) {
            Some(User::Numeric { uid, gid }) => (uid, gid),
            Some(User::Image | User::Named(_)) | None => (0, 0),
        };
        let missing: Vec<String> = missing(service).into_iter().map(str::to_owned).collect();
        for path in missing {
            let size = if path == TMP { SIZE_OF_TMP } else { SIZE };
            let tmpfs = Tmpfs { size, mode: MODE, uid, gid, ..Tmpfs::default() };
            service.tmpfs.insert(path, Sourced::from(tmpfs, Origin::Control(self.id())));
        }
    }
}

const TMP: &str = "/tmp";
/// Enough for sockets, locks and small uploads.
const SIZE_OF_TMP: Bytes = Bytes(64 << 20);
/// Declared paths are declared because something is written there.
const SIZE: Bytes = Bytes(256 << 20);
/// As every /tmp: all may write, nobody removes another's files (hier(7)).
const MODE: u32 = 0o1777;

/// `/tmp` and the declared paths that neither memory nor a writable volume covers.
fn missing(service: &Service) -> Vec<&str> {
    let covers = |mount: &Mount, path: &str| {
        let rest = path.strip_prefix(mount.target.trim_end_matches('/'));
        !mount.read_only && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let declared = service.writable.iter().map(String::as_str).filter(|path| *path != TMP);
    let paths = std::iter::once(TMP).chain(declared);
    let uncovered = |path: &&str| !service.mounts.iter().any(|mount| covers(mount, path));
    paths.filter(|path| !service.tmpfs.contains_key(*path)).filter(uncovered).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;

    #[test]
    fn fires_without_tmp_and_for_each_declared_path() {
        assert_eq!(places(&WritablePaths, |_| {}), "service app, service db, service gateway");
        let declared = |s: &mut Stack| {
            app(s).writable.insert("/tmp/render".to_owned());
        };
        assert_eq!(mended(&WritablePaths, declared), "");
    }

    #[test]
    fn spares_what_a_volume_covers() {
        let cover = |s: &mut Stack| {
            db(s).writable.insert("/var/lib/postgresql/data/tmp".to_owned());
            s.services
                .values_mut()
                .for_each(|service| drop(service.tmpfs.insert(TMP.to_owned(), Sourced::default())));
        };
        assert_eq!(places(&WritablePaths, cover), "");
    }
}
