//! What stands in an environment is known.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Delivery, SecretUse, Stack};

/// Programs read secrets from files, not from their environment.
pub(super) struct EnvironmentSecrets;

impl Control for EnvironmentSecrets {
    fn page(&self) -> &'static Page {
        &Page {
            id: "environment-secrets",
            title: "Programs read secrets from files, not from their environment",
            section: Section::Secrets,
            severity: Severity::Medium,
            why: "`env_secrets` serves programs that read nothing else, through an entrypoint that \
                  exports the files. The value is then in the environment of that process: in \
                  /proc for its user, in crash reports, and in every child.",
            example: indoc! {"
                services:
                  app:
                    env_secrets: {SESSION_KEY: session_key}
            "},
            references: &["CWE-526", "OWASP Docker rule 12"],
            enforced_in: "compose.yaml: `secrets`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(|service| !service.secrets.is_empty())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let variable = |used: &SecretUse| match &used.delivery {
                Delivery::Variable(variable) => Some(variable.to_string()),
                Delivery::File
                | Delivery::FileVariable(_)
                | Delivery::Folder
                | Delivery::Plain(_) => None,
            };
            let variables: Vec<String> = service.secrets.iter().filter_map(variable).collect();
            (!variables.is_empty()).then(|| {
                let words = format!("in its process's environment: {}", variables.join(", "));
                let advice = if service.recipe.is_empty() { OF_AN_IMAGE } else { OF_OUR_OWN };
                Found::from(&service.origin, words, advice)
            })
        })
    }
}

const OF_OUR_OWN: &str = "let the program read the file that NAME_FILE names, then move the secret \
     from `env_secrets:` to `secrets:`";
const OF_AN_IMAGE: &str = "where a version of the image reads `NAME_FILE`, move the secret from \
     `env_secrets:` to `secrets:`; keep crash reports and access to the host to few";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::SettingName;

    #[test]
    fn fires_on_an_environment_variable() {
        assert_eq!(places(&EnvironmentSecrets, |s| deliver(s, Delivery::Variable)), "service app");
    }

    #[test]
    fn spares_files() {
        assert_eq!(places(&EnvironmentSecrets, |s| deliver(s, Delivery::FileVariable)), "");
    }

    fn deliver(stack: &mut Stack, by: fn(SettingName) -> Delivery) {
        app(stack).secrets[0].delivery = by(SettingName::new("DB_PASSWORD").unwrap());
    }
}
