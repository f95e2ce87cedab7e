//! What browsers are told with every answer.

use super::promise::Tally;
use super::reply::Reply;
use super::request::{Answer, Request};
use super::visitor::visits;
use super::{Observation, Promise, Target, Turn};

/// RFC 6797.
pub(super) const HSTS: Promise = Promise {
    id: "hsts",
    text: "Every answer tells browsers to use HTTPS only, for as long as the description says",
    turn: Turn::Any,
    run: hsts,
};

/// The further headers of the gateway.
pub(super) const SECURITY_HEADERS: Promise = Promise {
    id: "security-headers",
    text: "Every answer has nosniff, a referrer policy and a request id",
    turn: Turn::Any,
    run: security_headers,
};

/// What an attacker would look up.
pub(super) const NO_VERSION: Promise = Promise {
    id: "no-version",
    text: "No answer names the gateway's version",
    turn: Turn::Any,
    run: no_version,
};

/// A path that no description has.
pub(super) const NOWHERE: &str = "/portcullis-verify-nowhere";

fn hsts(target: &Target<'_>) -> Observation {
    let wanted = target.stack.gateway.tls.hsts.0;
    if wanted == 0 {
        return Observation::NotMade;
    }
    every_answer(target, |reply| {
        let line = reply.header("Strict-Transport-Security").unwrap_or_default();
        let age = line.split(';').find_map(|part| part.trim().strip_prefix("max-age="));
        let age: u64 = age.and_then(|age| age.parse().ok()).unwrap_or_default();
        (age < wanted).then(|| format!("Strict-Transport-Security: {line:?}"))
    })
}

fn security_headers(target: &Target<'_>) -> Observation {
    if !*target.stack.gateway.security_headers {
        return Observation::NotMade;
    }
    every_answer(target, |reply| {
        let sniffs = reply.header("X-Content-Type-Options") != Some("nosniff");
        let missing = ["Referrer-Policy", "X-Request-Id"]
            .into_iter()
            .find(|name| reply.header(name).is_none_or(str::is_empty));
        match (sniffs, missing) {
            (true, _) => Some("lacks X-Content-Type-Options: nosniff".to_owned()),
            (false, Some(name)) => Some(format!("lacks {name}")),
            (false, None) => None,
        }
    })
}

fn no_version(target: &Target<'_>) -> Observation {
    if *target.stack.gateway.server_tokens {
        return Observation::NotMade;
    }
    every_answer(target, |reply| {
        let server = reply.header("Server").unwrap_or_default();
        server.contains(|c: char| c.is_ascii_digit()).then(|| format!("Server: {server}"))
    })
}

/// Look at one answer of every route, and at one 404 of every host.
fn every_answer(target: &Target<'_>, fault: impl Fn(&Reply) -> Option<String>) -> Observation {
    let mut tally = Tally::default();
    let routes = visits(target).map(|visit| (visit.name(), visit.answer));
    let strays = target
        .hosts()
        .map(|host| (format!("{host}{NOWHERE}"), target.ask(&Request::get(host, NOWHERE))));
    for (name, answer) in routes.chain(strays) {
        match answer {
            Answer::Reply(reply) => match fault(&reply) {
                None => tally.keep(),
                Some(fault) => tally.broken(format!("{name}: {fault}")),
            },
            other => tally.unseen(format!("{name}: {}", other.words())),
        }
    }
    tally.conclude("answers")
}
