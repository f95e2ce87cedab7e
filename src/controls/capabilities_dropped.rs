//! Docker's default capabilities are taken away.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Role, Service, Stack};

/// Every capability is dropped.
pub(super) struct CapabilitiesDropped;

/// The gateway's drop list names this one as well: KICS bc2908f3 accepts only the name where
/// ports below 1024 are published.
const PRIVILEGED_PORTS: &str = "NET_BIND_SERVICE";

impl Control for CapabilitiesDropped {
    fn page(&self) -> &'static Page {
        &Page {
            id: "capabilities-dropped",
            title: "Every capability is dropped",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "Docker leaves fourteen capabilities to each container, among them CAP_NET_RAW \
                  (forge packets), CAP_SETUID and CAP_DAC_OVERRIDE. A program that serves on a \
                  port above 1023 needs none.",
            example: indoc! {"
                services:
                  app:
                    cap_drop: [ALL]
            "},
            references: &[
                "CIS Docker 5.4",
                "OWASP Docker rule 3",
                "KICS ce76b7d0",
                "KICS bc2908f3",
                "compose-lint CL-0006",
            ],
            enforced_in: "compose.yaml: `cap_drop`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let dropped = &service.capabilities_dropped;
            wanted(service).any(|name| !dropped.contains(name)).then(|| {
                Found::in_value(
                    dropped,
                    "it keeps capabilities of Docker's default set",
                    "where a program needs one, add it with an exception for `capabilities`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            let mut dropped = (*service.capabilities_dropped).clone();
            dropped.extend(wanted(service).map(str::to_owned));
            service.capabilities_dropped.mend(dropped, self.id());
        }
    }
}

fn wanted(service: &Service) -> impl Iterator<Item = &'static str> + use<> {
    let named = (service.role == Role::Gateway).then_some(PRIVILEGED_PORTS);
    ["ALL"].into_iter().chain(named)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_not_all_are_dropped() {
        let some =
            |s: &mut Stack| app(s).capabilities_dropped = written(["NET_RAW".to_owned()].into());
        assert_eq!(places(&CapabilitiesDropped, some), "service app, service db, service gateway");
    }

    #[test]
    fn spares_all() {
        let all = |s: &mut Stack| app(s).capabilities_dropped = written(["ALL".to_owned()].into());
        assert_eq!(places(&CapabilitiesDropped, all), "service db, service gateway");
        assert_eq!(mended(&CapabilitiesDropped, all), "");
    }
}
