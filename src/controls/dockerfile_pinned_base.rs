//! The base of an image is what was tested.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, builds, services};
use crate::stack::{Digest, Recipe, Runtime, Stack};

/// Bases of built images are pinned by digest.
pub(super) struct DockerfilePinnedBase;

impl Control for DockerfilePinnedBase {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dockerfile-pinned-base",
            title: "Bases of built images are pinned by digest",
            section: Section::Images,
            severity: Severity::Low,
            why: "A build takes whatever its base's tag points to today. The digest makes it the \
                  same base until somebody changes it, and the change is a line in a review.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: python, version: '3.13'}
            "},
            references: &[
                "CIS Docker 4.2",
                "OWASP Docker rule 13",
                "SLSA Build L1",
                "hadolint DL3006",
            ],
            enforced_in: "services/NAME/Dockerfile: `FROM`; portcullis.lock: `images`",
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
                let bases = [&recipe.build_base, &recipe.run_base].into_iter();
                let unpinned: BTreeSet<String> = bases
                    .filter(|base| *base.digest() == Digest::Unpinned)
                    .map(|base| (**base).to_string())
                    .collect();
                let names = unpinned.into_iter().collect::<Vec<_>>().join(", ");
                (recipe.runtime != Runtime::Own && !names.is_empty()).then(|| {
                    Found::in_value(&recipe.run_base, format!("no digest: {names}"), ADVICE)
                })
            };
            service.recipe.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

const ADVICE: &str = "write the digests that `docker buildx imagetools inspect IMAGE` prints below \
     `images:` in portcullis.lock: `IMAGE: sha256:…`";

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_base_by_tag() {
        assert_eq!(places(&DockerfilePinnedBase, |_| {}), "service app");
    }

    #[test]
    fn spares_digests() {
        let pin = |s: &mut Stack| {
            let recipe = &mut app(s).recipe[0];
            let pinned = written(recipe.run_base.pinned(Digest::Sha256("a".repeat(64))));
            recipe.run_base = pinned.clone();
            recipe.build_base = pinned;
        };
        assert_eq!(places(&DockerfilePinnedBase, pin), "");
    }
}
