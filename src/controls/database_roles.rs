//! One role, one service.

use std::collections::{BTreeMap, BTreeSet};

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, SecretKind, SecretName, ServiceName, Stack};

/// A role in a database is used by the one service that it was made for.
pub(super) struct DatabaseRoles;

impl Control for DatabaseRoles {
    fn page(&self) -> &'static Page {
        &Page {
            id: "database-roles",
            title: "A role in a database is used by the one service that it was made for",
            section: Section::Secrets,
            severity: Severity::High,
            why: "A service that reads another one's connection URL signs in under its name: it \
                  may do whatever the other may, the database's log cannot tell them apart, and \
                  neither password can be replaced without the other service.",
            example: indoc! {"
                services:
                  worker: {needs: [postgres], secrets: [worker_url]}
                  postgres: {use: 'postgres:17', databases: {app: [api, worker]}}
                secrets:
                  worker_url: {template: 'postgres://worker:{{ postgres_worker_password }}@postgres:5432/app'}
            "},
            references: &["OWASP Database Security Cheat Sheet", "CWE-269"],
            enforced_in: "compose.yaml: `secrets`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !roles(stack).is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let roles = roles(stack);
        let mut found = BTreeMap::new();
        for (name, service) in &stack.services {
            for used in &service.secrets {
                for password in shown(stack, &used.secret) {
                    let Some((database, role)) = roles.get(password) else { continue };
                    if *role == name || *database == name {
                        continue;
                    }
                    let words = format!("{name} reads it and can act as {role} in {database}");
                    let own = format!("{database}_{name}_password").replace('-', "_");
                    let advice = format!(
                        "give {name} a role of its own: a secret with `{{{{ {own} }}}}` in its \
                         template, and its name in `databases:` where there is one; an exception where both \
                         are to be one user"
                    );
                    let violation = Found::from(&service.origin, words, advice);
                    let place = Place::Secret(used.secret.clone());
                    found.insert((used.secret.clone(), name), violation.at(place));
                }
            }
        }
        found.into_values().collect()
    }
}

/// The passwords of roles, each with its database's service and the service that it is for.
fn roles(stack: &Stack) -> BTreeMap<&SecretName, (&ServiceName, &ServiceName)> {
    let mut roles = BTreeMap::new();
    for (database, service) in &stack.services {
        for secret in service.secrets.iter().filter_map(|used| stack.secrets.get(&used.secret)) {
            if let SecretKind::Derived(derived) = &secret.kind {
                let accounts = derived.accounts().into_iter();
                roles.extend(accounts.map(|(role, password)| (password, (database, role))));
            }
        }
    }
    roles
}

/// What the reader of `secret` can take from it: itself, and whatever its text is joined from.
fn shown<'a>(stack: &'a Stack, secret: &'a SecretName) -> BTreeSet<&'a SecretName> {
    let (mut shown, mut left) = (BTreeSet::new(), vec![secret]);
    while let Some(name) = left.pop() {
        if shown.insert(name)
            && let Some(secret) = stack.secrets.get(name)
            && matches!(secret.kind, SecretKind::Template(_))
        {
            left.extend(secret.kind.parts());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, places};
    use super::*;
    use crate::stack::{
        Delivery, Derived, Format, Part, RedisUser, Secret, SecretUse,
        testing::{generated, secret_name, service},
    };

    #[test]
    fn fires_on_a_worker_that_reads_anothers_url() {
        let share = |s: &mut Stack| {
            with_roles(s);
            let mut worker = app(s).clone();
            worker.secrets = vec![uses("url")];
            s.services.insert(service("worker"), worker);
        };
        assert_eq!(places(&DatabaseRoles, share), "secret url");
    }

    #[test]
    fn spares_the_service_that_the_role_is_for_and_the_database() {
        let both = |s: &mut Stack| {
            with_roles(s);
            db(s).secrets.push(uses("db_app_password"));
        };
        assert_eq!(places(&DatabaseRoles, both), "");
    }

    /// The sample's application has a user in the database, and reads its password in a URL.
    fn with_roles(stack: &mut Stack) {
        let user = RedisUser { user: service("app"), password: secret_name("db_app_password") };
        let acl = SecretKind::Derived(Derived::RedisAcl(vec![user]));
        let url = SecretKind::Template(Format(vec![Part::Secret(secret_name("db_app_password"))]));
        for (name, kind) in [("db_acl", acl), ("url", url)] {
            stack.secrets.insert(secret_name(name), Secret { kind, ..generated(9) });
        }
        db(stack).secrets.push(uses("db_acl"));
        app(stack).secrets.push(uses("url"));
    }

    fn uses(name: &str) -> SecretUse {
        SecretUse { secret: secret_name(name), delivery: Delivery::File }
    }
}
