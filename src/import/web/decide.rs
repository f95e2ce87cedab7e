//! How far the points are to be believed.

use super::scene::Scene;
use super::{Candidate, Confidence};
use crate::import::kinds::Kind;

/// Points ahead of the next from which the first is sure.
const SURE: i32 = 3;

/// Points below which a service whose port is not known is only the least unlikely one.
const LIKELY: i32 = 3;

/// Points from which a service that is not the first faces the web as well.
const ALSO: i32 = 8;

/// Give the sorted candidates their confidence.
pub(super) fn decide(scene: &Scene<'_>, found: &mut [Candidate]) {
    let kind = |name: &str| {
        let service = scene.services.iter().find(|service| service.name == name);
        service.map_or(Kind::Program, |service| service.kind)
    };
    let second = found.get(1).map(|next| next.score);
    for (at, candidate) in found.iter_mut().enumerate() {
        let ahead = second.map_or(SURE, |second| candidate.score - second);
        candidate.confidence = match at {
            _ if kind(&candidate.service) == Kind::Store => Confidence::NotKnown,
            0 if candidate.score < if candidate.port.is_some() { 1 } else { LIKELY } => {
                Confidence::NotKnown
            }
            0 if ahead >= SURE && candidate.port.is_some() => Confidence::Sure,
            0 if ahead > 0 => Confidence::Likely,
            _ if candidate.score >= ALSO && candidate.port.is_some() => Confidence::Likely,
            _ => Confidence::NotKnown,
        };
    }
}
