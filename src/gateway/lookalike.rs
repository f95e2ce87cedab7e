//! Paths that many services take for another route's although nginx does not: another case, a
//! slash at the end, a `;parameter` in a part.
//!
//! Such a request falls to the wider prefix route around it. Where that one asks for less, it
//! would be a way around the narrower one, so the wider location refuses it.

use std::ops::Bound;

use serde::Serialize;

use crate::stack::{Access, Host, Route, RoutePath};

/// The path of a narrower route, to be recognised in every form.
#[derive(Debug, Serialize)]
pub(super) struct Lookalike {
    parts: Vec<String>,
    /// The route stands for everything below it.
    prefix: bool,
}

/// The routes of the same service below `path` that ask for more than `wider` does.
pub(super) fn below(host: &Host, path: &RoutePath, wider: &Route) -> Vec<Lookalike> {
    // What begins with a path stands right behind it in the order of paths.
    let behind = host.routes.range((Bound::Excluded(path), Bound::Unbounded));
    let below = behind.take_while(|(other, _)| path.is_prefix() && path.covers(other.as_str()));
    let narrower =
        below.filter(|(_, route)| route.target == wider.target && asks_more(route, wider));
    let lookalike = |path: &RoutePath| Lookalike {
        parts: path.as_str().split('/').filter(|part| !part.is_empty()).map(Into::into).collect(),
        prefix: path.is_prefix(),
    };
    narrower.map(|(path, _)| lookalike(path)).collect()
}

fn asks_more(route: &Route, wider: &Route) -> bool {
    // Whoever needs a credential in the wider place gains nothing on the way around an open one.
    if route.is_open() && matches!(*wider.access, Access::Policy(_)) {
        return false;
    }
    let other_access = !route.is_open() && *route.access != *wider.access;
    let other_allow = !route.allow.is_empty() && *route.allow != *wider.allow;
    let other_methods = !route.methods.is_empty() && *route.methods != *wider.methods;
    let more_rates = route.rates.iter().any(|rate| !wider.rates.contains(rate));
    other_access || other_allow || other_methods || more_rates
}
