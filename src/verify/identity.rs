//! Whose word a service takes for who somebody is.

use super::promise::Tally;
use super::request::Answer;
use super::visitor::{ECHOED, FORGED, visits};
use super::{Observation, Promise, Target, Turn};

/// Only a validator's answer makes an identity.
pub(super) const IDENTITY: Promise = Promise {
    id: "identity-headers",
    text: "A service that repeats what it gets does not get a client's own identity headers",
    turn: Turn::Any,
    run: identity,
};

fn identity(target: &Target<'_>) -> Observation {
    if target.stack.gateway.identity_header_names().is_empty() {
        return Observation::NotMade;
    }
    let mut tally = Tally::default();
    for visit in visits(target) {
        let Answer::Reply(reply) = &visit.answer else { continue };
        if reply.holds(FORGED) {
            tally.broken(format!("{} repeats a made-up identity", visit.name()));
        } else if reply.holds(ECHOED.1) {
            tally.keep();
        }
    }
    tally.unseen("no other path repeats what its service gets");
    tally.conclude("paths that repeat what they get")
}
