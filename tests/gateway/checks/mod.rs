//! The promises, one file per family.

mod auth;
mod websocket;
mod webhooks;
mod streams;
mod routes;
mod keys;
mod balancer;
mod bodies;
mod cors;
mod errors;
mod files;
mod health;
mod hosts;
mod identity;
mod limits;
mod logs;
mod paths;
mod patience;
mod process;
mod recovery;
mod signin;
mod smuggling;
mod tls;

use super::facts::Facts;
use super::suite::Check;

/// All checks that apply to a stack, the quick ones in an order that finds most faults first.
pub fn all(facts: &Facts) -> Vec<&'static Check> {
    let everywhere: &[&'static [Check]] = &[
        auth::CHECKS,
        identity::CHECKS,
        errors::CHECKS,
        hosts::CHECKS,
        cors::CHECKS,
        limits::CHECKS,
        logs::CHECKS,
        files::CHECKS,
        bodies::CHECKS,
        tls::CHECKS,
        health::CHECKS,
        paths::CHECKS,
        smuggling::CHECKS,
        process::CHECKS,
        patience::CHECKS,
        recovery::CHECKS,
    ];
    let further: &[&'static [Check]] = &[
        routes::CHECKS,
        keys::CHECKS,
        signin::CHECKS,
        websocket::CHECKS,
        webhooks::CHECKS,
        balancer::CHECKS,
        streams::CHECKS,
    ];
    let further = if facts.features { further } else { &[] };
    everywhere.iter().chain(further).copied().flatten().collect()
}
