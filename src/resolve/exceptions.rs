//! Exceptions of the description, each at its place.

use super::Resolution;
use crate::description::{ExceptionKeys, Located, RouteReference};
use crate::diagnostic::{Diagnostic, Position};
use crate::stack::{Exception, HostName, Place, ServiceName};

/// Add every exception; whether its control exists and finds something is the runner's question.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    for exception in &resolution.description.exceptions {
        for place in places(resolution, exception) {
            let keys = &exception.value;
            // What a person says stands in place of what we know of the image.
            resolution.stack.exceptions.retain(|known| {
                !known.written.is_empty()
                    || known.place != place
                    || known.control != keys.control.value.as_str()
            });
            resolution.stack.exceptions.push(Exception {
                control: keys.control.value.to_string(),
                place,
                reason: keys.reason.value.to_string(),
                until: keys.until.as_ref().map(|day| day.value.to_string()).unwrap_or_default(),
                written: vec![exception.at],
            });
        }
    }
}

fn places(resolution: &mut Resolution<'_>, exception: &Located<ExceptionKeys>) -> Vec<Place> {
    let ExceptionKeys { service, route, secret, network, .. } = &exception.value;
    let named = [!service.0.is_empty(), route.is_some(), secret.is_some(), network.is_some()];
    if named.iter().filter(|named| **named).count() > 1 {
        let message = "an exception holds at one place";
        let help = "write one exception for each of `service`, `route`, `secret` and `network`";
        resolution.problems.report(exception.at, "wrong-value", message, help);
        return Vec::new();
    }
    if !service.0.is_empty() {
        let exists = |service: &&Located<ServiceName>| {
            let ours = resolution.stack.services.contains_key(&service.value);
            ours || resolution.service_exists(&service.value, service.at)
        };
        let found = service.0.iter().filter(exists);
        return found.map(|service| Place::Service(service.value.clone())).collect();
    }
    if let Some(secret) = secret {
        if !resolution.stack.secrets.contains_key(&secret.value) {
            let secrets = resolution.stack.secrets.keys();
            let known: Vec<String> = secrets.map(ToString::to_string).collect();
            let known = known.iter().map(String::as_str);
            resolution.unknown("secret", secret.value.as_str(), secret.at, known);
        }
        return vec![Place::Secret(secret.value.clone())];
    }
    if let Some(network) = network {
        if !resolution.stack.networks.contains_key(&network.value) {
            let networks = resolution.stack.networks.keys();
            let known: Vec<String> = networks.map(ToString::to_string).collect();
            let known = known.iter().map(String::as_str);
            resolution.unknown("network", network.value.as_str(), network.at, known);
        }
        return vec![Place::Network(network.value.clone())];
    }
    match route {
        Some(route) => routes(resolution, &route.value, route.at),
        None => vec![Place::Gateway],
    }
}

fn routes(resolution: &mut Resolution<'_>, wanted: &RouteReference, at: Position) -> Vec<Place> {
    let named = wanted.host.clone().map(|value| Located { value, at });
    let host: Option<HostName> = match &named {
        Some(named) => resolution.host(Some(named)),
        None => None,
    };
    let found: Vec<Place> = resolution
        .stack
        .gateway
        .routes()
        .filter(|(name, path, _)| **path == wanted.path && host.as_ref().is_none_or(|h| h == *name))
        .map(|(name, path, _)| Place::Route(name.clone(), path.clone()))
        .collect();
    if found.is_empty() {
        let message = format!("there is no route `{}`", wanted.path);
        let help = "write the path as the route has it";
        resolution.problems.add(Diagnostic::at(at, "unknown-name", message).help(help));
    }
    found
}
