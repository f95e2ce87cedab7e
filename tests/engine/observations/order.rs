//! What starts after what, and what of a request's trace goes on.

use crate::engine::arrived::Arrived;
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "order::migrations_end_before_the_service_starts",
        proves: &["WS-15", "WS-22"],
        on: Presets::Only(&["wavestack", "web-api"]),
        moment: Moment::Running,
        look: migrations_end_before_the_service_starts,
    },
    Observation {
        name: "order::a_trace_goes_on_behind_the_gateway",
        proves: &["WS-11"],
        on: Presets::Only(&["wavestack"]),
        moment: Moment::Running,
        look: a_trace_goes_on_behind_the_gateway,
    },
];

fn migrations_end_before_the_service_starts(stack: &Stack) {
    let job = &stack.inspect("migrate")["State"];
    assert_eq!((&job["Status"], &job["ExitCode"]), (&"exited".into(), &0.into()), "{job}");
    let consumer = if stack.preset() == "wavestack" { "core-app" } else { "app" };
    let started = stack.inspect(consumer)["State"]["StartedAt"].clone();
    let moment = |time: &serde_json::Value| padded(time.as_str().expect("a time"));
    assert!(moment(&job["FinishedAt"]) <= moment(&started), "{job}, {consumer}: {started}");
}

/// W3C Trace Context: the caller's identifiers reach the service as they are.
fn a_trace_goes_on_behind_the_gateway(stack: &Stack) {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let client = stack.client().at([198, 51, 100, 77]);
    let headers = [("traceparent", parent), ("Authorization", "Bearer good-ann")];
    let reply = client.ask("GET", "api.example.com", "/api/items", &headers);
    assert_eq!(Arrived::of(&reply).all("traceparent"), [parent]);
}

/// A time of the engine, which leaves out zeros at the end, so that text sorts as time does.
fn padded(time: &str) -> String {
    let (seconds, fraction) = time.trim_end_matches('Z').split_once('.').unwrap_or((time, ""));
    format!("{seconds}.{fraction:0<9}")
}
