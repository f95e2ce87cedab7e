//! What is observed, one file per subject.

use super::observation::Observation;

pub mod confinement;
pub mod databases;
pub mod lifecycle;
pub mod listening;
pub mod reach;
pub mod recovery;
pub mod reply;
pub mod secrets;

/// Every subject's list. Within one moment of a stack's life, they are made in this order.
pub const ALL: &[&[Observation]] = &[
    lifecycle::OBSERVATIONS,
    listening::OBSERVATIONS,
    confinement::OBSERVATIONS,
    reach::OBSERVATIONS,
    secrets::OBSERVATIONS,
    databases::OBSERVATIONS,
    reply::OBSERVATIONS,
    recovery::OBSERVATIONS,
];
