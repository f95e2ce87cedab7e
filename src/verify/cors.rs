//! Which pages of other sites may read answers (the Fetch standard, section 3.3).

use super::promise::Tally;
use super::request::{Answer, Request};
use super::visitor::{FOREIGN, visits};
use super::{Observation, Promise, Target, Turn};
use crate::stack::{Access, OriginRule, Route};

/// Only listed sites.
pub(super) const LISTED: Promise = Promise {
    id: "cors-listed",
    text: "A preflight of a listed origin is answered with that origin",
    turn: Turn::Any,
    run: listed,
};

/// No other ones.
pub(super) const FOREIGN_ORIGIN: Promise = Promise {
    id: "cors-foreign",
    text: "A foreign origin is allowed nowhere but where the description lets every one in, without credentials",
    turn: Turn::Any,
    run: foreign,
};

fn listed(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in target.stack.gateway.routes() {
        let OriginRule::Listed(origins) = &route.cors.origins else { continue };
        // A sender of webhooks is no browser: without a signature it is not heard at all.
        if matches!(*route.access, Access::Webhook(_)) {
            continue;
        }
        let name = format!("{host}{path}");
        for origin in origins {
            let preflight = Request::new(host.as_str(), "OPTIONS", path.as_str())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method(route));
            // Answered before any rate counts it.
            match target.ask(&preflight) {
                Answer::Failed(why) => tally.unseen(format!("{name}: {why}")),
                Answer::Reply(reply) if reply.status == 403 && !route.allow.is_empty() => {
                    tally.unseen(format!("{name} lets in only listed addresses"));
                }
                Answer::Reply(reply) => {
                    let allowed = reply.header("Access-Control-Allow-Origin").unwrap_or("nobody");
                    tally.judge(allowed == origin && (200..300).contains(&reply.status), || {
                        let status = reply.status;
                        format!("{name} answered {status} to {origin} and allows {allowed}")
                    });
                }
                other => tally.broken(format!("{name} {}", other.words())),
            }
        }
    }
    tally.conclude("preflights")
}

fn method(route: &Route) -> &str {
    route.methods.first().map_or("GET", String::as_str)
}

fn foreign(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for visit in visits(target) {
        let Answer::Reply(reply) = &visit.answer else {
            tally.unseen(format!("{}: {}", visit.name(), visit.answer.words()));
            continue;
        };
        let allowed = reply.header("Access-Control-Allow-Origin");
        let credentials = reply.header("Access-Control-Allow-Credentials");
        let good = match (&visit.route.cors.origins, allowed) {
            (_, None) => true,
            (OriginRule::Any, Some("*")) => credentials.is_none(),
            (_, Some(_)) => false,
        };
        tally.judge(good, || {
            let (name, whom) = (visit.name(), allowed.unwrap_or_default());
            format!("{name} allows {whom} to a page of {FOREIGN}")
        });
    }
    tally.conclude("paths")
}
