//! Memory that is mounted holds data, never programs.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Violation, service_at, services};
use crate::stack::{Bytes, Place, Sourced, Stack, Tmpfs};

/// Mounts of memory are small and hold no programs.
pub(super) struct TmpfsOptions;

impl Control for TmpfsOptions {
    fn page(&self) -> &'static Page {
        &Page {
            id: "tmpfs-options",
            title: "Mounts of memory are bounded and hold no programs",
            section: Section::Containers,
            why: "A path that can be written and executed is where an intruder unpacks tools. \
                  Without a size, a mount of memory takes up to half of the host's.",
            example: indoc! {"
                services:
                  app:
                    compose:
                      tmpfs: ['/tmp:noexec,nosuid,nodev,size=64m']
            "},
            references: &["OWASP Docker rule 8", "compose-lint CL-0022"],
            enforced_in: "compose.yaml: options of `tmpfs`",
            refuses: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(path, tmpfs): (&String, &Sourced<Tmpfs>)| {
                let wrong = wrong(tmpfs);
                (!wrong.is_empty()).then(|| {
                    Found::in_value(
                        tmpfs,
                        format!("{path}: {}", wrong.join(", ")),
                        "where programs must run from it, declare an exception",
                    )
                })
            };
            service.tmpfs.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        for tmpfs in service.tmpfs.values_mut().filter(|tmpfs| !wrong(tmpfs).is_empty()) {
            let size = if tmpfs.size == Bytes(0) { SIZE } else { tmpfs.size };
            let safe = Tmpfs { size, exec: false, suid: false, dev: false, ..(**tmpfs).clone() };
            tmpfs.mend(safe, self.id());
        }
    }
}

/// A guess for a mount whose size nobody said.
const SIZE: Bytes = Bytes(64 << 20);

fn wrong(tmpfs: &Tmpfs) -> Vec<&'static str> {
    let flags = [
        (tmpfs.exec, "programs may be run"),
        (tmpfs.suid, "set-user-id programs take effect"),
        (tmpfs.dev, "device nodes take effect"),
        (tmpfs.size == Bytes(0), "no size"),
    ];
    flags.into_iter().filter(|(wrong, _)| *wrong).map(|(_, words)| words).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_exec_and_on_no_size() {
        for tmpfs in [tmpfs(1, true), tmpfs(0, false)] {
            let change =
                |s: &mut Stack| drop(app(s).tmpfs.insert("/tmp".to_owned(), written(tmpfs)));
            assert_eq!(places(&TmpfsOptions, change.clone()), "service app");
            assert_eq!(mended(&TmpfsOptions, change), "");
        }
    }

    #[test]
    fn spares_a_bounded_one() {
        let change =
            |s: &mut Stack| drop(app(s).tmpfs.insert("/tmp".to_owned(), written(tmpfs(1, false))));
        assert_eq!(places(&TmpfsOptions, change), "");
    }

    fn tmpfs(size: u64, exec: bool) -> Tmpfs {
        Tmpfs { size: Bytes(size), exec, ..Tmpfs::default() }
    }
}
