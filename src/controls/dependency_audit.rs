//! Known flaws of dependencies are found before others find them.

use std::collections::BTreeSet;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, Recipe, Runtime, Stack};

/// Dependencies are audited for known flaws.
pub(super) struct DependencyAudit;

impl Control for DependencyAudit {
    fn page(&self) -> &'static Page {
        &Page {
            id: "dependency-audit",
            title: "Dependencies are audited for known flaws",
            section: Section::Images,
            severity: Severity::Medium,
            why: "A lock file keeps versions still, known flaws included. Only a look at today's \
                  list of flaws finds them, so it belongs into CI and into every week, not into a \
                  generator.",
            example: indoc! {"
                services:
                  app:
                    build: {context: app, runtime: python, lock: requirements.txt}
            "},
            references: &["OWASP Top 10 A06:2021", "OWASP Docker rule 9", "NIST SP 800-218"],
            enforced_in: "the project's CI",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut seen = BTreeSet::new();
        let recipes = stack.services.iter().filter_map(|(name, service)| {
            let recipe = service.recipe.first()?;
            Some((name, recipe, audit(recipe)?))
        });
        recipes
            .filter(|(_, recipe, _)| seen.insert((&recipe.context, &recipe.installer)))
            .map(|(name, recipe, command)| {
                let words = format!("nothing here asks whether {} names known flaws", lock(recipe));
                let advice = format!("run `{command}` in {} in CI", recipe.context);
                Found::from(&recipe.origin, words, advice).at(Place::Service(name.clone()))
            })
            .collect()
    }
}

/// The command that asks for known flaws, by what installs the dependencies.
fn audit(recipe: &Recipe) -> Option<&'static str> {
    Some(match (recipe.runtime, recipe.installer.name.as_str()) {
        (Runtime::Own | Runtime::Acme, _) => return None,
        (Runtime::Python, "uv") => "uv export --frozen --no-emit-project | pip-audit -r /dev/stdin",
        (Runtime::Python, "poetry") => {
            "poetry export -f requirements.txt | pip-audit -r /dev/stdin"
        }
        (Runtime::Python, _) => "pip-audit -r requirements.txt",
        (Runtime::Node | Runtime::Static, "pnpm") => "pnpm audit --prod",
        (Runtime::Node | Runtime::Static, "yarn") => "yarn audit --groups dependencies",
        (Runtime::Node | Runtime::Static, _) => "npm audit --omit=dev",
        (Runtime::Go, _) => "govulncheck ./...",
        (Runtime::Rust, _) => "cargo audit",
    })
}

fn lock(recipe: &Recipe) -> &str {
    if recipe.installer.lock_file.is_empty() { "its lock" } else { &recipe.installer.lock_file }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::testing::service;

    #[test]
    fn fires_on_what_is_built() {
        assert_eq!(places(&DependencyAudit, |_| {}), "service app");
    }

    #[test]
    fn fires_once_for_one_folder() {
        let twice = |s: &mut Stack| {
            let copy = app(s).clone();
            s.services.insert(service("worker"), copy);
        };
        assert_eq!(places(&DependencyAudit, twice), "service app");
    }

    #[test]
    fn spares_what_is_pulled() {
        assert_eq!(places(&DependencyAudit, |s| app(s).recipe.clear()), "");
    }
}
