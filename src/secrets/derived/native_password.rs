//! MariaDB's password verifier: `mysql_native_password`, the default plugin of its accounts
//! (MariaDB Server documentation, "Authentication Plugin - mysql_native_password").

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// `*` and the hexadecimal SHA-1 of the SHA-1, for `IDENTIFIED VIA mysql_native_password USING
/// '…'`. Without salt or stretching: what protects it is the entropy of a generated password.
pub fn native_password_verifier(password: &[u8]) -> String {
    let once = digest(&SHA1_FOR_LEGACY_USE_ONLY, password);
    let twice = digest(&SHA1_FOR_LEGACY_USE_ONLY, once.as_ref());
    let digits: String = twice.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    format!("*{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the documentation of MariaDB's `PASSWORD()` and MySQL 5.7's manual.
    #[test]
    fn a_known_verifier_holds() {
        let verifier = native_password_verifier(b"password");
        assert_eq!(verifier, "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }
}
