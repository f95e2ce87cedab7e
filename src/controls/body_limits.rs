//! A request holds no more than it needs.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, gateway, gateway_at, route_at, routes,
};
use crate::stack::{Bytes, Place, Stack};

/// Bodies are limited.
pub(super) struct BodyLimits;

impl Control for BodyLimits {
    fn page(&self) -> &'static Page {
        &Page {
            id: "body-limits",
            title: "Request bodies are limited",
            section: Section::InputLimits,
            severity: Severity::Medium,
            why: "Every body takes memory of the gateway until it is passed on. Without a limit \
                  one request fills it; with one of many megabytes, a few do. 1 MiB unless a route \
                  says otherwise.",
            example: indoc! {"
                services:
                  app:
                    routes: {/upload/: {body: 16m}}
            "},
            references: &["OWASP API Security API4:2023", "CIS NGINX (request limits)", "CWE-770"],
            enforced_in: "gateway/conf.d/core.conf: `client_max_body_size`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut found = gateway(stack, |gateway| {
            let limit = &gateway.body_limit;
            (**limit == Bytes(0)).then(|| Found::in_value(limit, "bodies have no limit", SAY))
        });
        found.extend(routes(stack, |route| match *route.body {
            Bytes(0) => Some(Found::in_value(&route.body, "bodies have no limit", SAY)),
            body if body > LARGE && route.buffering => {
                let words = format!("a body of {body} is collected in the gateway's memory");
                Some(Found::in_value(&route.body, words, PASS_ON))
            }
            _ => None,
        }));
        found
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.body_limit.mend(DEFAULT, self.id());
        }
        if let Some(route) = route_at(stack, at)
            && *route.body == Bytes(0)
        {
            route.body.mend(DEFAULT, self.id());
        }
    }
}

/// nginx's own default.
const DEFAULT: Bytes = Bytes(1 << 20);
/// Half of the memory in which the gateway collects bodies.
const LARGE: Bytes = Bytes(32 << 20);
const SAY: &str = "write `body:` on routes that take more than 1 MiB";
const PASS_ON: &str = "write `buffering: false` where the service can take it as it comes";

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places, route};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_no_limit_and_on_large_bodies() {
        assert_eq!(places(&BodyLimits, |s| s.gateway.body_limit = written(Bytes(0))), "gateway");
        assert_eq!(mended(&BodyLimits, |s| route(s).body = written(Bytes(0))), "");
        let large = |s: &mut Stack| route(s).body = written(Bytes(1 << 30));
        assert_eq!(mended(&BodyLimits, large), "route api.shop.test/api/");
    }

    #[test]
    fn spares_what_a_route_needs() {
        assert_eq!(places(&BodyLimits, |s| route(s).body = written(Bytes(16 << 20))), "");
        let passed_on = |s: &mut Stack| {
            route(s).body = written(Bytes(1 << 30));
            route(s).buffering = false;
        };
        assert_eq!(places(&BodyLimits, passed_on), "");
    }
}
