//! Asked from the street, the application behind the gateway answers.

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[Observation {
    name: "reply::health",
    proves: &["RL-4"],
    on: Presets::Only(&["relay"]),
    moment: Moment::Running,
    look: health,
}];

/// The health path answers everybody; every other path wants the key.
fn health(stack: &Stack) {
    let client = stack.client();
    assert_eq!(client.get("relay.example.com", "/health").status, 200);
    assert_eq!(client.get("relay.example.com", "/healthy").status, 401);
    assert_eq!(client.get("relay.example.com", "/").status, 401);
}
