//! Words that only a description has: each admits what is safe wherever it ends up.

use std::fmt;

use super::leaf::leaves;
use crate::diagnostic::is_invisible;

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident, $what:literal, $pattern:literal, $rule:literal, $valid:expr;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Check and take a word; the error completes "it must ...".
            ///
            /// # Errors
            /// The rule, where the text breaks it.
            pub fn new(text: &str) -> Result<Self, &'static str> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err($rule) }
            }

            /// The word as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        leaves! { $name, $what, |text| Self::new(text), {"type": "string", "pattern": $pattern}; }
    )*};
}

words! {
    /// The short name of a further host, in `hosts` and `{{ urls.NAME }}`.
    HostAlias, "a host's short name", "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
        "it must start with a lower-case letter and hold only a-z, 0-9 and inner '-', at most 40 characters",
        |t| drawn(t, 40, "-") && starts(t, |c| c.is_ascii_lowercase()) && !t.ends_with('-') && lower(t);
    /// A client that has a key of its own; stands in the access log.
    ClientName, "a client's name", "^[a-z][a-z0-9-]{0,39}$",
        "it must start with a lower-case letter and hold only a-z, 0-9 and '-', at most 40 characters",
        |t| drawn(t, 40, "-") && starts(t, |c| c.is_ascii_lowercase()) && lower(t);
    /// A stage of a Dockerfile.
    StageName, "a stage's name", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        "it must hold only letters, digits, '.', '_' and '-', at most 64 characters",
        |t| drawn(t, 64, "._-") && starts(t, |c| c.is_ascii_alphanumeric());
    /// The id of a control.
    ControlId, "a control's id", "^[a-z][a-z0-9-]{0,59}$",
        "it must be the id of a control, such as `read-only-root`; `portcullis explain` lists them",
        |t| drawn(t, 60, "-") && starts(t, |c| c.is_ascii_lowercase()) && lower(t);
    /// The name of a label.
    LabelName, "a label's name", "^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$",
        "it must hold only letters, digits, '.', '_', '-' and '/', at most 128 characters; `portcullis.` is ours, `com.docker.`, `io.docker.` and `org.dockerproject.` are Docker's",
        |t| drawn(t, 128, "._/-") && starts(t, |c| c.is_ascii_alphanumeric()) && !is_reserved_label(t);
    /// A package of the image's distribution.
    PackageName, "a package's name", "^[a-z0-9][a-z0-9.+-]{0,79}(=[A-Za-z0-9.+~:-]{1,60})?$",
        "it must be a package of the distribution, such as ffmpeg or libpq5",
        is_package;
    /// The version of a runtime.
    RuntimeVersion, "a version", "^[0-9]{1,4}(\\.[0-9]{1,4}){0,2}$",
        "it must be a version such as 22, 3.13 or 1.89.0",
        |t| (1..=3).contains(&t.split('.').count()) && t.split('.').all(|n| {
            (1..=4).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())
        });
    /// A client's id at an OpenID issuer.
    ClientId, "a client id", "^[A-Za-z0-9._~:/@-]{1,128}$",
        "it must hold only letters, digits and . _ ~ : / @ -, at most 128 characters",
        |t| drawn(t, 128, "._~:/@-");
    /// A group at an OpenID issuer.
    GroupName, "a group", "^[A-Za-z0-9._:/@ -]{1,128}$",
        "it must hold only letters, digits, spaces and . _ : / @ -, at most 128 characters",
        |t| drawn(t, 128, "._:/@ -") && t.trim() == t;
    /// An e-mail address.
    EmailAddress, "an e-mail address", "^[A-Za-z0-9._+-]{1,64}@[a-z0-9.-]{1,253}$",
        "it must be an e-mail address such as ops@example.com",
        |t| t.split_once('@').is_some_and(|(user, host)| {
            drawn(user, 64, "._+-") && crate::stack::HostName::new(host).is_ok()
        });
    /// Who can open the bundle: an age or SSH public key.
    Recipient, "a recipient", "^(age1[a-z0-9]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?)$",
        "it must be an age public key (age1...) or an SSH public key (ssh-ed25519 or ssh-rsa)",
        is_recipient;
    /// An HTTP method.
    Method, "a method", "^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$",
        "it must be one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS, in capitals",
        |t| ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&t);
    /// A limit of setrlimit(2) by the name that Docker has for it.
    UlimitName, "a limit's name",
        "^(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$",
        "it must be one of core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending and stack",
        |t| ["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
            "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"].contains(&t);
    /// Prose of one line, for people.
    Reason, "a reason", "^.{1,500}$",
        "it must be one line of text, at most 500 characters, without control characters",
        |t| !t.trim().is_empty() && t.chars().count() <= 500 && !t.chars().any(is_invisible);
    /// The last day on which something holds.
    Date, "a day", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "it must be a day of the calendar as YYYY-MM-DD",
        |t| time::Date::parse(t, time::macros::format_description!("[year]-[month]-[day]")).is_ok();
}

/// Labels by which Compose finds its containers, and ours. Docker reserves its own namespaces
/// (docs.docker.com, "Docker object labels").
pub(crate) fn is_reserved_label(name: &str) -> bool {
    const NAMESPACES: [&str; 4] =
        ["portcullis.", "com.docker.", "io.docker.", "org.dockerproject."];
    NAMESPACES.iter().any(|namespace| name.starts_with(namespace))
}

fn drawn(text: &str, most: usize, besides: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || besides.contains(c);
    !text.is_empty() && text.len() <= most && text.chars().all(plain)
}

fn starts(text: &str, first: fn(char) -> bool) -> bool {
    text.chars().next().is_some_and(first)
}

fn lower(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_uppercase())
}

/// Debian policy 5.6.1, with an optional version.
fn is_package(text: &str) -> bool {
    let (name, version) = text.split_once('=').unwrap_or((text, "0"));
    drawn(name, 80, ".+-")
        && lower(name)
        && starts(name, |c| c.is_ascii_alphanumeric())
        && drawn(version, 60, ".+~:-")
}

fn is_recipient(text: &str) -> bool {
    let mut words = text.split(' ');
    let kind = words.next().unwrap_or_default();
    let key = words.next().unwrap_or_default();
    let ssh = matches!(kind, "ssh-ed25519" | "ssh-rsa") && drawn(key, 2_000, "+/=");
    let age = kind.starts_with("age1") && drawn(kind, 4_000, "") && lower(kind) && key.is_empty();
    (ssh || age) && !text.chars().any(is_invisible)
}
