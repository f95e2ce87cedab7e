//! What is observed, one file per subject.

use super::observation::Observation;

pub mod apply;
pub mod auth;
pub mod balancer;
pub mod bench;
pub mod confinement;
pub mod databases;
pub mod environments;
pub mod hygiene;
pub mod lifecycle;
pub mod limits;
pub mod listening;
pub mod order;
pub mod probe;
pub mod reach;
pub mod recovery;
pub mod reply;
pub mod runbook;
pub mod secrets;
pub mod sign_in;
pub mod tls;
pub mod unit;
pub mod verify;
pub mod websocket;

/// Every subject's list. Within one moment of a stack's life, they are made in this order.
pub const ALL: &[&[Observation]] = &[
    apply::OBSERVATIONS,
    lifecycle::OBSERVATIONS,
    // Before anybody's `up` runs the jobs once more.
    order::OBSERVATIONS,
    listening::OBSERVATIONS,
    probe::OBSERVATIONS,
    confinement::OBSERVATIONS,
    reach::OBSERVATIONS,
    secrets::OBSERVATIONS,
    unit::OBSERVATIONS,
    databases::OBSERVATIONS,
    reply::OBSERVATIONS,
    runbook::OBSERVATIONS,
    sign_in::OBSERVATIONS,
    auth::OBSERVATIONS,
    balancer::OBSERVATIONS,
    websocket::OBSERVATIONS,
    limits::OBSERVATIONS,
    tls::OBSERVATIONS,
    hygiene::OBSERVATIONS,
    bench::OBSERVATIONS,
    recovery::OBSERVATIONS,
    verify::OBSERVATIONS,
    environments::OBSERVATIONS,
];
