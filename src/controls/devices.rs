//! No container holds a device of the host.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::Stack;

/// No device of the host is passed on.
pub(super) struct Devices;

impl Control for Devices {
    fn page(&self) -> &'static Page {
        &Page {
            id: "devices",
            title: "No device of the host is passed on",
            section: Section::Containers,
            severity: Severity::High,
            why: "A disk's device is the whole disk, /dev/mem the host's memory; a GPU's driver is \
                  a large piece of kernel to attack. Each device that is really needed is worth a \
                  sentence.",
            example: indoc! {"
                exceptions:
                  - {control: devices, service: embeddings, reason: 'computes on the GPU'}
            "},
            references: &["CIS Docker 5.18", "compose-lint CL-0016"],
            enforced_in: "compose.yaml: no `devices`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            (!service.devices.is_empty()).then(|| {
                Found::in_value(
                    &service.devices,
                    format!("it is given {}", service.devices.join(", ")),
                    "remove `devices`, or declare an exception for the control `devices`",
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_device() {
        assert_eq!(
            places(&Devices, |s| app(s).devices = written(vec!["/dev/sda".to_owned()])),
            "service app"
        );
    }

    #[test]
    fn spares_dockers_default() {
        assert_eq!(places(&Devices, |_| {}), "");
    }
}
