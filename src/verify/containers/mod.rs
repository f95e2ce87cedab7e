//! The running containers against the drawn ones: what the engine says is held against what the
//! description stands for, so that a change made by hand on the machine is seen.

mod confinement;
mod health;
mod image;
mod limits;
mod mounts;
mod networks;
mod ports;
mod set;

pub(super) use confinement::CONFINED;
pub(super) use health::WELL;
pub(super) use image::IMAGES;
pub(super) use limits::LIMITED;
pub(super) use mounts::MOUNTS;
pub(super) use networks::NETWORKS;
pub(super) use ports::PORTS;
pub(super) use set::COMPLETE;

use super::promise::Tally;
use super::{Observation, Target};
use crate::engine::{Container, Inspection};
use crate::stack::Service;

/// Hold every container of the project against its service; `faults` says what differs.
fn each(target: &Target<'_>, faults: impl Fn(&Service, &Container) -> Vec<String>) -> Observation {
    seen(target, |inspection| {
        let mut tally = Tally::default();
        for (service, container) in pairs(target, inspection) {
            let found = faults(service, container);
            tally.judge(found.is_empty(), || {
                format!("{}: {}", container.plain_name(), found.join("; "))
            });
        }
        tally.conclude("containers")
    })
}

/// Every container with its service; one without a service is told of once, by `containers`.
fn pairs<'a>(
    target: &'a Target<'_>,
    inspection: &'a Inspection,
) -> impl Iterator<Item = (&'a Service, &'a Container)> {
    inspection.containers.iter().filter_map(|container| {
        let mut services = target.stack.services.iter();
        let (_, service) = services.find(|(name, _)| name.as_str() == container.service())?;
        Some((service, container))
    })
}

/// Look at what the engine says, where it can be seen.
fn seen(target: &Target<'_>, look: impl Fn(&Inspection) -> Observation) -> Observation {
    match &target.given.inspection {
        Ok(inspection) => look(inspection),
        Err(why) => Observation::Unseen(why.clone()),
    }
}

/// A difference as a line; nothing where there is none.
fn differs<T: PartialEq + std::fmt::Display>(what: &str, drawn: T, runs: T) -> Option<String> {
    (drawn != runs).then(|| format!("{what} is {runs}, drawn {drawn}"))
}
