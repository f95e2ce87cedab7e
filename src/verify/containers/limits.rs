//! What a container may take of its host.

use super::super::{Observation, Promise, Target, Turn};
use super::{differs, each};
use crate::engine::HostConfig;
use crate::stack::Service;

/// CIS Docker Benchmark 5.11, 5.12 and 5.29.
pub(in super::super) const LIMITED: Promise = Promise {
    id: "container-limits",
    text: "Memory, processors and processes are bounded as drawn",
    turn: Turn::Any,
    run: limited,
};

fn limited(target: &Target<'_>) -> Observation {
    each(target, |service, container| faults(service, &container.host_config))
}

fn faults(service: &Service, host: &HostConfig) -> Vec<String> {
    let limits = &service.limits;
    let drawn = [
        ("memory", i64::try_from(limits.memory.0).unwrap_or(i64::MAX), host.memory),
        // The model counts in thousandths, the engine in thousand-millionths.
        ("cpus (billionths)", i64::from(limits.cpus.0).saturating_mul(1_000_000), processors(host)),
        ("pids", i64::from(*limits.pids), host.pids_limit.max(0)),
    ];
    let mut faults = Vec::new();
    for (what, drawn, runs) in drawn {
        faults.extend(differs(what, drawn, runs).filter(|_| drawn > 0));
    }
    faults
}

/// Some engines print a quota per period instead.
fn processors(host: &HostConfig) -> i64 {
    if host.nano_cpus > 0 || host.cpu_period <= 0 {
        return host.nano_cpus;
    }
    host.cpu_quota.saturating_mul(1_000_000_000).checked_div(host.cpu_period).unwrap_or(0)
}
