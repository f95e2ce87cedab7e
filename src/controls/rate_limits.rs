//! Nobody asks faster than a person or a program should.

use indoc::indoc;

use super::contract::{
    Control, Found, Page, Section, Severity, Violation, gateway, gateway_at, route_at, routes,
};
use crate::stack::{Origin, Place, Rate, RateKey, RateName, RateUnit, Sourced, Stack};

/// Every route has the default rate.
pub(super) struct RateLimits;

impl Control for RateLimits {
    fn page(&self) -> &'static Page {
        &Page {
            id: "rate-limits",
            title: "Every route has a rate",
            section: Section::RateLimiting,
            severity: Severity::Medium,
            why: "Without a rate passwords are tried thousands of times a second, and one client \
                  takes what all share. The default counts per address (an IPv6 /64 is one \
                  client); routes add stricter ones.",
            example: indoc! {"
                rates:
                  default: 60/min burst 20
                  login: 5/min burst 5
            "},
            references: &["OWASP API Security API4:2023", "CIS NGINX (request limits)", "CWE-307"],
            enforced_in: "gateway/conf.d/limits.conf: `limit_req_zone`; gateway/snippets/rate-default.conf: `limit_req`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.gateway.routes().next().is_some()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let mut found = routes(stack, |route| {
            (!route.rates.iter().any(is_default)).then(|| match route.rates.is_empty() {
                true => Found::in_value(
                    &route.rates,
                    "requests are not counted",
                    "remove `rate: none`, or declare an exception for the control `rate-limits`",
                ),
                false => Found::unsaid("requests are not counted at the default rate", "nothing"),
            })
        });
        found.extend(gateway(stack, |gateway| {
            let mut defaults = gateway.rates.iter().filter(|(name, _)| is_default(name));
            defaults.find(|(_, rate)| rate.key == RateKey::Credential).map(|(_, rate)| {
                Found::in_value(
                    rate,
                    "the default rate counts what a client sends, which it can change with each request",
                    "count `default` per address, and per credential in a rate of another name",
                )
            })
        }));
        found
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            for (_, rate) in gateway.rates.iter_mut().filter(|(name, _)| is_default(name)) {
                if rate.key == RateKey::Credential {
                    let key = RateKey::Address;
                    rate.mend(Rate { key, ..**rate }, self.id());
                }
            }
            return;
        }
        let Ok(name) = RateName::new(DEFAULT) else { return };
        let Some(route) = route_at(stack, at) else { return };
        let rates = std::iter::once(name.clone()).chain(route.rates.iter().cloned()).collect();
        route.rates = match route.rates.is_empty() {
            true => Sourced::from(rates, Origin::Control(self.id())),
            false => Sourced::from(rates, route.rates.origin().clone()),
        };
        let mended = || Sourced::from(RATE, Origin::Control(self.id()));
        stack.gateway.rates.entry(name).or_insert_with(mended);
    }
}

const DEFAULT: &str = "default";
/// What counts on routes that pass everything through stands for the default there.
const PASSTHROUGH: &str = "passthrough";
/// What people who click reach, and programs that wait for answers.
const RATE: Rate = Rate { requests: 60, unit: RateUnit::Minute, burst: 20, key: RateKey::Address };

fn is_default(rate: &RateName) -> bool {
    matches!(rate.as_str(), DEFAULT | PASSTHROUGH)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places, route};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_where_nothing_is_counted() {
        assert_eq!(places(&RateLimits, |_| {}), "route api.shop.test/api/");
        assert_eq!(mended(&RateLimits, |s| route(s).rates = written(vec![rate("login")])), "");
    }

    #[test]
    fn spares_a_route_with_the_default() {
        assert_eq!(places(&RateLimits, |s| route(s).rates = written(vec![rate("default")])), "");
    }

    #[test]
    fn fires_where_a_client_can_leave_its_count() {
        let counted = |stack: &mut Stack, key| {
            route(stack).rates = written(vec![rate("default")]);
            stack.gateway.rates.insert(rate("default"), written(Rate { key, ..RATE }));
        };
        assert_eq!(places(&RateLimits, |s| counted(s, RateKey::Credential)), "gateway");
        assert_eq!(mended(&RateLimits, |s| counted(s, RateKey::Credential)), "");
        assert_eq!(places(&RateLimits, |s| counted(s, RateKey::Address)), "");
    }

    #[test]
    fn what_counts_on_plain_routes_stands_for_the_default() {
        let counted = |stack: &mut Stack, key| {
            route(stack).rates = written(vec![rate("passthrough")]);
            stack.gateway.rates.insert(rate("passthrough"), written(Rate { key, ..RATE }));
        };
        assert_eq!(places(&RateLimits, |s| counted(s, RateKey::Address)), "");
        assert_eq!(places(&RateLimits, |s| counted(s, RateKey::Credential)), "gateway");
        assert_eq!(mended(&RateLimits, |s| counted(s, RateKey::Credential)), "");
    }

    fn rate(name: &str) -> RateName {
        RateName::new(name).unwrap()
    }
}
