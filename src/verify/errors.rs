//! Who writes error bodies, and how large a body may be.

use super::headers::NOWHERE;
use super::promise::Tally;
use super::reply::Reply;
use super::request::{Answer, Request};
use super::visitor::visits;
use super::{Observation, Promise, Target, Turn};
use crate::stack::{ErrorBodies, ErrorSource, Target as Service};

/// No stack trace, and no two forms of a refusal.
pub(super) const ERROR_BODIES: Promise = Promise {
    id: "error-bodies",
    text: "Refusals and failures have the gateway's own JSON body and nothing of a service",
    turn: Turn::Any,
    run: error_bodies,
};

/// RFC 9110 section 15.5.14.
pub(super) const BODY_LIMITS: Promise = Promise {
    id: "body-limits",
    text: "A body over a path's limit is refused with 413 before it is sent",
    turn: Turn::Any,
    run: body_limits,
};

/// Statuses of a service that the gateway replaces; 400, 404, 409 and 422 may say what was wrong.
const REPLACED: [u16; 7] = [401, 403, 405, 413, 429, 502, 504];

fn error_bodies(target: &Target<'_>) -> Observation {
    if *target.stack.gateway.error_bodies != ErrorBodies::Json {
        return Observation::NotMade;
    }
    let mut tally = Tally::default();
    for (name, host) in &target.stack.gateway.hosts {
        // What a route covers is its service's to answer; what the guards refuse is nobody's.
        let nowhere = !host.routes.keys().any(|path| path.covers(NOWHERE));
        let refused = *target.stack.gateway.guards.paths;
        for (path, own) in [(NOWHERE, nowhere), ("/portcullis-verify%2f", refused)] {
            if own {
                let answer = target.ask(&Request::get(name.as_str(), path));
                judge(&mut tally, name.as_str(), path, &answer, |_| true);
            }
        }
    }
    for visit in visits(target) {
        let gateways = visit.route.errors == ErrorSource::Gateway;
        let is_file = matches!(visit.route.target, Service::Static { .. });
        judge(&mut tally, visit.host.as_str(), visit.path.as_str(), &visit.answer, |reply| {
            let own = gateways && (REPLACED.contains(&reply.status) || is_file);
            own || reply.status >= 500
        });
    }
    tally.conclude("error answers")
}

/// A good answer, or an error that is the service's to explain, says nothing about this.
fn judge(
    tally: &mut Tally,
    host: &str,
    path: &str,
    answer: &Answer,
    is_gateways: impl Fn(&Reply) -> bool,
) {
    let Answer::Reply(reply) = answer else { return };
    if reply.status < 400 || !is_gateways(reply) {
        return;
    }
    match reply.error_body_fault() {
        None => tally.keep(),
        Some(fault) => tally.broken(format!("{host}{path} answered {}: {fault}", reply.status)),
    }
}

fn body_limits(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in target.stack.gateway.routes() {
        let admits = |method: &str| route.methods.is_empty() || route.methods.contains(method);
        let Some(method) = ["POST", "PUT", "PATCH"].into_iter().find(|method| admits(method))
        else {
            continue;
        };
        if matches!(route.target, Service::Static { .. }) || route.body.0 == 0 {
            continue;
        }
        let length = route.body.0.saturating_add(1).to_string();
        // The length is announced and nothing is sent: no service sees any of it, and nginx looks
        // at it before any rate counts.
        let request =
            Request::new(host.as_str(), method, path.as_str()).header("Content-Length", &length);
        let name = format!("{host}{path}");
        match target.ask(&request) {
            Answer::Reply(reply) if reply.status == 413 => tally.keep(),
            Answer::Reply(reply) if reply.status == 403 && !route.allow.is_empty() => {
                tally.unseen(format!("{name} lets in only listed addresses"));
            }
            Answer::Failed(why) if !why.contains("in time") => {
                tally.unseen(format!("{name}: {why}"));
            }
            other => {
                let words = other.words();
                tally.broken(format!("{name} {words} to a body of {length} bytes, one too many"));
            }
        }
    }
    tally.conclude("paths")
}
