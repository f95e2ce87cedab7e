//! What somebody without credentials asks of every route, once: several promises look at the
//! one answer.

use super::Target;
use super::request::{Answer, Request};
use crate::stack::{Access, HostName, Route, RoutePath};

/// An origin that no description can list (RFC 6761 section 6.4: nobody owns `.invalid`).
pub(super) const FOREIGN: &str = "https://portcullis-verify.invalid";
/// The value of every identity header that a visitor makes up.
pub(super) const FORGED: &str = "portcullis-verify-forged-identity";
/// A header that any service may repeat, so that an echo is known as one.
pub(super) const ECHOED: (&str, &str) = ("X-Portcullis-Verify", "portcullis-verify-harmless");

/// A route that was asked for.
pub(super) struct Visit<'a> {
    pub(super) host: &'a HostName,
    pub(super) path: &'a RoutePath,
    pub(super) route: &'a Route,
    pub(super) answer: Answer,
}

impl Visit<'_> {
    /// The route as a person names it.
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.host, self.path)
    }
}

/// The answer of every route that a request without an effect can be sent to.
pub(super) fn visits<'t>(target: &'t Target<'_>) -> impl Iterator<Item = Visit<'t>> + 't {
    target.stack.gateway.routes().filter_map(move |(host, path, route)| {
        let request = visitor(target, host, path, route)?;
        let answer = target.ask_at(route, &request);
        Some(Visit { host, path, route, answer })
    })
}

/// The visitor's request; none for an open route that admits only methods with an effect.
pub(super) fn visitor(
    target: &Target<'_>,
    host: &HostName,
    path: &RoutePath,
    route: &Route,
) -> Option<Request> {
    let method = method(route)?;
    let mut request = Request::new(host.as_str(), method, path.as_str())
        .header("Origin", FOREIGN)
        .header(ECHOED.0, ECHOED.1);
    for name in target.stack.gateway.identity_header_names() {
        request = request.header(name.as_str(), FORGED);
    }
    Some(request)
}

/// A method without an effect (RFC 9110 section 9.2.1); where a credential is asked for, a request
/// without one has none either.
fn method(route: &Route) -> Option<&str> {
    let admits = |method: &&str| route.methods.is_empty() || route.methods.contains(*method);
    let safe = ["GET", "HEAD"].into_iter().find(admits);
    let guarded = matches!(*route.access, Access::Policy(_));
    safe.or_else(|| route.methods.first().map(String::as_str).filter(|_| guarded))
}
