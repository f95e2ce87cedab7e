//! Walk the places of a stack, and find one again to mend it.

use super::{Found, Violation};
use crate::stack::{
    Gateway, Network, Place, Role, Route, Runtime, Secret, Service, ServiceName, Stack,
};

/// What `judge` finds in each service.
pub(in crate::controls) fn services<I: IntoIterator<Item = Found>>(
    stack: &Stack,
    judge: impl Fn(&Service) -> I,
) -> Vec<Violation> {
    let each = stack.services.iter();
    each.flat_map(|(name, service)| {
        judge(service).into_iter().map(|found| found.at(Place::Service(name.clone())))
    })
    .collect()
}

/// True where an image is built by a Dockerfile that is drawn.
pub(in crate::controls) fn builds(stack: &Stack) -> bool {
    let mut recipes = stack.services.values().flat_map(|service| &service.recipe);
    recipes.any(|recipe| recipe.runtime != Runtime::Own)
}

/// What `judge` finds in each route.
pub(in crate::controls) fn routes<I: IntoIterator<Item = Found>>(
    stack: &Stack,
    judge: impl Fn(&Route) -> I,
) -> Vec<Violation> {
    let each = stack.gateway.routes();
    each.flat_map(|(host, path, route)| {
        let place = Place::Route(host.clone(), path.clone());
        judge(route).into_iter().map(move |found| found.at(place.clone()))
    })
    .collect()
}

/// What `judge` finds in each network.
pub(in crate::controls) fn networks<I: IntoIterator<Item = Found>>(
    stack: &Stack,
    judge: impl Fn(&Network) -> I,
) -> Vec<Violation> {
    let each = stack.networks.iter();
    each.flat_map(|(name, network)| {
        judge(network).into_iter().map(|found| found.at(Place::Network(name.clone())))
    })
    .collect()
}

/// What `judge` finds in the gateway; nothing in a stack without one.
pub(in crate::controls) fn gateway<I: IntoIterator<Item = Found>>(
    stack: &Stack,
    judge: impl Fn(&Gateway) -> I,
) -> Vec<Violation> {
    let named = stack.services.get(ServiceName::GATEWAY);
    let is_there = named.is_some_and(|service| service.role == Role::Gateway);
    let judged = is_there.then(|| judge(&stack.gateway));
    judged.into_iter().flatten().map(|found| found.at(Place::Gateway)).collect()
}

/// The service at `place`.
pub(in crate::controls) fn service_at<'a>(
    stack: &'a mut Stack,
    place: &Place,
) -> Option<&'a mut Service> {
    let Place::Service(name) = place else { return None };
    stack.services.get_mut(name)
}

/// The route at `place`.
pub(in crate::controls) fn route_at<'a>(
    stack: &'a mut Stack,
    place: &Place,
) -> Option<&'a mut Route> {
    let Place::Route(host, path) = place else { return None };
    stack.gateway.hosts.get_mut(host)?.routes.get_mut(path)
}

/// The network at `place`.
pub(in crate::controls) fn network_at<'a>(
    stack: &'a mut Stack,
    place: &Place,
) -> Option<&'a mut Network> {
    let Place::Network(name) = place else { return None };
    stack.networks.get_mut(name)
}

/// The secret at `place`.
pub(in crate::controls) fn secret_at<'a>(
    stack: &'a mut Stack,
    place: &Place,
) -> Option<&'a mut Secret> {
    let Place::Secret(name) = place else { return None };
    stack.secrets.get_mut(name)
}

/// The gateway, where `place` is its own.
pub(in crate::controls) fn gateway_at<'a>(
    stack: &'a mut Stack,
    place: &Place,
) -> Option<&'a mut Gateway> {
    (*place == Place::Gateway).then_some(&mut stack.gateway)
}
