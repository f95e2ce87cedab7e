//! A declared secret is never part of the Compose file.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Delivery, SecretUse, Stack};

/// Every declared secret reaches its service as a file.
pub(super) struct SecretsAsFiles;

impl Control for SecretsAsFiles {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secrets-as-files",
            title: "Declared secrets reach their services as files",
            section: Section::Secrets,
            severity: Severity::High,
            why: "A value in `environment:` is in the repository, in `docker inspect`, in every \
                  backup of the project and in the history of all of them. As a file below \
                  /run/secrets it is in the memory of the host and in the services that declare \
                  it.",
            example: indoc! {"
                services:
                  app:
                    secrets: [database_url]
                secrets:
                  database_url: {provided: true}
            "},
            references: &["OWASP Docker rule 12", "compose-lint CL-0020", "compose-auditor SEC005"],
            enforced_in: "compose.yaml: `secrets`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(|service| !service.secrets.is_empty())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |used: &SecretUse| {
                let Delivery::Plain(variable) = &used.delivery else { return None };
                Some(Found::from(
                    &service.origin,
                    format!("the value of {variable} is in plain sight of `docker inspect`"),
                    "declare it below `secrets:`, replace it, and let the service read the file",
                ))
            };
            service.secrets.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::SettingName;

    #[test]
    fn fires_on_a_value_in_the_file() {
        assert_eq!(places(&SecretsAsFiles, |s| deliver(s, Delivery::Plain)), "service app");
    }

    #[test]
    fn spares_files_and_generated_entrypoints() {
        assert_eq!(places(&SecretsAsFiles, |s| deliver(s, Delivery::Variable)), "");
        assert_eq!(places(&SecretsAsFiles, |_| {}), "");
    }

    fn deliver(stack: &mut Stack, by: fn(SettingName) -> Delivery) {
        app(stack).secrets[0].delivery = by(SettingName::new("DB_PASSWORD").unwrap());
    }
}
