//! What HTTP cannot carry.

use std::io::{Read, Write};

use crate::gateway::bench::Bench;
use crate::gateway::client::dial;
use crate::gateway::suite::checks;

checks![Quick: bytes_are_carried, the_stream_is_logged];

/// Bytes that the stand-in for mail understands.
fn greet(bench: &Bench) -> String {
    let mut stream = dial(bench.client().from, 2525).expect("the stream's port");
    stream.write_all(b"GET /greeting HTTP/1.1\r\nX-Api-Client: as it is\r\n\r\n").expect("sending");
    let mut answer = [0; 400];
    let length = stream.read(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

fn bytes_are_carried(bench: &Bench) {
    let answer = greet(bench);
    assert!(answer.contains("mail says"), "{answer}");
    let seen = bench.stubs.seen(|seen| seen.service == "mail");
    assert_eq!(seen[0].header("X-Api-Client"), Some("as it is"));
}

fn the_stream_is_logged(bench: &Bench) {
    greet(bench);
    let line = bench
        .nginx()
        .access
        .wait_for(std::time::Duration::from_secs(2), |line| line.contains("\"stream\""));
    let line: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
    assert_eq!((line["port"].as_str(), line["protocol"].as_str()), (Some("2525"), Some("TCP")));
}
