//! A service takes only what it expects.

use std::collections::BTreeMap;

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Origin, Place, Runtime, ServiceName, Stack, Target};

/// Services refuse fields that they do not know.
pub(super) struct RequestModels;

impl Control for RequestModels {
    fn page(&self) -> &'static Page {
        &Page {
            id: "request-models",
            title: "Services refuse request fields that they do not know",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "The gateway limits size, method and path; what a body means only the service \
                  knows. A model that takes every field lets a client set `is_admin`, and a path \
                  parameter without a pattern is a way into the query behind it.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/: {auth: user, methods: [GET, POST], body: 64k}}
            "},
            references: &[
                "OWASP API Security API3:2023",
                "CWE-915",
                "OWASP ASVS (input validation)",
            ],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut reached = BTreeMap::new();
        for (_, _, route) in stack.gateway.routes() {
            if let Target::Service { service, .. } = &route.target
                && let Some(recipe) = stack.services.get(service).and_then(|s| s.recipe.first())
                && let Some(advice) = advice(recipe.runtime)
            {
                reached.insert(service, (advice, &recipe.origin));
            }
        }
        let found = |(service, (advice, origin)): (&ServiceName, (&str, &Origin))| {
            let words = "it is built here and reached from outside";
            Found::from(origin, words, advice).at(Place::Service(service.clone()))
        };
        reached.into_iter().map(found).collect()
    }
}

fn advice(runtime: Runtime) -> Option<&'static str> {
    match runtime {
        Runtime::Python => Some(
            "use pydantic models with `ConfigDict(extra='forbid', strict=True)` and `Path(pattern=…)` \
             for path parameters",
        ),
        Runtime::Node => Some("use zod schemas with `.strict()`, or `additionalProperties: false`"),
        Runtime::Go => {
            Some("use `Decoder.DisallowUnknownFields()`, and lengths checked before use")
        }
        Runtime::Rust => {
            Some("use `#[serde(deny_unknown_fields)]`, and newtypes for path parameters")
        }
        Runtime::Own => Some("refuse fields that no model names, and check path parameters"),
        Runtime::Static | Runtime::Acme => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;

    #[test]
    fn fires_on_a_built_service_with_a_route() {
        assert_eq!(places(&RequestModels, |_| {}), "service app");
    }

    #[test]
    fn spares_built_files_and_services_without_a_route() {
        assert_eq!(places(&RequestModels, |s| app(s).recipe[0].runtime = Runtime::Static), "");
        assert_eq!(places(&RequestModels, |s| s.gateway.hosts.clear()), "");
    }
}
