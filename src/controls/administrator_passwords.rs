//! A database's administrator is nobody's account.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, Role, Secret, SecretKind, SecretName, ServiceName, Stack};

/// A database administrator's password is read by the database alone.
pub(super) struct AdministratorPasswords;

impl Control for AdministratorPasswords {
    fn page(&self) -> &'static Page {
        &Page {
            id: "administrator-passwords",
            title: "A database administrator's password is read by the database alone",
            section: Section::Secrets,
            severity: Severity::High,
            why: "Every consumer has a role of its own with least rights. A service that signs in \
                  as the administrator can read and change what belongs to all others, and change \
                  their passwords.",
            example: indoc! {"
                services:
                  app: {needs: [postgres], secrets: [database_url]}
                secrets:
                  database_url: {template: 'postgres://app:{{ postgres_app_password }}@postgres:5432/app'}
            "},
            references: &["CIS PostgreSQL", "OWASP Database Security Cheat Sheet", "CWE-250"],
            enforced_in: "compose.yaml: `secrets`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !owners(stack).is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let owners = owners(stack);
        let mut found = Vec::new();
        for (name, service) in &stack.services {
            for used in &service.secrets {
                let made_of =
                    stack.secrets.get(&used.secret).map(template_parts).unwrap_or_default();
                for secret in made_of.into_iter().chain([&used.secret]) {
                    if owners.get(secret).is_some_and(|owner| *owner != name) {
                        let words = format!("{name} reads it too");
                        let found_here = Found::from(&service.origin, words, ADVICE);
                        found.push(found_here.at(Place::Secret(secret.clone())));
                    }
                }
            }
        }
        found
    }
}

/// Known images' own passwords, each with the service whose administrator it is for.
fn owners(stack: &Stack) -> BTreeMap<&SecretName, &ServiceName> {
    let mut owners = BTreeMap::new();
    for (name, service) in &stack.services {
        let password = format!("{}_password", name.as_str().replace('-', "_"));
        if matches!(service.role, Role::Known(_))
            && let Some((secret, _)) = stack.secrets.get_key_value(password.as_str())
        {
            owners.insert(secret, name);
        }
    }
    owners
}

const ADVICE: &str = "give the service the password of its own role, SERVICE_CONSUMER_password";

/// What a text joined from other secrets shows to its reader; verifiers show nothing.
fn template_parts(secret: &Secret) -> Vec<&SecretName> {
    match &secret.kind {
        SecretKind::Template(_) => secret.kind.parts(),
        SecretKind::Generated(_) | SecretKind::Provided | SecretKind::Derived(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::{
        Delivery, Format, Part, SecretUse,
        testing::{generated, secret_name},
    };

    #[test]
    fn fires_on_a_consumer_that_reads_it() {
        assert_eq!(
            places(&AdministratorPasswords, |s| read(s, "db_password")),
            "secret db_password"
        );
        let url = |s: &mut Stack| {
            let kind = SecretKind::Template(Format(vec![Part::Secret(secret_name("db_password"))]));
            s.secrets.insert(secret_name("url"), Secret { kind, ..generated(9) });
            read(s, "url");
        };
        assert_eq!(places(&AdministratorPasswords, url), "secret db_password");
    }

    #[test]
    fn spares_the_database_and_roles_of_consumers() {
        assert_eq!(places(&AdministratorPasswords, |s| read(s, "db_app_password")), "");
    }

    fn read(stack: &mut Stack, name: &str) {
        app(stack).secrets.push(SecretUse { secret: secret_name(name), delivery: Delivery::File });
    }
}
