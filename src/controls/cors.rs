//! Other sites read only what is meant for them.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, route_at, routes};
use crate::stack::{Access, CorsRule, OriginRule, Place, Stack};

/// `*` never opens a protected route to other sites.
pub(super) struct Cors;

impl Control for Cors {
    fn page(&self) -> &'static Page {
        &Page {
            id: "cors",
            title: "No protected route is open to every origin",
            section: Section::Cors,
            severity: Severity::High,
            why: "`*` lets any page that a person visits read the answer. On a route that asks for \
                  a credential that is never meant; on an open one it may be, and must be written.",
            example: indoc! {"
                cors: {origins: ['https://app.example.com']}
            "},
            references: &["OWASP ASVS (CORS)", "CWE-942", "gixy origins"],
            enforced_in: "gateway/conf.d/proxy.conf: `proxy_hide_header Access-Control-Allow-Origin`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        routes(stack, |route| {
            (route.cors.origins == OriginRule::Any && *route.access != Access::Open).then(|| {
                Found::in_value(
                    &route.cors,
                    "every origin may read answers of a protected route",
                    "list the origins: `cors: {origins: ['https://app.example.com']}`",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(route) = route_at(stack, at) {
            route.cors.mend(CorsRule::default(), self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places, route};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_a_protected_route() {
        assert_eq!(places(&Cors, any), "route api.shop.test/api/");
        assert_eq!(mended(&Cors, any), "");
    }

    #[test]
    fn spares_an_open_route_and_listed_origins() {
        let open = |s: &mut Stack| {
            any(s);
            route(s).access = written(Access::Open);
        };
        assert_eq!(places(&Cors, open), "");
        let listed = OriginRule::Listed(["https://app.shop.test".to_owned()].into());
        assert_eq!(places(&Cors, |s| route(s).cors = written(CorsRule { origins: listed })), "");
    }

    fn any(stack: &mut Stack) {
        route(stack).cors = written(CorsRule { origins: OriginRule::Any });
    }
}
