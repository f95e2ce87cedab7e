//! What is observed, one file per subject.

use super::observation::Observation;

pub mod lifecycle;
pub mod reply;
pub mod secrets;

/// Every subject's list.
pub const ALL: &[&[Observation]] =
    &[lifecycle::OBSERVATIONS, reply::OBSERVATIONS, secrets::OBSERVATIONS];
