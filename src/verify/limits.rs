//! How often one client may ask.

use super::access::takes_a_token;
use super::overtake::{Overtaken, overtake};
use super::promise::Tally;
use super::visitor::visitor;
use super::{Observation, Promise, Target, Turn};
use crate::stack::{HostName, Rate, RateKey, RateName, Route, RoutePath};

/// Every rate of the description that one address can reach.
pub(super) const RATES: Promise = Promise {
    id: "rate-limits",
    text: "Whoever asks more often than a rate allows gets 429 with Retry-After",
    turn: Turn::Last,
    run: rates,
};

fn rates(target: &Target<'_>) -> Observation {
    let gateway = &target.stack.gateway;
    let used = |name: &RateName| gateway.routes().any(|(_, _, route)| route.rates.contains(name));
    let mut rates: Vec<(&RateName, Rate)> =
        gateway.rates.iter().map(|(name, rate)| (name, **rate)).collect();
    rates.retain(|(name, _)| used(name));
    if !target.given.load && !rates.is_empty() {
        return Observation::Unseen("--no-load: no rate was used up".to_owned());
    }
    let mut tally = Tally::default();
    // The tightest first: it takes little of what the wider ones count as well.
    rates.sort_by_key(|(name, rate)| (rate.burst, *name));
    for (name, rate) in rates {
        match place(target, name, &rate) {
            None => tally.unseen(format!("`{name}` cannot be reached from one address alone")),
            Some((host, path, route)) => {
                let Some(request) = visitor(target, host, path, route) else { continue };
                let others: Vec<Rate> = target
                    .rates(route)
                    .into_iter()
                    .filter_map(|(other, rate)| (other != *name).then_some(rate))
                    .collect();
                let overtaken = overtake(target, &request, &rate, &others);
                judge(&mut tally, &format!("`{name}` on {host}{path}"), overtaken);
            }
        }
    }
    tally.conclude("rates")
}

fn judge(tally: &mut Tally, name: &str, overtaken: Overtaken) {
    match overtaken {
        Overtaken::Unseen(why) => tally.unseen(format!("{name}: {why}")),
        Overtaken::Passed(count) => {
            tally.broken(format!("{name}: {count} requests passed, more than it allows"));
        }
        Overtaken::Refused(reply) => {
            let after = reply.header("Retry-After").and_then(|after| after.parse::<u32>().ok());
            tally.judge(after.is_some_and(|after| after > 0), || {
                format!("{name}: 429 without Retry-After")
            });
        }
    }
}

/// A route on which this rate is the first to be used up, a public one if there is any.
fn place<'t>(
    target: &'t Target<'_>,
    name: &RateName,
    rate: &Rate,
) -> Option<(&'t HostName, &'t RoutePath, &'t Route)> {
    let routes = target.stack.gateway.routes().filter(|(host, path, route)| {
        let first = target
            .rates(route)
            .iter()
            .all(|(other, their)| other == name || (their.burst, other) > (rate.burst, name));
        // Where a credential is looked for and none is sent, the address stands for it.
        let counts = rate.key == RateKey::Address || takes_a_token(target, route);
        route.rates.contains(name)
            && first
            && counts
            && route.allow.is_empty()
            && visitor(target, host, path, route).is_some()
    });
    routes.min_by_key(|(_, _, route)| !route.is_open())
}
