//! The facts of a stack as a picture: what reaches what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::stack::{Access, Purpose, ServiceName, Stack, Target};

/// A Mermaid flowchart: the internet, the gateway with its policies, links, egress.
///
/// Node ids are numbered in the order of names, since Mermaid reads some names as keywords; the
/// labels are names of services and policies, which hold no character that Mermaid reads.
pub fn mermaid(stack: &Stack) -> String {
    let ids: BTreeMap<&ServiceName, usize> = stack.services.keys().zip(0..).collect();
    let mut chart = String::from("flowchart LR\n    internet((internet))\n");
    for (name, id) in &ids {
        let _ = writeln!(chart, "    s{id}[\"{name}\"]");
    }
    for (name, service) in &stack.services {
        for port in &service.published {
            edge(&mut chart, "internet", &node(&ids, name), &port.host_port.to_string());
        }
    }
    for network in stack.networks.values() {
        match &network.purpose {
            Purpose::Link { from, to } => {
                edge(&mut chart, &node(&ids, from), &node(&ids, to), &policies(stack, from, to));
            }
            Purpose::Egress { service } => {
                edge(&mut chart, &node(&ids, service), "internet", "egress");
            }
            Purpose::Ingress | Purpose::Shared => {}
        }
    }
    chart
}

fn node(ids: &BTreeMap<&ServiceName, usize>, name: &ServiceName) -> String {
    ids.get(name).map_or_else(|| "internet".to_owned(), |id| format!("s{id}"))
}

fn edge(chart: &mut String, from: &str, to: &str, label: &str) {
    let _ = match label {
        "" => writeln!(chart, "    {from} --> {to}"),
        label => writeln!(chart, "    {from} -->|\"{label}\"| {to}"),
    };
}

/// The policies under which the gateway lets requests through to `to`.
pub(super) fn policies(stack: &Stack, from: &ServiceName, to: &ServiceName) -> String {
    if from.as_str() != ServiceName::GATEWAY {
        return String::new();
    }
    let mut names: Vec<String> = stack
        .gateway
        .routes()
        .filter(|(_, _, route)| matches!(&route.target, Target::Service { service, .. } if service == to))
        .map(|(_, _, route)| match &*route.access {
            Access::Unstated | Access::Open => "open".to_owned(),
            Access::Policy(name) => name.to_string(),
            Access::Webhook(_) => "webhook".to_owned(),
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}
