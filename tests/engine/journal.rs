//! What the gateway wrote down, as `docker logs` shows it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::project::finish;
use super::reply::Reply;
use super::stack::{Stack, said};

/// How long a line takes from nginx to `docker logs` on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Every line so far, as text.
pub fn text(stack: &Stack) -> String {
    said(&finish(&mut stack.docker(&["logs", &stack.container("gateway")]), ""))
}

/// The line about an answer in one of the logs, `access` or `audit`.
pub fn line(stack: &Stack, log: &str, reply: &Reply) -> Value {
    let begun = Instant::now();
    loop {
        if let Some(found) = written(stack, log, reply) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "no {log} line about {reply:?}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// The same, if it is there by now.
pub fn written(stack: &Stack, log: &str, reply: &Reply) -> Option<Value> {
    let text = text(stack);
    let mut lines = text.lines().filter(|line| line.contains(reply.request_id()));
    lines.find_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["log"] == log).then_some(line)
    })
}

/// Asserts that no service was asked: the gateway answered by itself.
pub fn assert_kept_out(stack: &Stack, reply: &Reply) {
    let line = line(stack, "access", reply);
    assert!(["", "-"].contains(&line["upstream_addr"].as_str().unwrap_or("-")), "{line}");
}
