//! MySQL's password verifier: the `authentication_string` of `caching_sha2_password`, which is
//! Drepper's SHA-crypt with SHA-256, 5000 rounds and a salt of 20 bytes ("Unix crypt using
//! SHA-256 and SHA-512"; MySQL's `sha2_password_common` and `crypt_genhash_impl.cc`).

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use super::salt::salt;

/// crypt's own base64, not that of RFC 4648.
const SIGNS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Rounds in thousands, in hexadecimal: what `005` in the verifier says.
const ROUNDS: usize = 5000;

/// The bytes of the last digest that make four signs each; the last two make three signs.
const ORDER: [[usize; 3]; 10] = [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
];

type Digest = Zeroizing<Vec<u8>>;

/// The verifier of `password` for `role`, for `IDENTIFIED WITH caching_sha2_password AS '…'`.
/// Consists of signs that need no escaping in a SQL string.
pub fn caching_sha2_verifier(password: &[u8], role: &str) -> String {
    let salt = salt::<20>(password, role).map(|byte| sign(byte.into()));
    let salt: String = salt.iter().collect();
    format!("$A$005${salt}{}", crypt(password, salt.as_bytes()))
}

fn crypt(password: &[u8], salt: &[u8]) -> String {
    let first = digest(&[password, salt, password]);
    let mut parts = vec![password, salt];
    let stretched = stretch(&first, password.len());
    parts.push(&stretched);
    let mut bits = password.len();
    while bits > 0 {
        parts.push(if bits % 2 == 1 { &first } else { password });
        bits /= 2;
    }
    let mut current = digest(&parts);
    let password_block = digest(&vec![password; password.len()]);
    let p = stretch(&password_block, password.len());
    let repeats = 16 + usize::from(current.first().copied().unwrap_or_default());
    let s = stretch(&digest(&vec![salt; repeats]), salt.len());
    for round in 0..ROUNDS {
        let odd = round % 2 == 1;
        let mut parts: Vec<&[u8]> = vec![if odd { &p } else { &current }];
        if round % 3 != 0 {
            parts.push(&s);
        }
        if round % 7 != 0 {
            parts.push(&p);
        }
        parts.push(if odd { &current } else { &p });
        let next = digest(&parts);
        current = next;
    }
    encode(&current)
}

fn digest(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    Zeroizing::new(context.finish().as_ref().to_vec())
}

/// As many bytes as asked for, by repeating the digest.
fn stretch(digest: &Digest, length: usize) -> Digest {
    Zeroizing::new(digest.iter().copied().cycle().take(length).collect())
}

fn encode(digest: &Digest) -> String {
    let byte = |index: usize| u32::from(digest.get(index).copied().unwrap_or_default());
    let signs = |value: u32, count: u32| (0..count).map(move |step| sign(value >> (6 * step)));
    let whole =
        ORDER.iter().flat_map(|[a, b, c]| signs((byte(*a) << 16) | (byte(*b) << 8) | byte(*c), 4));
    whole.chain(signs((byte(31) << 8) | byte(30), 3)).collect()
}

fn sign(value: u32) -> char {
    let index = usize::try_from(value % 64).unwrap_or_default();
    SIGNS.get(index).copied().map_or('.', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first is a vector of Drepper's specification of `$5$`; both are what `openssl passwd
    /// -5 -salt saltstring` prints.
    #[test]
    fn the_vectors_of_sha_crypt_hold() {
        let crypted = crypt(b"Hello world!", b"saltstring");
        assert_eq!(crypted, "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5");
        let long = b"a much longer password of more than 32 bytes, as it happens";
        let crypted = crypt(long, b"saltstring");
        assert_eq!(crypted, "/qxiAd6ipb0tfBrM4AHTC2APEu0XpJAhUaLEWAqXmbC");
    }

    /// A verifier as MySQL 8 stored it, with a salt of 20 bytes (hashcat's example for its mode
    /// 7401, password `hashcat`).
    #[test]
    fn a_verifier_of_mysql_holds() {
        let salt =
            b"\xF9\xCC\x98\xCE\x08\x89\x29\x24\xF5\x0A\x21\x3B\x6B\xC5\x71\xA2\xC1\x17\x78\xC5";
        let crypted = crypt(b"hashcat", salt);
        assert_eq!(crypted, "bTy95Y99eAME1dwEkHOA1ndHGBWz.1bxSSRkuTXFGV/");
    }

    #[test]
    fn an_unchanged_password_gives_the_same_verifier_and_only_that() {
        let verifier = caching_sha2_verifier(b"a password", "core-app");
        assert_eq!(verifier, caching_sha2_verifier(b"a password", "core-app"));
        assert_ne!(verifier, caching_sha2_verifier(b"a password", "migrate"));
        assert_eq!(verifier.len(), 7 + 20 + 43);
        let safe = |sign: char| sign.is_ascii_alphanumeric() || "$./".contains(sign);
        assert!(verifier.chars().all(safe), "{verifier}");
    }
}
