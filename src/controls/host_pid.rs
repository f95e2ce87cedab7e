//! No container sees the host's processes.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Namespace, Place, Stack};

/// Every container has its own process namespace.
pub(super) struct HostPid;

impl Control for HostPid {
    fn page(&self) -> &'static Page {
        &Page {
            id: "host-pid",
            title: "Every container has its own process namespace",
            section: Section::Containers,
            severity: Severity::High,
            why: "In the host's process namespace a program sees the arguments and environment of \
                  every process of its user, and may signal or trace them.",
            example: indoc! {"
                exceptions:
                  - {control: host-pid, service: monitor, reason: 'counts processes of the host'}
            "},
            references: &["CIS Docker 5.16", "KICS 4f31dd9f", "compose-lint CL-0010"],
            enforced_in: "compose.yaml: no `pid:`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let shared = match &*service.pid_namespace {
                Namespace::Host => "the host's".to_owned(),
                Namespace::Other(whose) => format!("that of {whose}"),
                Namespace::Private | Namespace::Shareable => return None,
            };
            Some(Found::in_value(
                &service.pid_namespace,
                format!("the process namespace is {shared}"),
                "remove `pid`",
            ))
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.pid_namespace.mend(Namespace::Private, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_the_hosts_namespace() {
        let host = |s: &mut Stack| app(s).pid_namespace = written(Namespace::Host);
        assert_eq!(places(&HostPid, host), "service app");
    }

    #[test]
    fn spares_dockers_default() {
        assert_eq!(places(&HostPid, |_| {}), "");
        let other =
            |s: &mut Stack| app(s).pid_namespace = written(Namespace::Other("service:db".into()));
        assert_eq!(mended(&HostPid, other), "");
    }
}
