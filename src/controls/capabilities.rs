//! No container gets a capability beyond those that are dropped.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Stack};

/// No capability is added.
pub(super) struct Capabilities;

impl Control for Capabilities {
    fn page(&self) -> &'static Page {
        &Page {
            id: "capabilities",
            title: "No container is given a capability",
            section: Section::Containers,
            severity: Severity::High,
            why: "Each capability is a piece of root's power: CAP_NET_ADMIN changes the network, \
                  CAP_SYS_ADMIN nearly everything. A known image that must start as root keeps \
                  exactly those that it needs, and is printed as an exception.",
            example: indoc! {"
                exceptions:
                  - {control: capabilities, service: vpn, reason: 'makes its own interface'}
            "},
            references: &[
                "CIS Docker 5.4",
                "OWASP Docker rule 3",
                "KICS ce76b7d0",
                "compose-lint CL-0011",
                "compose-lint CL-0024",
                "compose-lint CL-0027",
                "compose-lint CL-0028",
                "compose-lint CL-0029",
                "compose-lint CL-0030",
            ],
            enforced_in: "compose.yaml: no `cap_add`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let added: Vec<&str> = service.capabilities_added.iter().map(String::as_str).collect();
            (!added.is_empty()).then(|| {
                Found::in_value(
                    &service.capabilities_added,
                    format!("it is given {}", added.join(", ")),
                    "remove `cap_add`, or declare an exception for the control `capabilities`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.capabilities_added.mend(Default::default(), self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    fn net_admin(stack: &mut Stack) {
        app(stack).capabilities_added = written(["NET_ADMIN".to_owned()].into());
    }

    #[test]
    fn fires_on_an_added_capability() {
        assert_eq!(places(&Capabilities, net_admin), "service app");
    }

    #[test]
    fn spares_dockers_default_set() {
        assert_eq!(places(&Capabilities, |_| {}), "");
        assert_eq!(mended(&Capabilities, net_admin), "");
    }
}
