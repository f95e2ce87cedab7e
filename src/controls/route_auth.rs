//! Nobody opens a path by forgetting something.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, routes};
use crate::stack::{Access, Stack};

/// Every route says who may ask.
pub(super) struct RouteAuth;

impl Control for RouteAuth {
    fn page(&self) -> &'static Page {
        &Page {
            id: "route-auth",
            title: "Every route says who may ask",
            section: Section::Authentication,
            severity: Severity::High,
            why: "A route without a policy is open to everybody, and looks like one whose author \
                  forgot it. `auth: none` says that it is meant.",
            example: indoc! {"
                auth: {default: user}
                services:
                  app:
                    routes:
                      /api/: {auth: user}
                      /api/health: {auth: none}
            "},
            references: &[
                "OWASP API Security API2:2023",
                "OWASP Top 10 A01:2021",
                "OWASP ASVS (access control)",
            ],
            enforced_in: "exposure.yaml: `auth=`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.gateway.routes().next().is_some()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        routes(stack, |route| {
            (*route.access == Access::Unstated).then(|| {
                Found::from(
                    &route.origin,
                    "nothing says who may ask",
                    "write `auth:` with a policy or `none`, or `auth: {default: …}` for all routes",
                )
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{places, route};
    use super::*;
    use crate::stack::{Sourced, testing::written};

    #[test]
    fn fires_on_a_route_that_says_nothing() {
        let silent = |s: &mut Stack| route(s).access = Sourced::plain(Access::Unstated);
        assert_eq!(places(&RouteAuth, silent), "route api.shop.test/api/");
    }

    #[test]
    fn spares_a_route_that_is_open_on_purpose() {
        assert_eq!(places(&RouteAuth, |s| route(s).access = written(Access::Open)), "");
        assert_eq!(places(&RouteAuth, |_| {}), "");
    }
}
