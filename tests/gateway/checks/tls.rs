//! TLS: versions, suites, curves and sessions of Mozilla's "intermediate" profile, version 6.0.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConnection, HandshakeKind, ProtocolVersion};

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Wire, dial};
use crate::gateway::facts::{API, PUBLIC};
use crate::gateway::hello::{Answer, Hello, TLS10, TLS11, TLS12 as TLS12_NUMBER};
use crate::gateway::suite::checks;

checks![Quick: old_versions_are_refused, weak_suites_are_refused, strong_suites_are_accepted, the_client_chooses_the_suite,
    only_the_listed_curves, both_versions_work, session_numbers_resume, a_session_lasts_a_day, no_early_data, http2_is_spoken,
    each_name_has_its_own_certificate;
    Slow: a_renewed_certificate_is_taken_up];

/// ECDHE-ECDSA with AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305.
const STRONG: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];
/// ECDHE-ECDSA with AES-CBC-SHA1 (128, 256), CBC-SHA256, CBC-SHA384, AES-CCM (128, 256), ARIA-GCM, Camellia.
const WEAK: [u16; 9] = [0xc009, 0xc00a, 0xc023, 0xc024, 0xc0ac, 0xc0ad, 0xc05c, 0xc05d, 0xc072];
const X25519: u16 = 29;
const P256: u16 = 23;
const P384: u16 = 24;
const P521: u16 = 25;
const X448: u16 = 30;
/// RFC 8446 section 6: handshake_failure, protocol_version.
const HANDSHAKE_FAILURE: Answer = Answer::Alert(40);
const PROTOCOL_VERSION: Answer = Answer::Alert(70);

fn old_versions_are_refused(bench: &Bench) {
    for version in [TLS10, TLS11] {
        let hello = Hello {
            version,
            suites: &[STRONG.as_slice(), &WEAK].concat(),
            groups: &[X25519, P256],
        };
        assert_eq!(hello.send(bench), PROTOCOL_VERSION, "version {version:#x}");
    }
}

fn weak_suites_are_refused(bench: &Bench) {
    for suite in WEAK {
        let hello = Hello { version: TLS12_NUMBER, suites: &[suite], groups: &[X25519, P256] };
        assert_eq!(hello.send(bench), HANDSHAKE_FAILURE, "suite {suite:#x}");
    }
}

fn strong_suites_are_accepted(bench: &Bench) {
    for suite in STRONG {
        let hello = Hello { version: TLS12_NUMBER, suites: &[suite], groups: &[X25519, P256] };
        assert_eq!(hello.send(bench), Answer::Chosen(suite, X25519));
    }
}

fn the_client_chooses_the_suite(bench: &Bench) {
    for suites in [[STRONG[0], STRONG[2]], [STRONG[2], STRONG[0]]] {
        let hello = Hello { version: TLS12_NUMBER, suites: &suites, groups: &[X25519, P256] };
        assert_eq!(hello.send(bench), Answer::Chosen(suites[0], X25519));
    }
}

fn only_the_listed_curves(bench: &Bench) {
    for group in [X25519, P256, P384] {
        // The certificate's own curve has to be offered for the signature's sake.
        let hello = Hello { version: TLS12_NUMBER, suites: &STRONG, groups: &[group, P256] };
        assert_eq!(hello.send(bench), Answer::Chosen(STRONG[0], group));
    }
    for group in [P521, X448] {
        let hello = Hello { version: TLS12_NUMBER, suites: &STRONG, groups: &[group, P256] };
        assert_eq!(hello.send(bench), Answer::Chosen(STRONG[0], P256), "not {group}");
    }
}

fn both_versions_work(bench: &Bench) {
    for (version, number) in
        [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)]
    {
        let client = bench.client().with(bench.trust.fresh(&[version]));
        let Wire::Tls(stream) = client.open().expect("a handshake") else { unreachable!() };
        assert_eq!(stream.conn.protocol_version(), Some(number));
        client.get(PUBLIC).send().assert_passed();
    }
}

fn session_numbers_resume(bench: &Bench) {
    let client = bench.client().with(bench.trust.by_session_id());
    assert_eq!(handshake_kind(&client), HandshakeKind::Full);
    assert_eq!(handshake_kind(&client), HandshakeKind::Resumed);
}

fn handshake_kind(client: &Client) -> HandshakeKind {
    let mut wire = client.open().expect("a handshake");
    wire.write_all(&client.get(PUBLIC).bytes("close")).expect("sending");
    wire.rest().1.expect("an orderly end");
    let Wire::Tls(stream) = wire else { unreachable!() };
    stream.conn.handshake_kind().expect("a finished handshake")
}

/// In TLS 1.2 the ticket goes over the wire in clear, with the seconds it is good for.
fn a_session_lasts_a_day(bench: &Bench) {
    let config = Arc::new(bench.trust.fresh(&[&TLS12]));
    let name = ServerName::try_from(API).expect("a name");
    let mut session = ClientConnection::new(config, name).expect("a session");
    let mut tapped = Tapped {
        stream: dial(bench.client().from, 8443).expect("a connection"),
        heard: Mutex::default(),
    };
    while session.is_handshaking() {
        session.complete_io(&mut tapped).expect("a handshake");
    }
    let heard = tapped.heard.into_inner().expect("bytes");
    let lifetime = ticket_lifetime(&heard).expect("a NewSessionTicket");
    assert_eq!(lifetime, 86_400);
}

/// Walks the records; type 22 is a handshake, its message 4 a NewSessionTicket (RFC 5077).
fn ticket_lifetime(mut records: &[u8]) -> Option<u32> {
    while let [kind, _, _, high, low, rest @ ..] = records {
        let (body, after) =
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
        if let (22, [4, _, _, _, a, b, c, d, ..]) = (*kind, body) {
            return Some(u32::from_be_bytes([*a, *b, *c, *d]));
        }
        records = after;
    }
    None
}

struct Tapped {
    stream: TcpStream,
    heard: Mutex<Vec<u8>>,
}

impl Read for Tapped {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stream.read(into)?;
        self.heard.lock().expect("bytes").extend(&into[..length]);
        Ok(length)
    }
}

impl Write for Tapped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

/// RFC 8470: what arrives as early data can be replayed.
fn no_early_data(bench: &Bench) {
    let mut config = bench.trust.fresh(&[&TLS13]);
    config.enable_early_data = true;
    let client = bench.client().with(config);
    handshake_kind(&client);
    let session = ClientConnection::new(
        client.tls.clone().expect("TLS"),
        ServerName::try_from(API).expect("a name"),
    );
    assert!(session.expect("a session").early_data().is_none(), "the ticket allows early data");
}

fn http2_is_spoken(bench: &Bench) {
    let mut config = bench.trust.fresh(rustls::DEFAULT_VERSIONS);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    for host in bench.facts.hosts {
        let mut wire = bench.client().host(host).with(config.clone()).open().expect("a handshake");
        let Wire::Tls(stream) = &wire else { unreachable!() };
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]), "{host}");
        // RFC 9113: the client's preface, an empty SETTINGS; the server's SETTINGS comes first in return.
        wire.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").expect("sending");
        let mut frame = [0; 9];
        wire.read_exact(&mut frame).expect("a frame");
        assert_eq!(frame[3], 4, "SETTINGS");
        let mut settings = vec![0; usize::from(frame[2])];
        wire.read_exact(&mut settings).expect("a whole frame");
        // SETTINGS_MAX_CONCURRENT_STREAMS is number 3.
        let streams =
            settings.chunks(6).find(|setting| setting[..2] == [0, 3]).expect("a limit of streams");
        assert_eq!(streams[2..], [0, 0, 0, 64]);
    }
}

fn leaf(bench: &Bench, host: &str) -> Vec<u8> {
    let client = bench.client().host(host).with(bench.trust.fresh(rustls::DEFAULT_VERSIONS));
    let Wire::Tls(stream) = client.open().expect("a handshake that the client trusts") else {
        unreachable!()
    };
    stream.conn.peer_certificates().expect("certificates")[0].to_vec()
}

fn each_name_has_its_own_certificate(bench: &Bench) {
    // The client has checked the name; that each is served from its own file shows when one is renewed.
    let leaves: Vec<_> = bench.facts.hosts.iter().map(|host| leaf(bench, host)).collect();
    assert!(leaves.windows(2).all(|pair| pair[0] != pair[1]));
}

/// Without a reload, within seconds, and without a handshake that fails meanwhile.
fn a_renewed_certificate_is_taken_up(bench: &Bench) {
    for host in bench.facts.hosts {
        leaf(bench, host);
    }
    assert!(kept_for_a_while(bench), "the file is read anew for every handshake");
    let renewed: Vec<_> = bench
        .facts
        .hosts
        .iter()
        .map(|host| bench.trust.issue(&bench.room.path("tls"), host))
        .collect();
    let begun = Instant::now();
    while bench.facts.hosts.iter().zip(&renewed).any(|(host, new)| leaf(bench, host) != *new) {
        assert!(begun.elapsed() < Duration::from_secs(13), "still the old one");
        thread::sleep(Duration::from_millis(200));
    }
}

/// Whether nginx remembers a certificate at all; a moment when it happens to forget one is no proof.
fn kept_for_a_while(bench: &Bench) -> bool {
    let host = bench.facts.hosts[0];
    (0..3).any(|_| {
        let before = leaf(bench, host);
        bench.trust.issue(&bench.room.path("tls"), host);
        leaf(bench, host) == before
    })
}
