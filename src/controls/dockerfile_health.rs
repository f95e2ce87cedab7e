//! An image can be asked wherever it runs.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, builds, service_at, services,
};
use crate::stack::{Place, Recipe, Runtime, Stack};

/// Built images carry their health check.
pub(super) struct DockerfileHealth;

impl Control for DockerfileHealth {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dockerfile-health",
            title: "Built images carry their health check",
            section: Section::Images,
            severity: Severity::Low,
            why: "A check in the Compose file is lost where the image is run by hand, by another \
                  tool or by an orchestrator that reads only the image.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: python}
                    health: /health
            "},
            references: &[
                "CIS Docker 4.6",
                "hadolint DL3057",
                "checkov CKV_DOCKER_2",
                "trivy DS-0026",
                "KICS b03a748a",
            ],
            enforced_in: "services/NAME/Dockerfile: `HEALTHCHECK`",
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
                (recipe.runtime != Runtime::Own && !*recipe.health_check).then(|| {
                    Found::in_value(
                        &recipe.health_check,
                        "the image has no health check",
                        "nothing",
                    )
                })
            };
            service.recipe.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at) {
            service.recipe.iter_mut().for_each(|recipe| recipe.health_check.mend(true, self.id()));
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
        assert_eq!(places(&DockerfileHealth, |_| {}), "service app");
        assert_eq!(mended(&DockerfileHealth, |_| {}), "");
    }

    #[test]
    fn spares_the_own_dockerfile_of_a_project() {
        assert_eq!(places(&DockerfileHealth, |s| app(s).recipe[0].runtime = Runtime::Own), "");
        assert_eq!(
            places(&DockerfileHealth, |s| app(s).recipe[0].health_check = written(true)),
            ""
        );
    }
}
