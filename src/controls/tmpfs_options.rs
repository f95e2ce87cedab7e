//! Memory that is mounted holds data, never programs.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Sourced, Stack, Tmpfs};

/// Mounts of memory hold no programs.
pub(super) struct TmpfsOptions;

impl Control for TmpfsOptions {
    fn page(&self) -> &'static Page {
        &Page {
            id: "tmpfs-options",
            title: "Mounts of memory hold no programs",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "A path that can be written and executed is where an intruder unpacks tools; a \
                  set-user-id file or a device node on it is a way to root.",
            example: indoc! {"
                services:
                  app:
                    compose:
                      tmpfs: ['/tmp:noexec,nosuid,nodev,size=64m']
            "},
            references: &["OWASP Docker rule 8", "compose-lint CL-0022"],
            enforced_in: "compose.yaml: `noexec,nosuid,nodev`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(path, tmpfs): (&String, &Sourced<Tmpfs>)| {
                let words: Vec<&str> = wrong(tmpfs).collect();
                (!words.is_empty()).then(|| {
                    let words = format!("{path}: {}", words.join(", "));
                    Found::in_value(
                        tmpfs,
                        words,
                        "where programs must run from it, declare an exception",
                    )
                })
            };
            service.tmpfs.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        for tmpfs in service.tmpfs.values_mut().filter(|tmpfs| wrong(tmpfs).next().is_some()) {
            let safe = Tmpfs { exec: false, suid: false, dev: false, ..(**tmpfs).clone() };
            // Who wrote it stays known: its size is judged by itself.
            let origin = tmpfs.origin().clone();
            *tmpfs = Sourced::from(safe, origin);
        }
    }
}

fn wrong(tmpfs: &Tmpfs) -> impl Iterator<Item = &'static str> + use<> {
    let flags = [
        (tmpfs.exec, "programs may be run"),
        (tmpfs.suid, "set-user-id programs take effect"),
        (tmpfs.dev, "device nodes take effect"),
    ];
    flags.into_iter().filter(|(wrong, _)| *wrong).map(|(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_programs_may_run() {
        let exec = |s: &mut Stack| {
            let tmpfs = Tmpfs { exec: true, ..Tmpfs::default() };
            app(s).tmpfs.insert("/tmp".to_owned(), written(tmpfs));
        };
        assert_eq!(places(&TmpfsOptions, exec), "service app");
        assert_eq!(mended(&TmpfsOptions, exec), "");
    }

    #[test]
    fn spares_dockers_own_options() {
        let plain =
            |s: &mut Stack| drop(app(s).tmpfs.insert("/tmp".to_owned(), Sourced::default()));
        assert_eq!(places(&TmpfsOptions, plain), "");
    }
}
