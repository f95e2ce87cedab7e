//! The facts of one stack.

use super::{Exposure, Fact, Section};
use crate::stack::{
    Access, Delivery, OriginRule, RateKey, Route, SecretName, SecretUse, ServiceName, Stack,
    Target, Transport,
};

/// Collect what `stack` exposes.
pub fn expose(stack: &Stack) -> Exposure {
    let mut exposure = Exposure::default();
    published(stack, &mut exposure);
    for name in stack.egress() {
        exposure.add(Section::Egress, Fact::about(name.as_str()));
    }
    for (from, to) in stack.links() {
        exposure.add(Section::Links, Fact::about(format!("{from} -> {to}")));
    }
    for (host, path, route) in stack.gateway.routes() {
        exposure.add(Section::Routes, route_fact(stack, format!("{host} {path}"), route));
    }
    let readers = stack.all_readers();
    for (name, secret) in &stack.secrets {
        let readers = readers.get(name).map(Vec::as_slice).unwrap_or_default();
        secret_facts(readers, name, secret.for_people, &mut exposure);
    }
    for exception in &stack.exceptions {
        let until = match exception.until.as_str() {
            "" => String::new(),
            day => format!(" (until {day})"),
        };
        let line =
            format!("{} {}: {}{until}", exception.control, exception.place, exception.reason);
        exposure.add(Section::Exceptions, Fact::about(line));
    }
    exposure
}

fn published(stack: &Stack, exposure: &mut Exposure) {
    for (name, service) in &stack.services {
        for port in &service.published {
            let transport = if port.udp { "udp" } else { "tcp" };
            let address = match port.address {
                std::net::IpAddr::V4(v4) => v4.to_string(),
                std::net::IpAddr::V6(v6) => format!("[{v6}]"),
            };
            let subject =
                format!("{address}:{}/{transport} {name}:{}", port.host_port, port.container_port);
            exposure.add(
                Section::Published,
                Fact::about(subject).with("for", purpose(stack, port.host_port)),
            );
        }
    }
}

fn purpose(stack: &Stack, port: u16) -> String {
    let publish = &stack.gateway.publish;
    let stream = stack.gateway.streams.iter().find(|stream| stream.port == port);
    match stream {
        Some(stream) => {
            let transport = match stream.transport {
                Transport::Tcp => "tcp",
                Transport::Udp => "udp",
            };
            format!("stream-{transport}-to-{}", stream.service)
        }
        None if port == *publish.https => "tls".to_owned(),
        None if port == *publish.http => "redirect-and-acme".to_owned(),
        None => "unstated".to_owned(),
    }
}

fn route_fact(stack: &Stack, subject: String, route: &Route) -> Fact {
    let auth = match &*route.access {
        Access::Unstated => "unstated".to_owned(),
        Access::Open => "none".to_owned(),
        Access::Policy(name) => name.to_string(),
        Access::Webhook(webhook) => format!("webhook:{}", webhook.signature),
    };
    let fact = Fact::about(subject).with("auth", auth).with("rate", rates(stack, route));
    let fact = list(fact, "allow", route.allow.iter().map(ToString::to_string));
    let fact = list(fact, "methods", route.methods.iter().cloned());
    let fact = match &route.cors.origins {
        OriginRule::Closed => fact,
        OriginRule::Any => fact.with("cors", "*"),
        OriginRule::Listed(origins) => list(fact, "cors", origins.iter().cloned()),
    };
    let fact = if route.websocket { fact.with("websocket", "yes") } else { fact };
    match &route.target {
        Target::Service { service, .. } => {
            fact.with("body", route.body.to_string()).with("service", service.as_str())
        }
        Target::Static { volume } => fact.with("static", volume.as_str()),
    }
}

fn rates(stack: &Stack, route: &Route) -> String {
    let written: Vec<String> = route
        .rates
        .iter()
        .filter_map(|name| stack.gateway.rates.get(name))
        .map(|rate| {
            let key = match rate.key {
                RateKey::Address => "",
                RateKey::Credential => "/credential",
            };
            let unit = match rate.unit {
                crate::stack::RateUnit::Second => "s",
                crate::stack::RateUnit::Minute => "min",
            };
            format!("{}/{unit}+{}{key}", rate.requests, rate.burst)
        })
        .collect();
    if written.is_empty() { "none".to_owned() } else { written.join(",") }
}

fn list(fact: Fact, name: &str, values: impl Iterator<Item = String>) -> Fact {
    let values: Vec<String> = values.collect();
    if values.is_empty() { fact } else { fact.with(name, values.join(",")) }
}

fn secret_facts(
    readers: &[(&ServiceName, &SecretUse)],
    name: &SecretName,
    for_people: bool,
    exposure: &mut Exposure,
) {
    if readers.is_empty() {
        let who = if for_people { "people" } else { "nobody" };
        exposure.add(Section::Secrets, Fact::about(format!("{name} -> {who}")));
        return;
    }
    for (reader, used) in readers {
        let fact = Fact::about(format!("{name} -> {reader}"));
        let fact = match &used.delivery {
            Delivery::File | Delivery::FileVariable(_) | Delivery::Folder => fact,
            Delivery::Variable(_) => fact.with("in", "environment"),
            Delivery::Plain(_) => fact.with("in", "compose-file"),
        };
        exposure.add(Section::Secrets, fact);
    }
}
