//! Who is let in: every route of the description against its policy.

use super::promise::Tally;
use super::request::{Answer, Request};
use super::visitor::visits;
use super::{Observation, Promise, Target, Turn};
use crate::stack::{Access, AddressRange, PolicyKind, Route, Target as Service};

/// A request that lacks what the policy asks for.
pub(super) const NO_CREDENTIALS: Promise = Promise {
    id: "no-credentials",
    text: "A protected path answers 401 to a request without credentials",
    turn: Turn::Any,
    run: no_credentials,
};

/// No telling whether a credential exists.
pub(super) const WRONG_CREDENTIALS: Promise = Promise {
    id: "wrong-credentials",
    text: "A wrong credential is answered exactly as a missing one",
    turn: Turn::Any,
    run: wrong_credentials,
};

/// The token of `--bearer`.
pub(super) const WITH_TOKEN: Promise = Promise {
    id: "with-token",
    text: "A path that a validator protects lets the token in",
    turn: Turn::Any,
    run: with_token,
};

/// Routes without a policy.
pub(super) const PUBLIC_PATHS: Promise = Promise {
    id: "public-paths",
    text: "A public path asks for no credentials",
    turn: Turn::Any,
    run: public_paths,
};

/// Routes with an address list.
pub(super) const ADDRESS_LISTS: Promise = Promise {
    id: "address-lists",
    text: "A path with an address list answers 403 to everybody else",
    turn: Turn::Any,
    run: address_lists,
};

/// Something stands behind each route.
pub(super) const SERVICES_ANSWER: Promise = Promise {
    id: "services-answer",
    text: "The service behind every path that could be asked answers",
    turn: Turn::Any,
    run: services_answer,
};

fn no_credentials(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for visit in visits(target).filter(|visit| !visit.route.is_open()) {
        match &visit.answer {
            Answer::Reply(reply) if reply.status == 401 => tally.keep(),
            // The address is looked at first.
            Answer::Reply(reply) if reply.status == 403 && !visit.route.allow.is_empty() => {
                tally.keep();
            }
            Answer::Failed(why) => tally.unseen(format!("{}: {why}", visit.name())),
            other => tally.broken(format!("{} {}", visit.name(), other.words())),
        }
    }
    tally.conclude("protected paths")
}

fn wrong_credentials(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    let mut policies = Vec::new();
    for visit in visits(target) {
        let Access::Policy(name) = &*visit.route.access else { continue };
        let policy = target.stack.gateway.policies.get(name);
        let header = match policy.map(|policy| &policy.kind) {
            Some(PolicyKind::Validator(_)) => "Authorization",
            Some(PolicyKind::ApiKey(keys)) => keys.header.as_str(),
            Some(PolicyKind::Oidc(_)) | None => continue,
        };
        // One route stands for its policy: each asks the same question.
        if policies.contains(&name) || !visit.route.allow.is_empty() {
            continue;
        }
        policies.push(name);
        let wrong = Request::get(visit.host.as_str(), visit.path.as_str())
            .header(header, "Bearer portcullis-verify-wrong-credential");
        match (&visit.answer, target.ask_at(visit.route, &wrong)) {
            (Answer::Reply(missing), Answer::Reply(wrong)) => {
                let alike =
                    missing.status == wrong.status && blank(&missing.body) == blank(&wrong.body);
                tally.judge(alike, || {
                    let (name, one, other) = (visit.name(), missing.status, wrong.status);
                    format!("{name} tells them apart: {one} without, {other} with a wrong one")
                });
            }
            (_, other) => tally.unseen(format!("{}: {}", visit.name(), other.words())),
        }
    }
    tally.conclude("policies")
}

/// An error body without its request id, which is new every time.
fn blank(body: &[u8]) -> serde_json::Value {
    let mut body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(error) = body.get_mut("error").and_then(|error| error.as_object_mut()) {
        error.remove("request_id");
    }
    body
}

fn with_token(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in target.stack.gateway.routes() {
        if !takes_a_token(target, route) {
            continue;
        }
        let name = format!("{host}{path}");
        if let Some(why) = target.no_token(host.as_str()) {
            tally.unseen(why);
            continue;
        }
        if !route.methods.is_empty() && !route.methods.contains("GET") {
            tally.unseen(format!("{name} admits only methods that may change something"));
            continue;
        }
        let request = Request::get(host.as_str(), path.as_str()).with_token();
        match target.ask_at(route, &request) {
            Answer::Failed(why) => tally.unseen(format!("{name}: {why}")),
            Answer::Reply(reply) if reply.status == 403 && !route.allow.is_empty() => {
                tally.unseen(format!("{name} lets in only listed addresses"));
            }
            // Of a folder nothing is listed, whoever asks.
            Answer::Reply(reply) if reply.status == 403 && is_folder(route) => tally.keep(),
            Answer::Reply(reply) if !matches!(reply.status, 401 | 403) => tally.keep(),
            other => tally.broken(format!("{name} {} although a token was sent", other.words())),
        }
    }
    tally.conclude("protected paths")
}

/// True where a validator looks at `Authorization`.
pub(super) fn takes_a_token(target: &Target<'_>, route: &Route) -> bool {
    let Access::Policy(name) = &*route.access else { return false };
    let policy = target.stack.gateway.policies.get(name);
    matches!(policy.map(|policy| &policy.kind), Some(PolicyKind::Validator(_)))
}

fn is_folder(route: &Route) -> bool {
    matches!(route.target, Service::Static { .. })
}

fn public_paths(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for visit in visits(target).filter(|visit| visit.route.is_open()) {
        match &visit.answer {
            Answer::Failed(why) => tally.unseen(format!("{}: {why}", visit.name())),
            Answer::Reply(reply) => {
                tally.judge(!is_the_gateways(visit.route, reply.status, 401), || {
                    format!("{} answered 401", visit.name())
                });
            }
            other => tally.broken(format!("{} {}", visit.name(), other.words())),
        }
    }
    tally.conclude("public paths")
}

/// True where a status is the gateway's decision: a route with its service's own errors may
/// answer 401 for reasons of its own.
fn is_the_gateways(route: &Route, status: u16, wanted: u16) -> bool {
    status == wanted && route.errors == crate::stack::ErrorSource::Gateway
}

fn address_lists(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for visit in visits(target).filter(|visit| !visit.route.allow.is_empty()) {
        let name = visit.name();
        match &visit.answer {
            Answer::Failed(why) => tally.unseen(format!("{name}: {why}")),
            Answer::Reply(reply) if reply.status == 403 => tally.keep(),
            other => match own_address(target) {
                Some(own) if !is_listed(target, visit.route, own) => {
                    tally.broken(format!("{name} {} to {own}", other.words()));
                }
                _ => tally.unseen(format!("{name}: this address may be on its list")),
            },
        }
    }
    tally.conclude("paths with an address list")
}

/// The address from which the gateway is asked, where nothing between can have changed it: a
/// private one may be translated on the way.
fn own_address(target: &Target<'_>) -> Option<AddressRange> {
    let (wire, _) = target.open(target.host()).ok()?;
    let own = wire.own_address().ok()?.ip();
    let private = match own {
        std::net::IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        std::net::IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    if private { None } else { AddressRange::parse(&own.to_string()).ok() }
}

fn is_listed(target: &Target<'_>, route: &Route, own: AddressRange) -> bool {
    let lists = route.allow.iter().filter_map(|name| target.stack.gateway.allow_lists.get(name));
    lists.flatten().any(|range| range.contains(&own))
}

fn services_answer(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for visit in visits(target) {
        if matches!(visit.route.target, Service::Static { .. }) {
            continue;
        }
        match &visit.answer {
            // The gateway refused before it asked anybody.
            Answer::Reply(reply) if matches!(reply.status, 401 | 403) => {}
            Answer::Reply(reply) => tally.judge(!matches!(reply.status, 500 | 502..=504), || {
                format!("{} answered {}", visit.name(), reply.status)
            }),
            Answer::Failed(why) => tally.unseen(format!("{}: {why}", visit.name())),
            other => tally.broken(format!("{} {}", visit.name(), other.words())),
        }
    }
    tally.conclude("paths")
}
