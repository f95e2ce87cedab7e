//! A project's own Dockerfile is its own to judge.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Recipe, Runtime, Stack};

/// A Dockerfile that we did not write is judged by its author.
pub(super) struct OwnDockerfile;

impl Control for OwnDockerfile {
    fn page(&self) -> &'static Page {
        &Page {
            id: "own-dockerfile",
            title: "A project's own Dockerfile is as strict as a generated one",
            section: Section::Images,
            severity: Severity::Medium,
            why: "A service that brings its own Dockerfile is built as it says: this tool does not \
                  read it. Compose settings hold, but user, health check, bases and what is copied \
                  are in that file.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, dockerfile: Dockerfile}
            "},
            references: &["CIS Docker 4.1", "CIS Docker 4.6", "CIS Docker 4.10"],
            enforced_in: "the project's Dockerfile",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |recipe: &Recipe| {
                (recipe.runtime == Runtime::Own).then(|| {
                    Found::from(
                        &recipe.origin,
                        format!("it is built by {}", recipe.dockerfile),
                        ADVICE,
                    )
                })
            };
            service.recipe.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

const ADVICE: &str = "see that it pins its base by digest, ends with a numeric USER, has a \
     HEALTHCHECK, copies no secret, and passes hadolint";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;

    #[test]
    fn fires_on_an_own_dockerfile() {
        assert_eq!(
            places(&OwnDockerfile, |s| app(s).recipe[0].runtime = Runtime::Own),
            "service app"
        );
    }

    #[test]
    fn spares_generated_ones() {
        assert_eq!(places(&OwnDockerfile, |_| {}), "");
    }
}
