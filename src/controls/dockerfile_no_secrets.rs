//! No secret gets into an image.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, builds, service_at, services,
};
use crate::stack::{Place, Recipe, Runtime, Stack};

/// Secrets stay out of the build.
pub(super) struct DockerfileNoSecrets;

impl Control for DockerfileNoSecrets {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dockerfile-no-secrets",
            title: "Secrets stay out of the build",
            section: Section::Images,
            severity: Severity::Medium,
            why: "What is copied into a layer stays there, also when a later one removes it. \
                  `.env`, `secrets/`, `deploy/` and `.git` are kept from the builder altogether.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: node, lock: pnpm-lock.yaml}
            "},
            references: &[
                "CIS Docker 4.10",
                "OWASP Docker rule 12",
                "KICS c3e1b6ae",
                "dockle CIS-DI-0010",
            ],
            enforced_in: "services/NAME/Dockerfile.dockerignore",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        builds(stack)
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |recipe: &Recipe| {
                (recipe.runtime != Runtime::Own && !*recipe.ignores_secrets).then(|| {
                    Found::in_value(
                        &recipe.ignores_secrets,
                        "the builder gets the whole folder, `.env` and `.git` included",
                        "build with BuildKit: the classic builder does not read this file",
                    )
                })
            };
            service.recipe.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service
                .recipe
                .iter_mut()
                .for_each(|recipe| recipe.ignores_secrets.mend(true, self.id()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_bare_dockerfile() {
        assert_eq!(places(&DockerfileNoSecrets, |_| {}), "service app");
        assert_eq!(mended(&DockerfileNoSecrets, |_| {}), "");
    }

    #[test]
    fn spares_the_own_dockerfile_of_a_project() {
        assert_eq!(places(&DockerfileNoSecrets, |s| app(s).recipe[0].runtime = Runtime::Own), "");
        assert_eq!(
            places(&DockerfileNoSecrets, |s| app(s).recipe[0].ignores_secrets = written(true)),
            ""
        );
    }
}
