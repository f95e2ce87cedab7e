//! WebSockets through the public names (RFC 6455).

use super::access::takes_a_token;
use super::promise::Tally;
use super::request::{Answer, Request};
use super::visitor::FOREIGN;
use super::{Observation, Promise, Target, Turn};
use crate::stack::{HostName, Route, RoutePath};

/// Upgrade is passed on.
pub(super) const OPENS: Promise = Promise {
    id: "websocket",
    text: "A WebSocket opens through the public name: without a token where the path is public, with one where a validator protects it",
    turn: Turn::Any,
    run: opens,
};

/// A handshake is a request like any other.
pub(super) const CREDENTIALS: Promise = Promise {
    id: "websocket-credentials",
    text: "A WebSocket on a protected path answers 401 without credentials",
    turn: Turn::Any,
    run: credentials,
};

/// Browsers leave this to the server.
pub(super) const ORIGIN: Promise = Promise {
    id: "websocket-origin",
    text: "A page of a foreign site gets no WebSocket",
    turn: Turn::Any,
    run: origin,
};

fn opens(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in sockets(target) {
        let name = format!("{host}{path}");
        let mut request = handshake(host, path);
        if !route.is_open() {
            if !takes_a_token(target, route) {
                tally.unseen(format!("{name} takes no token"));
                continue;
            }
            if let Some(why) = target.no_token(host.as_str()) {
                tally.unseen(why);
                continue;
            }
            request = request.with_token();
        }
        judge(&mut tally, &name, route, &target.ask_at(route, &request), 101);
    }
    tally.conclude("paths")
}

fn credentials(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in sockets(target).filter(|(_, _, route)| !route.is_open()) {
        let answer = target.ask_at(route, &handshake(host, path));
        judge(&mut tally, &format!("{host}{path}"), route, &answer, 401);
    }
    tally.conclude("paths")
}

fn origin(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (host, path, route) in sockets(target) {
        if route.cors.origins == crate::stack::OriginRule::Any {
            continue;
        }
        // Refused before any rate counts it and before anybody is asked.
        let answer = target.ask(&handshake(host, path).header("Origin", FOREIGN));
        judge(&mut tally, &format!("{host}{path}"), route, &answer, 403);
    }
    tally.conclude("paths")
}

fn sockets<'t>(
    target: &'t Target<'_>,
) -> impl Iterator<Item = (&'t HostName, &'t RoutePath, &'t Route)> + 't {
    target.stack.gateway.routes().filter(|(_, _, route)| route.websocket)
}

/// The key is the RFC's own example: nothing is said on the connection.
fn handshake(host: &HostName, path: &RoutePath) -> Request {
    Request::get(host.as_str(), path.as_str())
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

fn judge(tally: &mut Tally, name: &str, route: &Route, answer: &Answer, wanted: u16) {
    match answer {
        Answer::Reply(reply) if reply.status == wanted => tally.keep(),
        Answer::Reply(reply) if reply.status == 403 && !route.allow.is_empty() => {
            tally.unseen(format!("{name} lets in only listed addresses"));
        }
        Answer::Failed(why) => tally.unseen(format!("{name}: {why}")),
        other => tally.broken(format!("{name} {}", other.words())),
    }
}
