//! WebSockets through the public name, for who may and from where a browser may.

use std::io::{Read, Write};

use crate::engine::client::Client;
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::reply::Reply;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "websocket::echoes_to_who_may",
        proves: &["AC-3"],
        on: Presets::Only(&["ai-camera"]),
        moment: Moment::Running,
        look: echoes_to_who_may,
    },
    Observation {
        name: "websocket::refuses_strangers_and_foreign_pages",
        proves: &["AC-3", "AC-9"],
        on: Presets::Only(&["ai-camera"]),
        moment: Moment::Running,
        look: refuses_strangers_and_foreign_pages,
    },
];

const HOST: &str = "api.example.com";
const PATH: &str = "/v1/guidance/ws";
/// The example of RFC 6455, section 1.3, with what a server has to answer.
const KEY: (&str, &str) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
const TOKEN: (&str, &str) = ("Authorization", "Bearer good-ann");

/// An app sends no Origin, a listed page and the site itself send theirs.
fn echoes_to_who_may(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 40]);
    for origin in [None, Some("https://app.example.com"), Some("https://api.example.com")] {
        let origin: Vec<_> = origin.iter().map(|origin| ("Origin", *origin)).collect();
        let (reply, wire) = knock(&client, &[&[TOKEN], origin.as_slice()].concat());
        assert_eq!(reply.status, 101, "{origin:?}: {reply:?}");
        assert_eq!(reply.header("Sec-WebSocket-Accept"), Some(KEY.1));
        let mut wire = wire;
        // A final text frame of five bytes, masked with zeros; it comes back without a mask.
        wire.write_all(b"\x81\x85\0\0\0\0hello").expect("to send");
        let mut echo = [0; 7];
        wire.read_exact(&mut echo).expect("an echo");
        assert_eq!(&echo, b"\x81\x05hello", "{origin:?}");
    }
}

fn refuses_strangers_and_foreign_pages(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 41]);
    knock(&client, &[]).0.assert_error(401, "unauthorized");
    knock(&client, &[("Authorization", "Bearer guessed")]).0.assert_error(401, "unauthorized");
    for origin in ["https://evil.example", "null", "https://app.example.com.evil.example"] {
        let (reply, _) = knock(&client, &[TOKEN, ("Origin", origin)]);
        reply.assert_error(403, "forbidden").assert_secured();
    }
}

fn knock(client: &Client, headers: &[(&str, &str)]) -> (Reply, impl Read + Write + use<>) {
    let mut wire = client.tls(HOST, 443).expect("a connection");
    let mut text = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n",
        KEY.0
    );
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    wire.write_all(format!("{text}\r\n").as_bytes()).expect("to send");
    let reply = Reply::read(&mut wire, "GET").expect("an answer");
    (reply, wire)
}
