//! Settings hold nothing secret.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::diagnostic::looks_secret;
use crate::stack::{Recipe, SettingName, SettingValue, Sourced, Stack};

/// No setting looks like a secret.
pub(super) struct SecretLookingSettings;

impl Control for SecretLookingSettings {
    fn page(&self) -> &'static Page {
        &Page {
            id: "secret-looking-settings",
            title: "No setting looks like a secret",
            section: Section::Secrets,
            severity: Severity::High,
            why: "Settings are committed, printed by `docker inspect` and shown to everybody who \
                  reads the description. What looks like a password there is one more often than \
                  not: by its name, as a URL with a password, or as a long random value.",
            example: indoc! {"
                services:
                  app:
                    settings: {REGION: eu-west-1}
                    secrets: [stripe_key]
            "},
            references: &[
                "CIS Docker 4.10",
                "compose-lint CL-0020",
                "compose-lint CL-0021",
                "CWE-798",
            ],
            enforced_in: "compose.yaml: `environment`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |(name, value): (&SettingName, &Sourced<SettingValue>)| {
                let SettingValue::Text(text) = &**value else { return None };
                looks_secret(name.as_str(), text).then(|| {
                    Found::in_value(
                        value,
                        format!("{name} looks like a secret"),
                        "declare it below `secrets:`, or an exception where it is none",
                    )
                })
            };
            let settings = service.settings.iter().filter_map(found);
            let built = service.recipe.iter().flat_map(arguments);
            settings.chain(built).collect::<Vec<_>>()
        })
    }
}

/// Build arguments that look like secrets: they stand in the Compose file and in the image's history.
fn arguments(recipe: &Recipe) -> impl Iterator<Item = Found> {
    let secret = |(name, value): &(&String, &String)| looks_secret(name, value);
    recipe.arguments.iter().filter(secret).map(|(name, _)| {
        Found::from(
            &recipe.origin,
            format!("the build argument {name} looks like a secret"),
            "hand it over while it runs: `secrets:`, or an exception where it is none",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_password() {
        assert_eq!(
            places(&SecretLookingSettings, |s| set(s, "DB_PASSWORD", "correct-horse-7")),
            "service app"
        );
    }

    #[test]
    fn fires_on_a_token_that_a_build_takes() {
        let build = |stack: &mut crate::stack::Stack| {
            let recipe = app(stack).recipe.first_mut().unwrap();
            recipe.arguments.insert("NPM_TOKEN".to_owned(), "correct-horse-7".to_owned());
        };
        assert_eq!(places(&SecretLookingSettings, build), "service app");
    }

    #[test]
    fn spares_times_paths_and_addresses() {
        for (name, value) in
            [("AUTH_TOKEN_TTL_SECONDS", "3600"), ("DB_PASSWORD_FILE", "/run/secrets/db")]
        {
            assert_eq!(places(&SecretLookingSettings, |s| set(s, name, value)), "", "{name}");
        }
    }

    fn set(stack: &mut Stack, name: &str, value: &str) {
        let value = written(SettingValue::Text(value.to_owned()));
        app(stack).settings.insert(SettingName::new(name).unwrap(), value);
    }
}
