//! Routes and static files: which requests of which host reach what.

use std::collections::{BTreeMap, BTreeSet};

use super::{Resolution, links, policies};
use crate::description::{
    self, AllowedOrigin, ErrorChoice, Located, OneOrMore, PolicyChoice, RateChoice,
};
use crate::diagnostic::{Diagnostic, Position};
use crate::stack::{
    Access, AllowListName, CorsRule, ErrorSource, Host, HostName, Origin, OriginRule, Rate,
    RateKey, RateName, RateUnit, Route, RoutePath, ServiceName, Sourced, Target, UrlPath, Webhook,
};

/// Paths below which everything is ours.
const RESERVED: [&str; 2] = ["/__gw/", "/.well-known/acme-challenge/"];
/// The rate that holds on every route.
const DEFAULT_RATE: &str = "default";
/// The rate that holds instead on routes that pass everything through, where no default is written.
const PASSTHROUGH_RATE: &str = "passthrough";
/// Pages that a service draws itself bring their scripts, styles and pictures along: a browser asks
/// for a hundred things at once, and goes on asking.
const PASSTHROUGH: Rate =
    Rate { requests: 600, unit: RateUnit::Minute, burst: 200, key: RateKey::Address };

/// Add hosts, rates, lists, closed paths and every route.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    vocabulary(resolution);
    for (name, keys) in &resolution.description.services {
        for (path, route) in &keys.routes {
            service_route(resolution, &name.value, path, route);
        }
    }
    for (path, files) in &resolution.description.r#static {
        static_route(resolution, path, files);
    }
    validators(resolution);
}

fn vocabulary(resolution: &mut Resolution<'_>) {
    let description = resolution.description;
    let domain = resolution.hosts.domain.0.clone();
    let hosts: Vec<(HostName, Position)> = resolution.hosts.all().cloned().collect();
    let gateway = &mut resolution.stack.gateway;
    for (name, at) in hosts {
        let host =
            Host { main: name == domain, origin: Origin::Written(at), routes: BTreeMap::new() };
        gateway.hosts.insert(name, host);
    }
    for (name, rate) in &description.rates {
        gateway.rates.insert(name.value.clone(), Sourced::written(rate.value, rate.at));
    }
    for (name, ranges) in &description.allow_lists {
        let ranges = ranges.iter().map(|range| range.value).collect();
        gateway.allow_lists.insert(name.value.clone(), ranges);
    }
    for range in &description.trusted_proxies {
        gateway.trusted_proxies.push(Sourced::written(range.value, range.at));
    }
    for path in &description.blocked {
        gateway.closed.insert(path.value.clone(), Origin::Written(path.at));
    }
}

fn service_route(
    resolution: &mut Resolution<'_>,
    service: &ServiceName,
    path: &Located<RoutePath>,
    keys: &description::Route,
) {
    let host = resolution.host(keys.host.as_ref());
    let port = resolution.stack.services.get(service).map_or(0, |service| *service.port);
    if port == 0 && !resolution.problems.is_spoiled(service.as_str()) {
        let message = format!("`{service}` has routes but no `port:`");
        resolution.problems.report(path.at, "no-port", message, "add `port:`, where it listens");
    }
    let target = Target::Service { service: service.clone(), port };
    let mut route = Route::new(target, Origin::Written(path.at));
    route.access = access(resolution, keys.auth.as_ref(), keys.webhook.as_ref());
    common(resolution, &mut route, &keys.allow, keys.cors.as_ref());
    let general = general_rate(resolution, keys);
    route.rates = rates(resolution, keys.rate.as_ref(), general);
    if let Some(methods) = &keys.methods {
        let words = methods.value.iter().map(|method| method.value.to_string()).collect();
        route.methods = Sourced::written(words, methods.at);
    }
    if let Some(body) = keys.body {
        route.body = Sourced::written(body.value, body.at);
    }
    if let Some(timeout) = keys.timeout {
        route.timeout = Sourced::written(timeout.value, timeout.at);
    }
    let flag = |flag: Option<Located<bool>>, usual: bool| flag.map_or(usual, |flag| flag.value);
    route.strip_prefix = flag(keys.strip_prefix, false);
    route.buffering = flag(keys.buffering, true);
    route.websocket = flag(keys.websocket, false);
    route.audit = flag(keys.audit, false);
    route.errors = match keys.errors.map(|errors| errors.value) {
        Some(ErrorChoice::Own) => ErrorSource::Own,
        Some(ErrorChoice::Gateway) | None => ErrorSource::Gateway,
    };
    let Some(host) = host else { return };
    if insert(resolution, host, path, route) {
        links::link(resolution, &ServiceName::gateway(), service);
    }
}

fn static_route(
    resolution: &mut Resolution<'_>,
    path: &Located<RoutePath>,
    keys: &description::StaticFiles,
) {
    let host = resolution.host(keys.host.as_ref());
    if !path.value.is_prefix() {
        let message =
            format!("static files need a path that ends in `/`, such as `{}/`", path.value);
        resolution.problems.report(path.at, "wrong-value", message, "add the slash");
        return;
    }
    let volume = &keys.volume;
    if !resolution.stack.volumes.contains_key(&volume.value) {
        let known: Vec<String> = resolution.stack.volumes.keys().map(ToString::to_string).collect();
        let known = known.iter().map(String::as_str);
        resolution.unknown("volume", volume.value.as_str(), volume.at, known);
        return;
    }
    let target = Target::Static { volume: volume.value.clone() };
    let mut route = Route::new(target, Origin::Written(path.at));
    route.access = access(resolution, keys.auth.as_ref(), None);
    common(resolution, &mut route, &keys.allow, keys.cors.as_ref());
    let general = written_rate(resolution, DEFAULT_RATE);
    route.rates = rates(resolution, keys.rate.as_ref(), general);
    let Some(host) = host else { return };
    insert(resolution, host, path, route);
}

fn access(
    resolution: &mut Resolution<'_>,
    auth: Option<&Located<PolicyChoice>>,
    webhook: Option<&Located<description::Webhook>>,
) -> Sourced<Access> {
    if let Some(webhook) = webhook {
        if let Some(auth) = auth {
            let message = "a webhook has no `auth`: its sender signs every request";
            resolution.problems.report(
                auth.at,
                "wrong-value",
                message,
                "remove `auth` or `webhook`",
            );
        }
        let signature = webhook.value.signature.value.clone();
        return Sourced::written(Access::Webhook(Webhook { signature }), webhook.at);
    }
    let default = resolution.description.auth.default.as_ref();
    let Some(choice) = auth.or(default) else { return Sourced::plain(Access::Unstated) };
    if let Some(auth) = auth {
        policies::look_up(resolution, auth);
    }
    match &choice.value {
        PolicyChoice::None => Sourced::written(Access::Open, choice.at),
        PolicyChoice::Named(name) => Sourced::written(Access::Policy(name.clone()), choice.at),
    }
}

/// What service routes and static files share.
fn common(
    resolution: &mut Resolution<'_>,
    route: &mut Route,
    allow: &OneOrMore<AllowListName>,
    cors: Option<&Located<description::Cors>>,
) {
    for list in &allow.0 {
        if !resolution.stack.gateway.allow_lists.contains_key(&list.value) {
            let lists = resolution.stack.gateway.allow_lists.keys();
            let known: Vec<String> = lists.map(ToString::to_string).collect();
            let known = known.iter().map(String::as_str);
            resolution.unknown("allow list", list.value.as_str(), list.at, known);
        }
        let mut lists: BTreeSet<AllowListName> = (*route.allow).clone();
        lists.insert(list.value.clone());
        route.allow = Sourced::written(lists, list.at);
    }
    if let Some(cors) = cors.or(resolution.description.cors.as_ref()) {
        route.cors = Sourced::written(rule(&cors.value), cors.at);
    }
}

/// The rate that holds on a route whatever rate it names itself.
fn general_rate(resolution: &mut Resolution<'_>, keys: &description::Route) -> Option<RateName> {
    let written = written_rate(resolution, DEFAULT_RATE);
    let passes = keys.passthrough.is_some_and(|passes| passes.value);
    if written.is_some() || !passes {
        return written;
    }
    let name = RateName::new(PASSTHROUGH_RATE).ok()?;
    let rates = &mut resolution.stack.gateway.rates;
    rates.entry(name.clone()).or_insert_with(|| Sourced::derived(PASSTHROUGH));
    Some(name)
}

fn written_rate(resolution: &Resolution<'_>, name: &str) -> Option<RateName> {
    let rates = &resolution.stack.gateway.rates;
    RateName::new(name).ok().filter(|name| rates.contains_key(name))
}

/// The rates of a route: the general one, and the one that it names.
fn rates(
    resolution: &mut Resolution<'_>,
    rate: Option<&Located<RateChoice>>,
    general: Option<RateName>,
) -> Sourced<Vec<RateName>> {
    match rate {
        Some(Located { value: RateChoice::None, at }) => Sourced::written(Vec::new(), *at),
        Some(Located { value: RateChoice::Named(name), at }) => {
            if !resolution.stack.gateway.rates.contains_key(name) {
                let rates = resolution.stack.gateway.rates.keys();
                let known: Vec<String> = rates.map(ToString::to_string).collect();
                resolution.unknown("rate", name.as_str(), *at, known.iter().map(String::as_str));
            }
            let own = Some(name.clone()).filter(|name| Some(name) != general.as_ref());
            Sourced::written(general.into_iter().chain(own).collect(), *at)
        }
        None => general.map_or_else(Sourced::default, |name| Sourced::derived(vec![name])),
    }
}

fn rule(cors: &description::Cors) -> CorsRule {
    let mut listed = BTreeSet::new();
    for origin in &cors.origins.value {
        match &origin.value {
            AllowedOrigin::Any => return CorsRule { origins: OriginRule::Any },
            AllowedOrigin::Exact(origin) => {
                listed.insert(origin.clone());
            }
        }
    }
    let origins = if listed.is_empty() { OriginRule::Closed } else { OriginRule::Listed(listed) };
    CorsRule { origins }
}

/// Put a route at its location, unless another one is there or the path is ours.
fn insert(
    resolution: &mut Resolution<'_>,
    host: HostName,
    path: &Located<RoutePath>,
    route: Route,
) -> bool {
    if RESERVED.iter().any(|ours| below(path.value.as_str(), ours)) {
        let message = format!("`{}` belongs to the gateway", path.value);
        resolution.problems.report(path.at, "reserved-path", message, "choose another path");
        return false;
    }
    let fresh = || Host { main: false, origin: route.origin.clone(), routes: BTreeMap::new() };
    let routes =
        &mut resolution.stack.gateway.hosts.entry(host.clone()).or_insert_with(fresh).routes;
    if let Some(other) = routes.get(&path.value) {
        let message = format!("two routes for `{host}{}`", path.value);
        let mut diagnostic = Diagnostic::at(path.at, "duplicate-route", message);
        if let Origin::Written(first) = other.origin {
            diagnostic = diagnostic.note(first, "the first one");
        }
        let help = "remove one of them, or give one another path or host";
        resolution.problems.add(diagnostic.help(help));
        return false;
    }
    routes.insert(path.value.clone(), route);
    true
}

fn below(path: &str, ours: &str) -> bool {
    path.starts_with(ours) || path == ours.trim_end_matches('/')
}

/// The gateway reaches every validator that a route uses.
fn validators(resolution: &mut Resolution<'_>) {
    let used: BTreeSet<_> = resolution
        .stack
        .gateway
        .routes()
        .filter_map(|(_, _, route)| match &*route.access {
            Access::Policy(name) => Some(name.clone()),
            Access::Unstated | Access::Open | Access::Webhook(_) => None,
        })
        .collect();
    let gateway = ServiceName::gateway();
    for name in used {
        let policy = resolution.stack.gateway.policies.get(&name).map(|policy| policy.kind.clone());
        if let Some(crate::stack::PolicyKind::Validator(validator)) = policy {
            links::link(resolution, &gateway, &validator.service);
        }
    }
    let paths: BTreeSet<UrlPath> = resolution.stack.gateway.closed.keys().cloned().collect();
    for (host, path, route) in resolution.stack.gateway.routes() {
        if paths.iter().any(|closed| below(path.as_str(), &format!("{closed}/")))
            && let Origin::Written(at) = route.origin
        {
            let message = format!("the route `{host}{path}` lies on a blocked path");
            let help = "remove the route, or the path from `blocked:`";
            resolution.problems.add(Diagnostic::at(at, "blocked-route", message).help(help));
        }
    }
}
