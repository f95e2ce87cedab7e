//! Upstreams: one per service and port that the gateway asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{DrawError, Sheet};
use crate::stack::{Access, PolicyKind, PolicyName, ServiceName, Stack, Target};

/// nginx's names of what it asks.
pub(super) struct Upstreams(BTreeMap<(ServiceName, u16), String>);

impl Upstreams {
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.0.values().map(String::as_str).collect()
    }

    /// The upstream of a service's port.
    pub(super) fn name(&self, service: &ServiceName, port: u16) -> Result<&str, DrawError> {
        let name = self.0.get(&(service.clone(), port));
        name.map(String::as_str).ok_or_else(|| DrawError::UnknownService(service.clone()))
    }

    /// The upstream of the port that a service serves.
    pub(super) fn own(&self, stack: &Stack, service: &ServiceName) -> Result<&str, DrawError> {
        self.name(service, port(stack, service)?)
    }
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    address: String,
}

/// Draws `upstreams/NAME.conf` for everything that a route or a used policy leads to.
pub(super) fn draw(sheet: &mut Sheet) -> Result<Upstreams, DrawError> {
    let asked = asked(sheet.stack)?;
    let mut ports: BTreeMap<&ServiceName, u32> = BTreeMap::new();
    for (service, _) in &asked {
        *ports.entry(service).or_default() += 1;
    }
    let mut upstreams = BTreeMap::new();
    for (service, port) in &asked {
        let name = if ports.get(service) == Some(&1) {
            service.to_string()
        } else {
            format!("{service}.{port}")
        };
        let address = (sheet.surroundings.address_of)(service, *port);
        sheet.file(
            format!("upstreams/{name}.conf"),
            "upstream.conf",
            &View { name: &name, address },
        )?;
        upstreams.insert((service.clone(), *port), name);
    }
    Ok(Upstreams(upstreams))
}

/// The policies that some route names.
pub(super) fn used_policies(stack: &Stack) -> BTreeSet<&PolicyName> {
    let named = stack.gateway.routes().filter_map(|(_, _, route)| match &*route.access {
        Access::Policy(name) => Some(name),
        Access::Unstated | Access::Open | Access::Webhook(_) => None,
    });
    named.collect()
}

fn asked(stack: &Stack) -> Result<BTreeSet<(ServiceName, u16)>, DrawError> {
    let mut asked = BTreeSet::new();
    for (_, _, route) in stack.gateway.routes() {
        if let Target::Service { service, port } = &route.target {
            known(stack, service)?;
            asked.insert((service.clone(), *port));
        }
    }
    for name in used_policies(stack) {
        let policy = stack.gateway.policies.get(name);
        let policy = policy.ok_or_else(|| DrawError::UnknownPolicy(name.clone()))?;
        let service = match &policy.kind {
            PolicyKind::Validator(validator) => &validator.service,
            PolicyKind::Oidc(oidc) => &oidc.proxy,
            PolicyKind::ApiKey(_) => continue,
        };
        asked.insert((service.clone(), port(stack, service)?));
    }
    Ok(asked)
}

fn port(stack: &Stack, service: &ServiceName) -> Result<u16, DrawError> {
    known(stack, service)?;
    let port = stack.services.get(service).map_or(0, |service| *service.port);
    if port == 0 { Err(DrawError::NoPort(service.clone())) } else { Ok(port) }
}

fn known(stack: &Stack, service: &ServiceName) -> Result<(), DrawError> {
    if stack.services.contains_key(service) {
        Ok(())
    } else {
        Err(DrawError::UnknownService(service.clone()))
    }
}
