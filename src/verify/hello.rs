//! A ClientHello written by hand, for what no TLS library offers any more: old versions and weak
//! suites. Only the answer's first message is looked at; nothing is ever encrypted here.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use super::wire::dial;

/// TLS 1.0, RFC 2246.
pub(super) const TLS10: u16 = 0x0301;
/// TLS 1.1, RFC 4346.
pub(super) const TLS11: u16 = 0x0302;
/// TLS 1.2, RFC 5246.
pub(super) const TLS12: u16 = 0x0303;

/// The largest record of a handshake that is read (RFC 8446 section 5.1).
const RECORD: usize = 1 << 14;

/// What is offered.
pub(super) struct Hello<'a> {
    /// The highest version.
    pub(super) version: u16,
    /// Cipher suites, IANA numbers.
    pub(super) suites: &'a [u16],
    /// The name in the handshake.
    pub(super) name: &'a str,
}

/// The first thing that the server says to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// A ServerHello with the version and the suite that it chose.
    Chosen(u16, u16),
    /// A fatal alert (RFC 8446 section 6), or the end of the connection.
    Refused,
}

impl Hello<'_> {
    /// Send it.
    ///
    /// # Errors
    /// No connection, no answer in time, or one that is no TLS.
    pub(super) fn send(&self, to: SocketAddr) -> io::Result<Choice> {
        let mut stream = dial(to)?;
        stream.write_all(&self.record())?;
        match first_record(&mut stream) {
            Ok(record) => choice(&record).ok_or_else(|| io::Error::other("no TLS answer")),
            Err(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
                    Ok(Choice::Refused)
                }
                _ => Err(error),
            },
        }
    }

    /// RFC 5246 section 7.4.1.2, in one record.
    fn record(&self) -> Vec<u8> {
        let mut hello = self.version.to_be_bytes().to_vec();
        // The random bytes protect a session that never comes to be.
        hello.extend([7; 32]);
        hello.push(0);
        hello.extend(sized(&words(self.suites)));
        hello.extend([1, 0]);
        let name = [&[0][..], &sized(self.name.as_bytes())].concat();
        let mut extensions = extension(0, &sized(&name));
        // secp256r1, x25519, secp384r1, uncompressed points (RFC 8422).
        extensions.extend(extension(10, &sized(&words(&[0x0017, 0x001d, 0x0018]))));
        extensions.extend(extension(11, &[1, 0]));
        // ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, rsa_pkcs1_sha256, ecdsa_sha1, rsa_pkcs1_sha1
        let signatures = words(&[0x0403, 0x0804, 0x0401, 0x0203, 0x0201]);
        extensions.extend(extension(13, &sized(&signatures)));
        hello.extend(sized(&extensions));
        let mut handshake = vec![1, 0];
        handshake.extend(sized(&hello));
        let mut record = vec![22];
        record.extend(TLS10.to_be_bytes());
        record.extend(sized(&handshake));
        record
    }
}

/// Type, version and content of the first record.
fn first_record(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut record = vec![0; 5];
    from.read_exact(&mut record)?;
    let length = match *record.as_slice() {
        [_, _, _, high, low] => usize::from(u16::from_be_bytes([high, low])),
        _ => 0,
    };
    let mut content = vec![0; length.min(RECORD)];
    from.read_exact(&mut content)?;
    record.extend(content);
    Ok(record)
}

/// What a record says, where it is one of TLS.
fn choice(record: &[u8]) -> Option<Choice> {
    match record.split_at_checked(5)? {
        ([21, ..], _) => Some(Choice::Refused),
        // Handshake header 4, version 2, random 32, the session number with its length, the suite.
        ([22, ..], [2, _, _, _, v1, v2, rest @ ..]) => {
            let session = usize::from(*rest.get(32)?);
            let suite = rest.get(33 + session..35 + session)?;
            let [s1, s2] = *suite else { return None };
            Some(Choice::Chosen(u16::from_be_bytes([*v1, *v2]), u16::from_be_bytes([s1, s2])))
        }
        _ => None,
    }
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// With the length before it; what is written here is a few hundred bytes long.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &sized(body)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_suite_is_read() {
        let mut hello = vec![22, 3, 3, 0, 0, 2, 0, 0, 70, 3, 2];
        hello.extend([9; 32]);
        hello.extend([2, 1, 1, 0xc0, 0x13, 0]);
        assert_eq!(choice(&hello), Some(Choice::Chosen(TLS11, 0xc013)));
    }

    #[test]
    fn an_alert_is_a_refusal_and_nonsense_is_neither() {
        assert_eq!(choice(&[21, 3, 3, 0, 2, 2, 70]), Some(Choice::Refused));
        for nonsense in
            [&b""[..], b"HTTP/1.1 400", &[22, 3, 3, 0, 1, 2], &[22, 3, 3, 0, 0, 2, 0, 0, 70, 3, 2]]
        {
            assert_eq!(choice(nonsense), None, "{nonsense:?}");
        }
    }
}
