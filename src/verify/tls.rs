//! Versions and ciphers of TLS.

use super::hello::{Choice, Hello, TLS10, TLS11, TLS12};
use super::promise::Tally;
use super::request::Answer;
use super::wire::Wire;
use super::{Observation, Promise, Target, Turn};
use crate::stack::TlsVersion;

/// RFC 8996 withdrew both.
pub(super) const OLD_VERSIONS: Promise = Promise {
    id: "tls-old-versions",
    text: "TLS 1.0 and TLS 1.1 are refused",
    turn: Turn::Any,
    run: old_versions,
};

/// Mozilla's intermediate profile: forward secrecy and authenticated encryption only.
pub(super) const WEAK_CIPHERS: Promise = Promise {
    id: "tls-weak-ciphers",
    text: "Ciphers without forward secrecy, in CBC mode, or broken ones are refused",
    turn: Turn::Any,
    run: weak_ciphers,
};

/// What clients of today speak.
pub(super) const CURRENT_VERSIONS: Promise = Promise {
    id: "tls-current-versions",
    text: "Every version of TLS from the description's minimum on is spoken",
    turn: Turn::Any,
    run: current_versions,
};

/// Suites that a client of 2010 would offer, the good ones among them, so that a server which
/// speaks the version has one to choose.
const ANY: &[u16] =
    &[0xc02b, 0xc02f, 0xc00a, 0xc009, 0xc014, 0xc013, 0x0033, 0x0039, 0x002f, 0x0035, 0x000a];

/// Families of suites to be refused, by what is wrong with them; IANA's registry of TLS suites.
const WEAK: [(&str, &[u16]); 5] = [
    ("CBC mode", &[0xc009, 0xc00a, 0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028, 0x0067, 0x006b]),
    ("no forward secrecy", &[0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d]),
    ("3DES or RC4", &[0x000a, 0xc008, 0xc012, 0x0016, 0x0004, 0x0005, 0xc007, 0xc011]),
    ("no encryption", &[0x0001, 0x0002, 0x003b, 0xc006, 0xc010]),
    ("no certificate", &[0x0018, 0x001b, 0x0034, 0x003a, 0x006c, 0x006d, 0xc018, 0xc019]),
];

fn old_versions(target: &Target<'_>) -> Observation {
    if *target.stack.gateway.tls.minimum < TlsVersion::V1_2 {
        return Observation::NotMade;
    }
    let mut tally = Tally::default();
    for (name, version) in [("TLS 1.0", TLS10), ("TLS 1.1", TLS11)] {
        let hello = Hello { version, suites: ANY, name: target.host() };
        match hello.send(target.given.doors.https) {
            Ok(Choice::Refused) => tally.keep(),
            Ok(Choice::Chosen(chosen, _)) => {
                tally.judge(chosen > TLS11, || format!("{name} is spoken"));
            }
            Err(error) => tally.unseen(error.to_string()),
        }
    }
    tally.conclude("versions")
}

fn weak_ciphers(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for (what, suites) in WEAK {
        let hello = Hello { version: TLS12, suites, name: target.host() };
        match hello.send(target.given.doors.https) {
            Ok(Choice::Refused) => tally.keep(),
            Ok(Choice::Chosen(_, suite)) => {
                tally.broken(format!("suite 0x{suite:04x} is accepted: {what}"));
            }
            Err(error) => tally.unseen(error.to_string()),
        }
    }
    tally.conclude("families of ciphers")
}

fn current_versions(target: &Target<'_>) -> Observation {
    let minimum = *target.stack.gateway.tls.minimum;
    let mut tally = Tally::default();
    for (name, version, one) in [
        ("TLS 1.2", TlsVersion::V1_2, &rustls::version::TLS12),
        ("TLS 1.3", TlsVersion::V1_3, &rustls::version::TLS13),
    ] {
        if version < minimum {
            continue;
        }
        let address = target.given.doors.https;
        match Wire::tls(address, target.host(), &target.given.trust, &[one]) {
            Ok(_) => tally.keep(),
            Err(none) => tally.broken(format!("{name}: {}", Answer::from(none).words())),
        }
    }
    tally.conclude("versions")
}
