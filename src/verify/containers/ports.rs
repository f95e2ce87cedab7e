//! What of a container the host publishes.

use std::collections::BTreeSet;

use super::super::{Observation, Promise, Target, Turn};
use super::each;
use crate::engine::HostConfig;
use crate::stack::Service;

/// CIS Docker Benchmark 5.8.
pub(in super::super) const PORTS: Promise = Promise {
    id: "container-ports",
    text: "The engine publishes the drawn ports, on the drawn addresses, and no others",
    turn: Turn::Any,
    run: ports,
};

fn ports(target: &Target<'_>) -> Observation {
    each(target, |service, container| {
        let (drawn, runs) = (drawn(service), published(&container.host_config));
        let more = runs.difference(&drawn).map(|port| format!("publishes {port}"));
        let less = drawn.difference(&runs).map(|port| format!("does not publish {port}"));
        let all = container.host_config.publish_all_ports;
        more.chain(less).chain(all.then(|| "publishes every exposed port".to_owned())).collect()
    })
}

fn drawn(service: &Service) -> BTreeSet<String> {
    let one = |port: &crate::stack::Published| {
        let transport = if port.udp { "udp" } else { "tcp" };
        format!("{}:{} -> {}/{transport}", port.address, port.host_port, port.container_port)
    };
    service.published.iter().map(|port| one(port)).collect()
}

fn published(host: &HostConfig) -> BTreeSet<String> {
    let mut ports = BTreeSet::new();
    for (inner, outer) in &host.port_bindings {
        for port in outer {
            let address = if port.host_ip.is_empty() { "0.0.0.0" } else { &port.host_ip };
            ports.insert(format!("{address}:{} -> {inner}", port.host_port));
        }
    }
    ports
}
