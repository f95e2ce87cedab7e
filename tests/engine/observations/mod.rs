//! What is observed, one file per subject.

use super::observation::Observation;

pub mod lifecycle;
pub mod recovery;
pub mod reply;
pub mod secrets;

/// Every subject's list.
pub const ALL: &[&[Observation]] =
    &[lifecycle::OBSERVATIONS, recovery::OBSERVATIONS, reply::OBSERVATIONS, secrets::OBSERVATIONS];
