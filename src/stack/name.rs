//! Names that are safe wherever they go: file names, nginx, YAML, shell words, SQL.
//!
//! Each kind is a newtype that admits only what is safe in all of them; anything else is
//! refused with a sentence, never escaped into silence.

use std::fmt;

/// Why a name was refused; the text says what is allowed, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must {rule}")]
pub struct InvalidName {
    /// The kind of name, for example "a service name".
    pub what: &'static str,
    /// What is allowed.
    pub rule: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $pattern:literal, $rule:literal, $valid:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The regular expression that every value matches.
            pub const PATTERN: &'static str = $pattern;
            /// What is allowed, in words.
            pub const RULE: &'static str = $rule;

            /// Check and take a name.
            ///
            /// # Errors
            /// [`InvalidName`] where the text is not of this kind.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) {
                    Ok(Self(text))
                } else {
                    Err(InvalidName { what: $what, rule: $rule })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

names! {
    /// The project: Compose prefixes everything with it.
    ProjectName, "a project name", "^[a-z][a-z0-9-]{0,39}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters",
        |t| dashed(t, 40);
    /// An environment of a project.
    EnvironmentName, "an environment's name", "^[a-z][a-z0-9-]{0,39}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters",
        |t| dashed(t, 40);
    /// A service, as Compose admits it; descriptions allow only the narrower form
    /// `[a-z][a-z0-9-]{0,39}` without `--`.
    ServiceName, "a service's name", "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        "hold only letters, digits, '-', '_' and '.', start with a letter or digit, at most 63 characters",
        |t| within(t, 63, alphanumeric, |c| alphanumeric(c) || matches!(c, '.' | '_' | '-')) && !t.contains("..");
    /// Another name of a service on its networks.
    Alias, "an alias", "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        "hold only letters, digits, '-', '_' and '.', start with a letter or digit, at most 63 characters",
        |t| within(t, 63, alphanumeric, |c| alphanumeric(c) || matches!(c, '.' | '_' | '-')) && !t.contains("..");
    /// A network of a stack.
    NetworkName, "a network's name", "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        "hold only letters, digits, '-', '_' and '.', start with a letter or digit, at most 128 characters",
        |t| within(t, 128, alphanumeric, |c| alphanumeric(c) || matches!(c, '.' | '_' | '-')) && !t.contains("..");
    /// A named volume; one letter would be read as a Windows drive by Compose.
    VolumeName, "a volume's name", "^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$",
        "hold only letters, digits, '-', '_' and '.', start with a letter or digit, 2 to 63 characters (Compose reads one letter as a Windows drive)",
        |t| within(t, 63, alphanumeric, |c| alphanumeric(c) || matches!(c, '.' | '_' | '-')) && t.len() > 1 && !t.contains("..");
    /// A secret: also a file name below `/run/secrets`.
    SecretName, "a secret's name", "^[a-z][a-z0-9_]{0,79}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '_', at most 80 characters",
        |t| within(t, 80, lower, |c| lower(c) || c.is_ascii_digit() || c == '_');
    /// An environment variable of a service. `.` and `-` are there for programs that read such names
    /// (`discovery.type` of Elasticsearch); no shell does, see [`SettingName::is_for_shells`].
    SettingName, "a setting's name", "^[A-Za-z_][A-Za-z0-9_.-]{0,127}$",
        "be an environment variable's name: letters, digits, '_', '.' and '-', a letter or '_' first, at most 128 characters",
        |t| within(t, 128, |c| c.is_ascii_alphabetic() || c == '_', |c| alphanumeric(c) || matches!(c, '_' | '.' | '-')) && !t.contains("..");
    /// An auth policy.
    PolicyName, "a policy's name", "^[a-z][a-z0-9-]{0,39}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters; not `none` or `default`",
        |t| dashed(t, 40) && !matches!(t, "none" | "default");
    /// A rate.
    RateName, "a rate's name", "^[a-z][a-z0-9-]{0,39}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters; not `none`",
        |t| dashed(t, 40) && t != "none";
    /// A named list of addresses.
    AllowListName, "an allow list's name", "^[a-z][a-z0-9-]{0,39}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters",
        |t| dashed(t, 40);
    /// A profile of services that start only when asked for.
    ProfileName, "a profile's name", "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        "hold only letters, digits, '-', '_' and '.', start with a letter or digit, at most 63 characters",
        |t| within(t, 63, alphanumeric, |c| alphanumeric(c) || matches!(c, '.' | '_' | '-'));
    /// A database inside a database service.
    DatabaseName, "a database's name", "^[a-z][a-z0-9_]{0,62}$",
        "start with a lower-case letter and hold only a-z, 0-9 and '_', at most 63 characters",
        |t| within(t, 63, lower, |c| lower(c) || c.is_ascii_digit() || c == '_');
    /// A public host name (RFC 1123, lower case, at most 253 characters).
    HostName, "a host name", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$",
        "be a DNS name in lower case: labels of a-z, 0-9 and inner '-', joined by '.', at most 253 characters (write an international name in its xn-- form)",
        |t| t.len() <= 253 && t.split('.').all(label);
    /// An HTTP header's name (the token characters of RFC 9110 that every server passes on).
    HeaderName, "a header's name", "^[A-Za-z][A-Za-z0-9-]{0,63}$",
        "start with a letter and hold only letters, digits and '-', at most 64 characters (nginx drops names with '_')",
        |t| within(t, 64, |c| c.is_ascii_alphabetic(), |c| alphanumeric(c) || c == '-');
}

impl ServiceName {
    /// The gateway, and the side services that it brings, are ours.
    pub const GATEWAY: &'static str = "gateway";

    /// True for the gateway and everything named `gateway-*`.
    pub fn is_reserved(&self) -> bool {
        self.0 == Self::GATEWAY || self.0.starts_with("gateway-")
    }

    /// The gateway's own name.
    pub fn gateway() -> Self {
        Self(Self::GATEWAY.to_owned())
    }
}

impl SettingName {
    /// True for a name that a shell and Compose's `${NAME}` can hold too: letters, digits and `_`
    /// (POSIX.1-2024, XBD 3.216).
    pub fn is_for_shells(&self) -> bool {
        !self.0.contains(['.', '-'])
    }
}

impl NetworkName {
    /// The network of one declared link.
    pub fn link(from: &ServiceName, to: &ServiceName) -> Self {
        Self(format!("{from}--{to}"))
    }

    /// The network through which one service reaches the internet.
    pub fn egress(service: &ServiceName) -> Self {
        Self(format!("{service}-egress"))
    }

    /// The network at which published ports arrive.
    pub fn ingress() -> Self {
        Self("ingress".to_owned())
    }
}

fn within(text: &str, most: usize, first: fn(char) -> bool, rest: fn(char) -> bool) -> bool {
    text.len() <= most && text.chars().next().is_some_and(first) && text.chars().all(rest)
}

fn dashed(text: &str, most: usize) -> bool {
    within(text, most, lower, |c| lower(c) || c.is_ascii_digit() || c == '-')
}

fn label(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| lower(c) || c.is_ascii_digit());
    text.len() <= 63
        && ends(text.chars().next())
        && ends(text.chars().next_back())
        && text.chars().all(|c| lower(c) || c.is_ascii_digit() || c == '-')
}

fn lower(c: char) -> bool {
    c.is_ascii_lowercase()
}

fn alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_refuse_what_is_unsafe_somewhere() {
        for bad in
            ["", "..", "a/b", "a\nb", "a'b", "a;b", "a{b", "a$b", "a#b", "a\0b", "а-cyrillic"]
        {
            assert!(ServiceName::new(bad).is_err(), "{bad:?}");
            assert!(SecretName::new(bad).is_err(), "{bad:?}");
            assert!(HostName::new(bad).is_err(), "{bad:?}");
            assert!(VolumeName::new(bad).is_err(), "{bad:?}");
            assert!(SettingName::new(bad).is_err(), "{bad:?}");
        }
        assert!(ServiceName::new("x".repeat(300)).is_err());
        assert!(VolumeName::new("c").is_err());
        assert!(HostName::new("-a.example").is_err());
        assert!(PolicyName::new("none").is_err());
    }

    #[test]
    fn names_admit_what_people_write() {
        assert!(ServiceName::new("core-app").is_ok());
        assert!(HostName::new("api.example.com").is_ok());
        assert!(SecretName::new("core_database_url").is_ok());
        assert!(HeaderName::new("X-User-Id").is_ok());
    }
}
