//! PostgreSQL's password verifier: what `pg_authid.rolpassword` holds for SCRAM-SHA-256 (RFC
//! 5802 and RFC 7677; the text form is that of PostgreSQL's `scram-common.c`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use super::salt::{ROUNDS, salt};

/// The verifier of `password` for `role`. The password must be printable ASCII, which SASLprep
/// leaves as it is; any other byte gives a verifier that no client may match.
pub fn scram_verifier(password: &[u8], role: &str) -> String {
    with_salt(password, &salt::<16>(password, role))
}

fn with_salt(password: &[u8], salt: &[u8]) -> String {
    let mut salted = Zeroizing::new([0_u8; digest::SHA256_OUTPUT_LEN]);
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, ROUNDS, salt, password, salted.as_mut_slice());
    let key = hmac::Key::new(hmac::HMAC_SHA256, salted.as_slice());
    let client = hmac::sign(&key, b"Client Key");
    let stored = digest::digest(&digest::SHA256, client.as_ref());
    let server = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${ROUNDS}:{}${}:{}",
        BASE64_STANDARD.encode(salt),
        BASE64_STANDARD.encode(stored),
        BASE64_STANDARD.encode(server)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677 section 3: user `user`, password `pencil`. The server's signature of the
    /// exchange there proves ServerKey; the client's proof there proves StoredKey.
    #[test]
    fn the_example_of_rfc_7677_is_accepted() {
        let salt = BASE64_STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = with_salt(b"pencil", &salt);
        let keys = verifier.strip_prefix("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$").unwrap();
        let (stored, server) = keys.split_once(':').unwrap();
        let exchange = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let sign = |key: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key);
            hmac::sign(&key, exchange.as_bytes()).as_ref().to_vec()
        };
        let server = sign(&BASE64_STANDARD.decode(server).unwrap());
        assert_eq!(BASE64_STANDARD.encode(server), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        let stored = BASE64_STANDARD.decode(stored).unwrap();
        let proof = BASE64_STANDARD.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").unwrap();
        let client: Vec<u8> = sign(&stored).iter().zip(proof).map(|(a, b)| a ^ b).collect();
        assert_eq!(digest::digest(&digest::SHA256, &client).as_ref(), stored);
    }

    #[test]
    fn an_unchanged_password_gives_the_same_verifier_and_only_that() {
        let verifier = scram_verifier(b"a password", "core-app");
        assert_eq!(verifier, scram_verifier(b"a password", "core-app"));
        assert_ne!(verifier, scram_verifier(b"a password", "migrate"));
        assert_ne!(verifier, scram_verifier(b"b password", "core-app"));
        assert!(!verifier.contains("password"));
        assert_eq!(verifier.len(), "SCRAM-SHA-256$4096:$:".len() + 24 + 44 + 44);
    }
}
