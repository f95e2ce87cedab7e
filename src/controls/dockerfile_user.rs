//! An image is not run as root by whoever runs it.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, builds, service_at, services,
};
use super::user::{BUILT, wanted};
use crate::stack::{Place, Recipe, Runtime, Stack, User};

/// Built images have a numbered user.
pub(super) struct DockerfileUser;

impl Control for DockerfileUser {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dockerfile-user",
            title: "Built images have a numbered user",
            section: Section::Images,
            severity: Severity::Medium,
            why: "The user in the Compose file holds in this stack only. In the image it holds \
                  wherever it runs, and files and folders are made for it.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: python}
                    user: '10001:10001'
            "},
            references: &[
                "CIS Docker 4.1",
                "hadolint DL3002",
                "checkov CKV_DOCKER_3",
                "trivy DS-0002",
                "KICS fd54f200",
            ],
            enforced_in: "services/NAME/Dockerfile: `USER`",
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
                let numbered = matches!(*recipe.user, User::Numeric { uid, .. } if uid != 0);
                (recipe.runtime != Runtime::Own && !numbered).then(|| {
                    Found::in_value(&recipe.user, "the image runs as root", "write `user:`")
                })
            };
            service.recipe.iter().filter_map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        let user = wanted(service).unwrap_or(BUILT);
        service.recipe.iter_mut().for_each(|recipe| recipe.user.mend(user.clone(), self.id()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_the_bases_user() {
        assert_eq!(places(&DockerfileUser, |_| {}), "service app");
        assert_eq!(mended(&DockerfileUser, |_| {}), "");
    }

    #[test]
    fn spares_a_number() {
        assert_eq!(places(&DockerfileUser, |s| app(s).recipe[0].user = written(BUILT)), "");
    }
}
