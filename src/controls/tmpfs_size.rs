//! Memory that is mounted has an end.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Bytes, Place, Sourced, Stack, Tmpfs};

/// Mounts of memory have a size.
pub(super) struct TmpfsSize;

impl Control for TmpfsSize {
    fn page(&self) -> &'static Page {
        &Page {
            id: "tmpfs-size",
            title: "Mounts of memory have a size",
            section: Section::Containers,
            severity: Severity::Low,
            why: "Without a size a mount of memory takes up to half of the host's, or all of the \
                  container's limit: one upload that is not removed ends the service.",
            example: indoc! {"
                services:
                  app:
                    compose:
                      tmpfs: ['/tmp:size=64m']
            "},
            references: &["OWASP Docker rule 7", "OWASP Docker rule 8", "CIS Docker 5.11"],
            enforced_in: "compose.yaml: `,size=`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let endless = service.tmpfs.iter().filter(|(_, tmpfs)| tmpfs.size == Bytes(0));
            endless
                .map(|(path, tmpfs)| {
                    let advice = "the size is a guess: write `size=` where another fits";
                    Found::in_value(tmpfs, format!("{path} has no size"), advice)
                })
                .collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        for tmpfs in service.tmpfs.values_mut().filter(|tmpfs| tmpfs.size == Bytes(0)) {
            let origin = tmpfs.origin().clone();
            *tmpfs = Sourced::from(Tmpfs { size: SIZE, ..(**tmpfs).clone() }, origin);
        }
    }
}

/// A guess: enough for sockets, locks and small uploads.
const SIZE: Bytes = Bytes(64 << 20);

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_mount_without_a_size() {
        let endless =
            |s: &mut Stack| drop(app(s).tmpfs.insert("/run".to_owned(), written(Tmpfs::default())));
        assert_eq!(places(&TmpfsSize, endless), "service app");
        assert_eq!(mended(&TmpfsSize, endless), "");
    }

    #[test]
    fn spares_a_small_one() {
        let small = |s: &mut Stack| {
            let tmpfs = Tmpfs { size: Bytes(1), ..Tmpfs::default() };
            app(s).tmpfs.insert("/run".to_owned(), written(tmpfs));
        };
        assert_eq!(places(&TmpfsSize, small), "");
    }
}
