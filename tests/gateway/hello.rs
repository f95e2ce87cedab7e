//! A ClientHello written by hand, for what no TLS library offers any more: old versions, weak
//! suites, curves that must be refused. Only the answer's first flight is looked at.

use std::io::{Read, Write};

use super::bench::Bench;
use super::client::dial;
use super::facts::API;

/// TLS 1.0, RFC 2246.
pub const TLS10: u16 = 0x0301;
/// TLS 1.1, RFC 4346.
pub const TLS11: u16 = 0x0302;
/// TLS 1.2, RFC 5246.
pub const TLS12: u16 = 0x0303;

/// What is offered to the gateway.
pub struct Hello<'a> {
    /// The highest version.
    pub version: u16,
    /// Cipher suites, IANA numbers.
    pub suites: &'a [u16],
    /// Groups, IANA numbers.
    pub groups: &'a [u16],
}

/// The first thing the gateway says to a [`Hello`].
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// A ServerHello with the suite it chose, and the group of the key exchange that follows.
    Chosen(u16, u16),
    /// A fatal alert, RFC 8446 section 6.
    Alert(u8),
}

impl Hello<'_> {
    /// Sends it for the API's name.
    pub fn send(&self, bench: &Bench) -> Answer {
        let mut stream = dial(bench.client().from, 8443).expect("a connection");
        stream.write_all(&self.record()).expect("sending");
        let mut suite = None;
        loop {
            let mut head = [0; 5];
            stream.read_exact(&mut head).expect("a record");
            let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
            stream.read_exact(&mut body).expect("a whole record");
            if head[0] == 21 {
                return Answer::Alert(body[1]);
            }
            assert_eq!(head[0], 22, "neither alert nor handshake");
            for message in messages(&body) {
                match (message[0], suite) {
                    // Handshake header 4, version 2, random 32, then the session number with its length.
                    (2, _) => {
                        suite = Some(word(&message[4 + 2 + 32 + 1 + usize::from(message[38])..]))
                    }
                    // ServerKeyExchange, RFC 8422: a named curve and its number.
                    (12, Some(suite)) => return Answer::Chosen(suite, word(&message[5..])),
                    _ => {}
                }
            }
        }
    }

    fn record(&self) -> Vec<u8> {
        let mut hello = self.version.to_be_bytes().to_vec();
        hello.extend([7; 32]);
        hello.push(0);
        hello.extend(sized(&words(self.suites)));
        hello.extend([1, 0]);
        let name = [&[0][..], &sized(API.as_bytes())].concat();
        let mut extensions = extension(0, &sized(&name));
        extensions.extend(extension(10, &sized(&words(self.groups))));
        extensions.extend(extension(11, &[1, 0]));
        // ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, rsa_pkcs1_sha256, ecdsa_sha1, rsa_pkcs1_sha1
        extensions.extend(extension(13, &sized(&words(&[0x0403, 0x0804, 0x0401, 0x0203, 0x0201]))));
        hello.extend(sized(&extensions));
        let mut handshake = vec![1, 0];
        handshake.extend(sized(&hello));
        let mut record = vec![22];
        record.extend(TLS10.to_be_bytes());
        record.extend(sized(&handshake));
        record
    }
}

/// The handshake messages of a record; OpenSSL never splits one over two.
fn messages(mut record: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    while let [_, high, middle, low, ..] = *record {
        let (message, rest) =
            record.split_at(4 + u32::from_be_bytes([0, high, middle, low]) as usize);
        messages.push(message);
        record = rest;
    }
    messages
}

fn word(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short field");
    [&length.to_be_bytes()[..], bytes].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &sized(body)].concat()
}
