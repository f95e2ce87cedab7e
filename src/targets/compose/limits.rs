//! What a container may take of its host, in both forms that tools read.

use std::collections::BTreeMap;

use crate::compose::{
    Deploy, Logging, Number, ResourceLimits, Resources, Service, Ulimit, doubled,
};
use crate::stack::{self, Limits};

/// Writes limits twice with equal values: engines read `deploy`, podman-compose the other keys.
/// Swap counts as memory, so that a limit is one.
pub(super) fn fill(limits: &Limits, replicas: u16, out: &mut Service) {
    let mut bounds = ResourceLimits::default();
    if limits.memory.0 > 0 {
        let memory = limits.memory.to_string();
        bounds.memory = Some(memory.clone());
        out.mem_limit = Some(memory.clone());
        out.memswap_limit = Some(memory);
    }
    if limits.cpus.0 > 0 {
        bounds.cpus = Some(limits.cpus.to_string());
        out.cpus = Some(Number(limits.cpus.to_string()));
    }
    if *limits.pids > 0 {
        bounds.pids = Some(Number(limits.pids.to_string()));
        out.pids_limit = Some(Number(limits.pids.to_string()));
    }
    let resources = (bounds != ResourceLimits::default())
        .then(|| Resources { limits: Some(bounds), ..Resources::default() });
    let replicas = (replicas != 1).then(|| Number(replicas.to_string()));
    if resources.is_some() || replicas.is_some() {
        out.deploy = Some(Deploy { replicas, resources, ..Deploy::default() });
    }
}

pub(super) fn ulimits(service: &stack::Service) -> BTreeMap<String, Ulimit> {
    let limit = |value: u64| {
        Some(Number(if value == u64::MAX { "-1".to_owned() } else { value.to_string() }))
    };
    let one = |ulimit: &stack::Ulimit| Ulimit {
        soft: limit(ulimit.soft),
        hard: limit(ulimit.hard),
        ..Ulimit::default()
    };
    service.ulimits.iter().map(|(name, ulimit)| (name.clone(), one(ulimit))).collect()
}

pub(super) fn logging(logging: &stack::Logging) -> Option<Logging> {
    if *logging == stack::Logging::default() {
        return None;
    }
    let options = logging.options.iter().map(|(name, value)| (name.clone(), doubled(value)));
    Some(Logging {
        driver: (!logging.driver.is_empty()).then(|| doubled(&logging.driver)),
        options: options.collect(),
        ..Logging::default()
    })
}
