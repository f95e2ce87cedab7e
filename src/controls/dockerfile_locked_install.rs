//! What is installed is what was locked.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, builds, service_at, services,
};
use crate::stack::{Place, Recipe, Runtime, Stack};

/// Dependencies are installed from a lock file.
pub(super) struct DockerfileLockedInstall;

impl Control for DockerfileLockedInstall {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dockerfile-locked-install",
            title: "Dependencies are installed from a lock file",
            section: Section::Images,
            severity: Severity::Low,
            why: "Without a lock a build today installs other code than yesterday, and a package \
                  that was taken over arrives by itself. With it, versions and hashes are those \
                  that were reviewed.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: python, lock: requirements.txt}
            "},
            references: &[
                "OWASP Docker rule 13",
                "OWASP Top 10 A06:2021",
                "SLSA Build L1",
                "KICS 02d9c71f",
                "KICS e36d8880",
            ],
            enforced_in: "services/NAME/Dockerfile: the line that installs",
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
                (recipe.runtime != Runtime::Own && !*recipe.locked_install).then(|| {
                    Found::in_value(
                        &recipe.locked_install,
                        "dependencies are installed without a lock",
                        "commit the lock file that `lock:` names",
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
                .for_each(|recipe| recipe.locked_install.mend(true, self.id()));
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
        assert_eq!(places(&DockerfileLockedInstall, |_| {}), "service app");
        assert_eq!(mended(&DockerfileLockedInstall, |_| {}), "");
    }

    #[test]
    fn spares_the_own_dockerfile_of_a_project() {
        assert_eq!(
            places(&DockerfileLockedInstall, |s| app(s).recipe[0].runtime = Runtime::Own),
            ""
        );
        assert_eq!(
            places(&DockerfileLockedInstall, |s| app(s).recipe[0].locked_install = written(true)),
            ""
        );
    }
}
