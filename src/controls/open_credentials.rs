//! What an open route accepts instead of a policy is strong.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, routes};
use crate::stack::{Access, Stack, Target};

/// Open routes with a rate of their own check what they are sent.
pub(super) struct OpenCredentials;

impl Control for OpenCredentials {
    fn page(&self) -> &'static Page {
        &Page {
            id: "open-credentials",
            title: "Open routes that take credentials or signed links check them well",
            section: Section::Authentication,
            severity: Severity::High,
            why: "An open route with a rate of its own is usually a sign-in or a link from an \
                  e-mail: the credential is in the request, and only the service can judge it. The \
                  gateway's part is the strict rate.",
            example: indoc! {"
                services:
                  app:
                    routes: {/approve/: {auth: none, rate: login}}
            "},
            references: &[
                "OWASP API Security API2:2023",
                "CWE-294",
                "OWASP ASVS (anti-automation)",
            ],
            enforced_in: "the service's own code",
            refuses: false,
            by_people: true,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        routes(stack, |route| {
            let own_rate = route.rates.iter().any(|rate| rate.as_str() != "default");
            let Target::Service { service, .. } = &route.target else { return None };
            let built = stack.services.get(service).is_some_and(|s| !s.recipe.is_empty());
            (*route.access == Access::Open && own_rate && built).then(|| {
                Found::in_value(
                    &route.access,
                    "it is open, with a rate of its own",
                    "answer wrong and unknown credentials alike; sign links with a secret of this \
                     environment, for one use and a short time, and change nothing on GET",
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places, route};
    use super::*;
    use crate::stack::{RateName, testing::written};

    #[test]
    fn fires_on_an_open_route_with_a_rate() {
        let login = |s: &mut Stack| {
            route(s).access = written(Access::Open);
            route(s).rates = written(vec![RateName::new("login").unwrap()]);
        };
        assert_eq!(places(&OpenCredentials, login), "route api.shop.test/api/");
    }

    #[test]
    fn spares_programs_that_are_not_written_here() {
        let pulled = |s: &mut Stack| {
            app(s).recipe.clear();
            route(s).access = written(Access::Open);
            route(s).rates = written(vec![RateName::new("login").unwrap()]);
        };
        assert_eq!(places(&OpenCredentials, pulled), "");
    }

    #[test]
    fn spares_open_routes_with_the_common_rate() {
        let health = |s: &mut Stack| {
            route(s).access = written(Access::Open);
            route(s).rates = written(vec![RateName::new("default").unwrap()]);
        };
        assert_eq!(places(&OpenCredentials, health), "");
    }
}
