//! Sealing one value for its recipients, and opening it. Stands alone because it is the only
//! file that names the `age` crate, which brings a tree of dependencies of its own.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor};
use ring::digest;
use zeroize::Zeroizing;

use super::{Identities, SecretValue};

/// The first word of every sealed plaintext: what it is, and the version of its form.
const MAGIC: &str = "portcullis/v1";

/// The most that one sealed value may hold, in bytes, once opened.
const MOST: u64 = 1 << 20;

/// A public key that values are sealed for: `age1…`, `ssh-ed25519 …` or `ssh-rsa …`.
#[derive(Clone)]
pub struct Recipient {
    text: String,
    key: RecipientKey,
}

#[derive(Clone)]
enum RecipientKey {
    Native(age::x25519::Recipient),
    Ssh(age::ssh::Recipient),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    #[error("this is a private key: a recipient is the public key beside it (`age1…`)")]
    Private,
    #[error("an RSA key of a size that age refuses: 2048 to 4096 bits are accepted")]
    RsaSize,
    #[error("not a public key of age (`age1…`) or SSH (`ssh-ed25519 …`, `ssh-rsa …`)")]
    Unknown,
}

impl FromStr for Recipient {
    type Err = RecipientError;

    /// Reads a public key; the comment at the end of an SSH key is dropped.
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        use age::ssh::ParseRecipientKeyError as Ssh;
        let text = text.trim();
        if text.contains("PRIVATE KEY") || text.to_ascii_uppercase().contains("AGE-SECRET-KEY") {
            return Err(RecipientError::Private);
        }
        if let Ok(key) = text.parse::<age::x25519::Recipient>() {
            return Ok(Self::native(key));
        }
        // age's parser reads a key that may go on; the line end says that it does not.
        match format!("{text}\n").parse::<age::ssh::Recipient>() {
            Ok(key) => Ok(Self::ssh(key)),
            Err(Ssh::RsaModulusTooLarge | Ssh::RsaModulusTooSmall) => Err(RecipientError::RsaSize),
            Err(_) => Err(RecipientError::Unknown),
        }
    }
}

impl Recipient {
    fn native(key: age::x25519::Recipient) -> Self {
        Self { text: key.to_string(), key: RecipientKey::Native(key) }
    }

    fn ssh(key: age::ssh::Recipient) -> Self {
        Self { text: key.to_string(), key: RecipientKey::Ssh(key) }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Recipient {}

/// A short name for a set of recipients, whatever their order: 16 hex digits of the SHA-256 of
/// their sorted lines. Says for whom an entry was sealed without opening it.
pub fn fingerprint(recipients: &[Recipient]) -> String {
    let sorted: BTreeSet<&str> = recipients.iter().map(Recipient::as_str).collect();
    let lines: String = sorted.iter().map(|line| format!("{line}\n")).collect();
    let hash = digest::digest(&digest::SHA256, lines.as_bytes());
    hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("there is no recipient to seal for; `recipients:` in the description names them")]
    NoRecipients,
    #[error("the value could not be sealed")]
    Failed(#[source] io::Error),
}

/// Seals `value` for `recipients` as armoured age text. The plaintext begins with a line that
/// names the entry and its environment, so that a sealed text cannot pass for another entry.
/// No private key is needed; each sealing of the same value gives another text.
pub fn seal(
    name: &str,
    environment: &str,
    value: &SecretValue,
    recipients: &[Recipient],
) -> Result<String, SealError> {
    let keys = recipients.iter().map(|recipient| match &recipient.key {
        RecipientKey::Native(key) => key as &dyn age::Recipient,
        RecipientKey::Ssh(key) => key as &dyn age::Recipient,
    });
    let encryptor = Encryptor::with_recipients(keys).map_err(|_| SealError::NoRecipients)?;
    let write = || -> io::Result<Vec<u8>> {
        let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armour)?;
        writer.write_all(header(name, environment).as_bytes())?;
        writer.write_all(value.expose())?;
        writer.finish()?.finish()
    };
    let sealed = write().map_err(SealError::Failed)?;
    String::from_utf8(sealed).map_err(|error| SealError::Failed(io::Error::other(error)))
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// Mapped to a refusal by the commands: the value exists, but not for this person.
    #[error("is not sealed for this identity")]
    NotForUs,
    #[error("is damaged: its sealed text is not what was written")]
    Damaged,
    #[error("is the sealed text of another entry ({0}): entries were swapped by hand")]
    Swapped(String),
    #[error("opens, but was not sealed by portcullis, or by a newer version of it")]
    Foreign,
}

/// Opens armoured text with the first identity that fits, and checks that it is the entry
/// `name` of `environment`.
pub fn unseal(
    name: &str,
    environment: &str,
    armoured: &str,
    identities: &Identities,
) -> Result<SecretValue, UnsealError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(armoured.as_bytes()))
        .map_err(|_| UnsealError::Damaged)?;
    let keys = identities.keys().iter().map(|key| match key {
        IdentityKey::Native(key) => key as &dyn age::Identity,
        IdentityKey::Ssh(key) => key as &dyn age::Identity,
    });
    let reader = decryptor.decrypt(keys).map_err(|error| match error {
        DecryptError::NoMatchingKeys => UnsealError::NotForUs,
        _ => UnsealError::Damaged,
    })?;
    let mut plain = Zeroizing::new(Vec::new());
    reader.take(MOST).read_to_end(&mut plain).map_err(|_| UnsealError::Damaged)?;
    if u64::try_from(plain.len()).is_ok_and(|length| length >= MOST) {
        return Err(UnsealError::Foreign);
    }
    let expected = header(name, environment);
    match plain.strip_prefix(expected.as_bytes()) {
        Some(value) => Ok(SecretValue::new(value.to_vec())),
        None => Err(other_entry(&plain)),
    }
}

fn header(name: &str, environment: &str) -> String {
    format!("{MAGIC} {name} {environment}\n")
}

/// Says which entry the plaintext names, and shows nothing else of it.
fn other_entry(plain: &[u8]) -> UnsealError {
    let line = plain.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let words: Vec<&str> = std::str::from_utf8(line).unwrap_or_default().split(' ').collect();
    match words.as_slice() {
        [MAGIC, name, environment] => UnsealError::Swapped(format!("{name} of {environment}")),
        _ => UnsealError::Foreign,
    }
}

/// A private key that opens what was sealed for its recipient.
#[derive(Clone)]
pub(super) enum IdentityKey {
    Native(age::x25519::Identity),
    Ssh(age::ssh::Identity),
}

/// What is wrong with a text that should hold private keys; never any part of that text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("holds no private key (a line `AGE-SECRET-KEY-1…`, or an SSH private key)")]
    NoKey,
    #[error("holds something that is no private key on line {0}")]
    BadLine(usize),
    #[error("is an SSH key of a kind or form that age cannot use")]
    UnsupportedSsh,
    #[error("is locked with a passphrase that was not given or does not fit")]
    Locked,
}

impl IdentityKey {
    /// A new key from the operating system's randomness, and its line for an identity file.
    pub(super) fn generate() -> (Self, SecretValue) {
        use age::secrecy::ExposeSecret;
        let key = age::x25519::Identity::generate();
        let line = SecretValue::from(key.to_string().expose_secret());
        (Self::Native(key), line)
    }

    /// The keys of an identity file: age's own format, or one SSH private key, whose
    /// passphrase is asked for if it has one.
    pub(super) fn parse(
        text: &str,
        passphrase: &dyn Fn() -> Option<SecretValue>,
    ) -> Result<Vec<Self>, IdentityError> {
        if text.contains("PRIVATE KEY-----") {
            return Ok(vec![Self::parse_ssh(text, passphrase)?]);
        }
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = line.parse().map_err(|_| IdentityError::BadLine(index + 1))?;
            keys.push(Self::Native(key));
        }
        if keys.is_empty() { Err(IdentityError::NoKey) } else { Ok(keys) }
    }

    fn parse_ssh(
        text: &str,
        passphrase: &dyn Fn() -> Option<SecretValue>,
    ) -> Result<Self, IdentityError> {
        use age::ssh::Identity;
        let identity = Identity::from_buffer(text.as_bytes(), None)
            .map_err(|_| IdentityError::UnsupportedSsh)?;
        match identity {
            Identity::Unencrypted(_) => Ok(Self::Ssh(identity)),
            Identity::Unsupported(_) => Err(IdentityError::UnsupportedSsh),
            Identity::Encrypted(locked) => {
                let given = passphrase().ok_or(IdentityError::Locked)?;
                let given = given.text().ok_or(IdentityError::Locked)?;
                let open = locked.decrypt(given.to_owned().into());
                open.map(|key| Self::Ssh(key.into())).map_err(|_| IdentityError::Locked)
            }
        }
    }

    /// The public key beside this private one.
    pub(super) fn recipient(&self) -> Option<Recipient> {
        match self {
            Self::Native(key) => Some(Recipient::native(key.to_public())),
            Self::Ssh(key) => age::ssh::Recipient::try_from(key.clone()).ok().map(Recipient::ssh),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    fn someone() -> (Identities, Vec<Recipient>) {
        let (identities, _) = Identities::generate(date!(2026 - 11 - 22));
        let recipients = identities.recipients();
        (identities, recipients)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_is_sealed_opens_again(bytes: Vec<u8>) {
            let (identities, recipients) = someone();
            let value = SecretValue::new(bytes.clone());
            let armour = seal("a_key", "production", &value, &recipients).unwrap();
            let opened = unseal("a_key", "production", &armour, &identities).unwrap();
            prop_assert_eq!(opened.expose(), &bytes[..]);
        }

        #[test]
        fn any_damage_is_an_error(at in 40_usize..400, sign in "[A-Za-z0-9]") {
            let (identities, recipients) = someone();
            let mut armour = seal("a", "dev", &"value".into(), &recipients).unwrap();
            let at = at.min(armour.len() - 40);
            if armour.as_bytes()[at] != b'\n' && armour[at..=at] != sign {
                armour.replace_range(at..=at, &sign);
                prop_assert!(unseal("a", "dev", &armour, &identities).is_err());
            }
        }
    }

    #[test]
    fn a_swapped_entry_is_refused_and_named() {
        let (identities, recipients) = someone();
        let armour = seal("a_key", "production", &"value".into(), &recipients).unwrap();
        for (name, environment) in [("b_key", "production"), ("a_key", "dev"), ("a_ke", "y")] {
            let error = unseal(name, environment, &armour, &identities).unwrap_err();
            assert_eq!(error, UnsealError::Swapped("a_key of production".into()));
        }
    }

    #[test]
    fn another_identity_is_told_apart_from_damage() {
        let (_, recipients) = someone();
        let (other, _) = someone();
        let armour = seal("a", "dev", &"value".into(), &recipients).unwrap();
        assert_eq!(unseal("a", "dev", &armour, &other), Err(UnsealError::NotForUs));
        assert_eq!(unseal("a", "dev", "no armour", &other), Err(UnsealError::Damaged));
        assert_eq!(unseal("a", "dev", "", &other), Err(UnsealError::Damaged));
    }

    #[test]
    fn each_of_several_recipients_opens() {
        let (first, mut recipients) = someone();
        let (second, more) = someone();
        recipients.extend(more);
        recipients.push(ED25519.parse().unwrap());
        let armour = seal("a", "dev", &"value".into(), &recipients).unwrap();
        for identities in [first, second] {
            assert_eq!(unseal("a", "dev", &armour, &identities).unwrap(), "value".into());
        }
        let none = seal("a", "dev", &"value".into(), &[]);
        assert!(matches!(none, Err(SealError::NoRecipients)));
    }

    #[test]
    fn recipients_are_read_in_three_forms_and_private_keys_refused() {
        let commented = format!("  {ED25519} alice@example ");
        assert_eq!(commented.parse::<Recipient>().unwrap().as_str(), ED25519);
        for (text, expected) in [
            ("", RecipientError::Unknown),
            ("age1", RecipientError::Unknown),
            ("ssh-dss AAAA", RecipientError::Unknown),
            ("AGE-SECRET-KEY-1QQQQ", RecipientError::Private),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", RecipientError::Private),
        ] {
            assert_eq!(text.parse::<Recipient>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_fingerprint_knows_the_set_and_not_its_order() {
        let (_, mut recipients) = someone();
        let one = fingerprint(&recipients);
        recipients.push(ED25519.parse().unwrap());
        let two = fingerprint(&recipients);
        recipients.reverse();
        recipients.push(ED25519.parse().unwrap());
        assert_ne!(one, two);
        assert_eq!(two, fingerprint(&recipients));
        assert_eq!(two.len(), 16);
    }
}
