//! Paths and methods that lead nowhere.

use super::headers::NOWHERE;
use super::promise::Tally;
use super::request::{Answer, Request};
use super::{Observation, Promise, Target, Turn};
use crate::stack::PolicyKind;

/// `blocked:` of the description, and the validators' own paths.
pub(super) const BLOCKED: Promise = Promise {
    id: "blocked-paths",
    text: "A blocked path answers 404, with a slash or in another case as well",
    turn: Turn::Any,
    run: blocked,
};

/// What only the gateway itself may ask.
pub(super) const INNER: Promise = Promise {
    id: "inner-paths",
    text: "The validators' paths and the gateway's own are closed",
    turn: Turn::Any,
    run: inner,
};

/// Default deny.
pub(super) const UNDECLARED: Promise = Promise {
    id: "undeclared-paths",
    text: "A path that no route covers answers 404",
    turn: Turn::Any,
    run: undeclared,
};

/// Hidden files, and paths that the gateway and a service would read differently.
pub(super) const AMBIGUOUS: Promise = Promise {
    id: "ambiguous-paths",
    text: "Hidden files and paths with dots, double slashes or encoded slashes answer 400",
    turn: Turn::Any,
    run: ambiguous,
};

/// RFC 9110 section 9.
pub(super) const METHODS: Promise = Promise {
    id: "odd-methods",
    text: "TRACE, CONNECT and methods of other protocols are refused",
    turn: Turn::Any,
    run: methods,
};

fn blocked(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    let validators = validators(target);
    for host in target.hosts() {
        let closed = target.stack.gateway.closed.keys().map(|path| path.as_str());
        for path in closed.filter(|path| !validators.contains(path)) {
            let other_case = path.to_ascii_uppercase();
            for form in [path.to_owned(), format!("{path}/"), other_case] {
                gives(target, &mut tally, Request::get(host, &form), &[404]);
            }
        }
    }
    tally.conclude("ways to ask")
}

fn inner(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for host in target.hosts() {
        for path in validators(target).into_iter().chain(["/__gw/error", "/__gw/auth/user"]) {
            for form in [path.to_owned(), format!("{path}/")] {
                gives(target, &mut tally, Request::get(host, &form), &[404]);
            }
        }
    }
    tally.conclude("ways to ask")
}

fn validators<'t>(target: &'t Target<'_>) -> Vec<&'t str> {
    let policies = target.stack.gateway.policies.values();
    let paths = policies.filter_map(|policy| match &policy.kind {
        PolicyKind::Validator(validator) => Some(validator.path.as_str()),
        PolicyKind::ApiKey(_) | PolicyKind::Oidc(_) => None,
    });
    paths.collect()
}

fn undeclared(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (name, host) in &target.stack.gateway.hosts {
        if host.routes.keys().any(|path| path.covers(NOWHERE)) {
            continue;
        }
        for path in [NOWHERE, "/index.html"] {
            if !host.routes.keys().any(|route| route.covers(path)) {
                gives(target, &mut tally, Request::get(name.as_str(), path), &[404]);
            }
        }
    }
    tally.conclude("paths")
}

fn ambiguous(target: &Target<'_>) -> Observation {
    if !*target.stack.gateway.guards.paths {
        return Observation::NotMade;
    }
    const FORMS: [&str; 7] = [
        "/.env",
        "/.git/config",
        "/x/../portcullis-verify",
        "//portcullis-verify",
        "/x%2fportcullis-verify",
        "/x/%2e%2e/portcullis-verify",
        "/x%5cportcullis-verify",
    ];
    let mut tally = Tally::default();
    for form in FORMS {
        gives(target, &mut tally, Request::get(target.host(), form), &[400]);
    }
    tally.conclude("such paths")
}

fn methods(target: &Target<'_>) -> Observation {
    if !*target.stack.gateway.guards.methods {
        return Observation::NotMade;
    }
    let mut tally = Tally::default();
    for method in ["TRACE", "PROPFIND", "PORTCULLIS"] {
        // nginx refuses TRACE with 405 by itself, and with 400 what it cannot read.
        gives(target, &mut tally, Request::new(target.host(), method, NOWHERE), &[400, 405]);
    }
    // The name in it is the host that is asked for (RFC 9110 section 9.3.6), so silence will do.
    let tunnel = Request::new(target.host(), "CONNECT", "portcullis-verify.invalid:443");
    match target.ask(&tunnel) {
        Answer::Silence => tally.keep(),
        Answer::Reply(reply) => {
            tally.judge(reply.status >= 400, || format!("CONNECT answered {}", reply.status));
        }
        other => tally.unseen(format!("CONNECT: {}", other.words())),
    }
    tally.conclude("methods")
}

fn gives(target: &Target<'_>, tally: &mut Tally, request: Request, wanted: &[u16]) {
    let name = format!("{} {}{}", request.method, request.host, request.target);
    match target.ask(&request) {
        Answer::Reply(reply) if wanted.contains(&reply.status) => tally.keep(),
        Answer::Failed(why) => tally.unseen(format!("{name}: {why}")),
        other => tally.broken(format!("{name} {}", other.words())),
    }
}
