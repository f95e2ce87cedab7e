//! Salts for password verifiers. Stands alone because two formats need one, and because it
//! must not make guessing cheaper.

use std::num::NonZeroU32;

use ring::pbkdf2;

/// As many rounds as SCRAM's own derivation (RFC 7677 section 4): whoever holds a verifier and
/// tries a password gains nothing by computing the salt instead.
pub(super) const ROUNDS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// A salt of `N` bytes for `password` of the role `role`. An unchanged password gives the same
/// salt, so that unsealing twice writes the same file and restarts nobody; another role or
/// another password gives another one.
pub(super) fn salt<const N: usize>(password: &[u8], role: &str) -> [u8; N] {
    let mut salt = [0; N];
    let purpose = format!("portcullis verifier salt for {role}");
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, ROUNDS, purpose.as_bytes(), password, &mut salt);
    salt
}
