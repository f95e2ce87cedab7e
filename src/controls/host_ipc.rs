//! No container shares memory with another, or with the host.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Namespace, Place, Stack};

/// Shared memory belongs to one container alone.
pub(super) struct HostIpc;

impl Control for HostIpc {
    fn page(&self) -> &'static Page {
        &Page {
            id: "host-ipc",
            title: "Shared memory belongs to one container alone",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "Docker's default lets another container join a container's shared memory, and \
                  `ipc: host` joins the host's: a program can read and change what others keep \
                  there.",
            example: indoc! {"
                services:
                  app:
                    ipc: private
            "},
            references: &["CIS Docker 5.17", "KICS baa3890f", "compose-lint CL-0010"],
            enforced_in: "compose.yaml: `ipc: private`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let words = match &*service.ipc_namespace {
                Namespace::Private => return None,
                Namespace::Shareable => "other containers may join its shared memory".to_owned(),
                Namespace::Host => "it shares the host's memory segments".to_owned(),
                Namespace::Other(whose) if whose == "none" => return None,
                Namespace::Other(whose) => format!("it shares memory with {whose}"),
            };
            Some(Found::in_value(&service.ipc_namespace, words, "remove `ipc`"))
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.ipc_namespace.mend(Namespace::Private, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_dockers_default() {
        assert_eq!(places(&HostIpc, |_| {}), "service app, service db, service gateway");
    }

    #[test]
    fn spares_a_private_namespace() {
        let private = |s: &mut Stack| app(s).ipc_namespace = written(Namespace::Private);
        assert_eq!(places(&HostIpc, private), "service db, service gateway");
        assert_eq!(mended(&HostIpc, |s| app(s).ipc_namespace = written(Namespace::Host)), "");
    }
}
