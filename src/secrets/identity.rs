//! The private keys that open a bundle: where they are found, and how the first one is made.
//! Stands alone because it is the only place that touches a person's own key.

use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use time::Date;

use super::SecretValue;
use super::seal::{IdentityError, IdentityKey, Recipient};

/// Names the identity file where it is not the default one; an SSH private key will do.
pub const IDENTITY_VARIABLE: &str = "PORTCULLIS_IDENTITY_FILE";

/// No identity file is larger than this many bytes.
const MOST: u64 = 1 << 20;

/// Asks for the passphrase of an SSH key; nothing where nobody can be asked.
pub type Passphrase<'a> = &'a dyn Fn() -> Option<SecretValue>;

/// The private keys of one identity file.
pub struct Identities {
    keys: Vec<IdentityKey>,
}

#[derive(Debug, thiserror::Error)]
pub enum IdentityFileError {
    #[error(
        "there is no identity at {path}; `portcullis init` makes one, {IDENTITY_VARIABLE} names another"
    )]
    Missing { path: Utf8PathBuf },
    #[error("{path} exists; an identity is never overwritten")]
    Exists { path: Utf8PathBuf },
    #[error("{path} {kind}")]
    Unusable { path: Utf8PathBuf, kind: IdentityError },
    #[error("{path}: {source}")]
    Io { path: Utf8PathBuf, source: io::Error },
}

/// The identity file of this person: what [`IDENTITY_VARIABLE`] names, else
/// `portcullis/identity.txt` in `XDG_CONFIG_HOME` or `~/.config`. `variable` looks up an
/// environment variable; nothing is returned where there is not even a home.
pub fn identity_path(variable: &dyn Fn(&str) -> Option<String>) -> Option<Utf8PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(Utf8PathBuf::from);
    // A relative XDG_CONFIG_HOME is to be ignored (XDG Base Directory Specification).
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| Some(set("HOME")?.join(".config")));
    set(IDENTITY_VARIABLE).or_else(|| Some(config?.join("portcullis/identity.txt")))
}

impl Identities {
    /// Reads an identity file: age's format, or one SSH private key.
    pub fn read(path: &Utf8Path, passphrase: Passphrase<'_>) -> Result<Self, IdentityFileError> {
        let io = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => IdentityFileError::Missing { path: path.to_owned() },
            _ => IdentityFileError::Io { path: path.to_owned(), source },
        };
        let unusable = |kind| IdentityFileError::Unusable { path: path.to_owned(), kind };
        // A device or a pipe tells no size: one byte more than allowed is enough to know.
        let mut bytes = Vec::new();
        let file = fs_err::File::open(path).map_err(io)?;
        let read = file.take(MOST + 1).read_to_end(&mut bytes).map_err(io)?;
        let text = SecretValue::new(bytes);
        if read as u64 > MOST {
            return Err(unusable(IdentityError::NoKey));
        }
        let text =
            std::str::from_utf8(text.expose()).map_err(|_| unusable(IdentityError::NoKey))?;
        Self::parse(text, passphrase).map_err(unusable)
    }

    /// The keys in the text of an identity file.
    pub fn parse(text: &str, passphrase: Passphrase<'_>) -> Result<Self, IdentityError> {
        Ok(Self { keys: IdentityKey::parse(text, passphrase)? })
    }

    /// A new identity, kept at `path` with mode 0600 in the form of `age-keygen`. Whole or not
    /// there at all, and never in place of a file that exists.
    pub fn create(path: &Utf8Path, today: Date) -> Result<Self, IdentityFileError> {
        let (identities, text) = Self::generate(today);
        match keep_new(path, text.expose()) {
            Ok(()) => Ok(identities),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(IdentityFileError::Exists { path: path.to_owned() })
            }
            Err(source) => Err(IdentityFileError::Io { path: path.to_owned(), source }),
        }
    }

    /// A new identity and the text of its file.
    pub fn generate(today: Date) -> (Self, SecretValue) {
        let (key, line) = IdentityKey::generate();
        let public = key.recipient().map(|key| key.to_string()).unwrap_or_default();
        let comments = format!("# created: {today}\n# public key: {public}\n");
        let text = [comments.as_bytes(), line.expose(), b"\n"].concat();
        (Self { keys: vec![key] }, SecretValue::new(text))
    }

    /// The public keys beside these private ones.
    pub fn recipients(&self) -> Vec<Recipient> {
        self.keys.iter().filter_map(IdentityKey::recipient).collect()
    }

    pub(super) fn keys(&self) -> &[IdentityKey] {
        &self.keys
    }
}

/// Whether somebody else on this machine may read the file: worth a warning.
pub fn others_may_read(path: &Utf8Path) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

fn keep_new(path: &Utf8Path, text: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let mut staged = tempfile::Builder::new()
        .permissions(PermissionsExt::from_mode(0o600))
        .tempfile_in(directory)?;
    staged.write_all(text)?;
    staged.as_file().sync_all()?;
    staged.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn nobody() -> Option<SecretValue> {
        None
    }

    #[test]
    fn the_path_follows_variable_xdg_and_home_in_that_order() {
        let all = [(IDENTITY_VARIABLE, "/k"), ("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")];
        let path = |set: &[(&str, &str)]| {
            let set = set.to_vec();
            let look = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
            };
            identity_path(&look).map(String::from)
        };
        assert_eq!(path(&all).as_deref(), Some("/k"));
        assert_eq!(path(&all[1..]).as_deref(), Some("/x/portcullis/identity.txt"));
        assert_eq!(path(&all[2..]).as_deref(), Some("/h/.config/portcullis/identity.txt"));
        let relative = [("XDG_CONFIG_HOME", "x"), ("HOME", "/h")];
        assert_eq!(path(&relative).as_deref(), Some("/h/.config/portcullis/identity.txt"));
        assert_eq!(path(&[]), None);
    }

    #[test]
    fn an_identity_is_made_once_and_for_its_owner_alone() {
        let home = camino_tempfile();
        let path = home.1.join("a/b/identity.txt");
        let made = Identities::create(&path, date!(2026 - 11 - 22)).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!others_may_read(&path));
        let text = std::fs::read_to_string(&path).unwrap();
        let public = made.recipients()[0].to_string();
        assert!(text.starts_with(&format!("# created: 2026-11-22\n# public key: {public}\n")));
        let read = Identities::read(&path, &nobody).unwrap();
        assert_eq!(read.recipients(), made.recipients());
        let again = Identities::create(&path, date!(2026 - 11 - 22));
        assert!(matches!(again, Err(IdentityFileError::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn a_file_readable_by_others_is_noticed() {
        let home = camino_tempfile();
        let path = home.1.join("identity.txt");
        Identities::create(&path, date!(2026 - 11 - 22)).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(others_may_read(&path));
    }

    #[test]
    fn what_is_no_identity_is_refused_without_showing_it() {
        for (text, expected) in [
            ("", IdentityError::NoKey),
            ("# only a comment\n", IdentityError::NoKey),
            ("# one\nhunter2hunter2\n", IdentityError::BadLine(2)),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\n", IdentityError::UnsupportedSsh),
        ] {
            let error = Identities::parse(text, &nobody).err().unwrap();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"));
        }
        let endless = Identities::read("/dev/zero".into(), &nobody);
        assert!(matches!(endless, Err(IdentityFileError::Unusable { .. })));
        let missing = Identities::read("/nowhere/identity.txt".into(), &nobody);
        assert!(matches!(missing, Err(IdentityFileError::Missing { .. })));
    }

    fn camino_tempfile() -> (tempfile::TempDir, Utf8PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::try_from(home.path().to_owned()).unwrap();
        (home, path)
    }
}
