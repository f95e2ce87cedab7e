//! How containers are doing.

use super::super::promise::Tally;
use super::super::{Observation, Promise, Target, Turn};
use super::{pairs, seen};
use crate::engine::Container;
use crate::stack::Service;

/// By their own health checks.
pub(in super::super) const WELL: Promise = Promise {
    id: "container-health",
    text: "Every service runs and is healthy, every job ended well",
    turn: Turn::Any,
    run: well,
};

fn well(target: &Target<'_>) -> Observation {
    seen(target, |inspection| {
        let mut tally = Tally::default();
        for (service, container) in pairs(target, inspection) {
            let name = container.plain_name();
            match fault(service, container) {
                None if container.state.health.status == "starting" => {
                    tally.unseen(format!("{name} has only just been started"));
                }
                None => tally.keep(),
                Some(fault) => tally.broken(format!("{name} {fault}")),
            }
        }
        tally.conclude("containers")
    })
}

fn fault(service: &Service, container: &Container) -> Option<String> {
    let state = &container.state;
    if service.once {
        let failed = !state.running && state.exit_code != 0;
        return failed.then(|| format!("ended with {}", state.exit_code));
    }
    if !state.running || state.restarting {
        return Some(format!("is {}", state.status));
    }
    match state.health.status.as_str() {
        "unhealthy" => Some("is unhealthy".to_owned()),
        "" | "none" if service.health.can_be_asked() => Some("has no health check".to_owned()),
        _ => None,
    }
}
