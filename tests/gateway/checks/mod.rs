//! The promises, one file per family.

mod auth;
mod tls;

use super::facts::Facts;
use super::suite::Check;

/// All checks that apply to a stack, the quick ones in an order that finds most faults first.
pub fn all(_facts: &Facts) -> Vec<&'static Check> {
    let families: &[&'static [Check]] = &[auth::CHECKS, tls::CHECKS];
    families.iter().copied().flatten().collect()
}
