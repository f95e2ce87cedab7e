//! Whether a value looks like a secret, by its name or by itself.
//!
//! The reader masks such values in excerpts and a control refuses them in settings; both have to
//! agree, so the rule stands here once.

/// Ends of names whose values are secrets.
const SECRET_ENDS: [&str; 5] = ["TOKEN", "KEY", "_SALT", "DSN", "CREDENTIALS"];

/// The same of any length: `changeme`, `secret`.
const SHORT_ENDS: [&str; 2] = ["SECRET", "KEY_BASE"];

/// Ends of names whose values are passwords, numbers too: `root`, `123`.
const PASSWORD_ENDS: [&str; 5] = ["PASSWORD", "PASSWD", "_PASS", "_PWD", "PASSPHRASE"];

/// A database whose name ends like a secret's.
const VALKEY: &str = "VALKEY";

/// True where a value under this name should be a secret: the name ends in PASSWORD, PASSWD,
/// `_PASS`, `_PWD`, PASSPHRASE, SECRET, `KEY_BASE`, TOKEN, KEY, `_SALT`, DSN or CREDENTIALS, in any
/// case. The name Valkey does not count, nor does a path, such as that of a route that hands out
/// tokens.
pub fn names_a_secret(name: &str) -> bool {
    let ends = [&SECRET_ENDS[..], &SHORT_ENDS, &PASSWORD_ENDS];
    ends.iter().any(|ends| ends_in(name, ends))
}

fn ends_in(name: &str, ends: &[&str]) -> bool {
    let name = name.to_ascii_uppercase();
    let other = name.ends_with(VALKEY) || name.starts_with(['/', '.']);
    !other && ends.iter().any(|end| name.ends_with(end))
}

/// True where `value` looks like a secret under `name`: the name says so, and the value is no number,
/// boolean, path or URL without user part and has 8 or more characters, of which secrets by name need
/// none and passwords may be numbers; or it is a URL with a password; or one of its words has 20 or
/// more characters with over 4 bits each. Holes of templates, `{{ name }}`, are no part of the value:
/// what fills them is kept elsewhere.
pub fn looks_secret(name: &str, value: &str) -> bool {
    let value = without_holes(value);
    let value = value.trim();
    let long = || value.chars().count() >= 8 || ends_in(name, &SHORT_ENDS);
    is_url_with_password(value)
        || (!is_plain(value) && value.split_whitespace().any(is_random))
        || (names_a_secret(name) && !is_plain(value) && long())
        || (ends_in(name, &PASSWORD_ENDS) && !is_switch(value) && !says_where(value))
}

/// Starts of tokens that say themselves what they are, as GitHub, GitLab, Slack, Stripe and AWS give
/// them out (each documents its own for scanners).
const TOKENS: [&str; 9] =
    ["ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "AKIA"];

/// True where a word says itself that it is a secret: a URL with a password, or a known token. What
/// a shell fills in is none.
pub fn is_told_secret(word: &str) -> bool {
    let token = |start: &&str| word.starts_with(*start) && word.len() >= start.len() + 16;
    !word.contains(['$', '{', '<']) && (is_url_with_password(word) || TOKENS.iter().any(token))
}

/// True where words of a command line hold a secret: one that says so itself, or the value of an
/// option such as `--db-password`.
pub fn holds_secret<'a>(words: impl IntoIterator<Item = &'a str>) -> bool {
    const OPTIONS: [&str; 6] = ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY"];
    let mut asked = String::new();
    for word in words {
        let word = word.trim_matches(['"', '\'']);
        let said = word.strip_prefix("--").and_then(|option| option.split_once('='));
        let (name, value) = said.unwrap_or((asked.as_str(), word));
        let name = name.replace('-', "_").to_ascii_uppercase();
        let named = OPTIONS.iter().any(|end| name.ends_with(end)) && value.len() >= 8;
        let filled = value.starts_with('-') || value.contains(['$', '{', '<', '(', '`']);
        if is_told_secret(value) || (named && !filled && looks_secret(&name, value)) {
            return true;
        }
        asked = word.strip_prefix("--").filter(|_| said.is_none()).unwrap_or_default().to_owned();
    }
    false
}

/// True where the secret in `value` is a hole, which is filled when the stack is unsealed, and what
/// stands around it is nothing or a URL without a password.
pub(super) fn is_filled_later(value: &str) -> bool {
    let rest = without_holes(value);
    let rest = rest.trim();
    let url = || {
        let (scheme, rest) = rest.split_once("://")?;
        let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
        // A user without a colon may be a token.
        let hole = user.split_once(':').is_some_and(|(_, password)| password.is_empty());
        let plain = hole && !rest.contains(['?', '#']);
        Some(plain && is_scheme(scheme) && !rest.split('/').any(is_random))
    };
    value.contains("{{") && (rest.is_empty() || url().unwrap_or(false))
}

/// True for a path below one of the folders in which programs keep files: a path may be shown where
/// the file may not.
pub(super) fn is_known_path(value: &str) -> bool {
    const FOLDERS: [&str; 9] =
        ["/app/", "/data/", "/etc/", "/opt/", "/run/", "/srv/", "/tmp/", "/usr/", "/var/"];
    is_path(value)
        && FOLDERS.iter().any(|folder| value.starts_with(folder))
        && !value.split('/').any(is_random)
}

fn is_random(word: &str) -> bool {
    word.chars().count() >= 20 && bits_per_character(word) > 4.0
}

/// A public address stands for a URL, every other hole for nothing.
fn without_holes(value: &str) -> String {
    let mut parts = value.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}") {
            Some((name, rest)) if is_hole(name) => {
                let name = name.trim();
                let address = name == "url" || name.starts_with("urls.");
                text.push_str(if address { "https://host" } else { "" });
                text.push_str(rest);
            }
            _ => text.extend(["{{", part]),
        }
    }
    text
}

fn is_hole(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.trim().len() <= 80 && name.trim().chars().all(plain)
}

/// A number, a boolean, a path or a URL without user part.
fn is_plain(value: &str) -> bool {
    value.parse::<f64>().is_ok() || is_switch(value) || says_where(value)
}

/// Nothing, or a word that says whether, not what.
fn is_switch(value: &str) -> bool {
    let words = ["", "true", "false", "yes", "no", "on", "off", "null", "none", "0", "1"];
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// True for what says where something is: a path or a URL without user part.
pub fn says_where(value: &str) -> bool {
    is_path(value) || is_url_without_user(value)
}

/// Absolute or explicitly relative, in the characters of file names.
fn is_path(value: &str) -> bool {
    let start = ["/", "./", "../"].iter().any(|start| value.starts_with(start));
    start && value.chars().all(|c| c.is_ascii_alphanumeric() || "/._-@ ".contains(c))
}

fn is_url_without_user(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
        is_scheme(scheme) && !rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@')
    })
}

fn is_url_with_password(value: &str) -> bool {
    value.match_indices("://").any(|(at, separator)| {
        let authority = value.get(at + separator.len()..).unwrap_or_default();
        let authority = authority.split(['?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

fn is_scheme(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c))
}

/// Shannon entropy of the characters of `value`.
fn bits_per_character(value: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::<char, u32>::new();
    value.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    let total = f64::from(counts.values().sum::<u32>());
    counts.values().map(|count| f64::from(*count) / total).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_look_like_secrets() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2hunter2"),
            ("api_key", "abcdefgh"),
            ("SENTRY_DSN", "https://abc123@o1.ingest.sentry.io/1"),
            ("PUBLIC_URL", "postgres://app:hunter2@db/app"),
            ("X", "jdbc:postgresql://app:pw@db/app"),
            ("ANYTHING", "zX9$kLm2Qw8!pRt5Vb7nYc3"),
            ("MYSQL_ROOT_PASSWORD", "123"),
            ("GITEA__database__PASSWD", "gitea"),
            ("DB_PASS", "password"),
            ("MYSQL_PWD", "root"),
            ("REGISTRY_HTTP_SECRET", "secret"),
            ("SECRET_KEY_BASE", "changeme"),
        ] {
            assert!(looks_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn plain_values_do_not() {
        for (name, value) in [
            ("AUTH_TOKEN_TTL_SECONDS", "900"),
            ("APPLE_JWKS_URL", "https://appleid.apple.com/auth/keys"),
            ("TLS_KEY", "/run/secrets/tls_key"),
            ("API_KEY", "short"),
            ("MAX_TOKEN", "123456789"),
            ("USE_TOKEN", "true"),
            ("REQUIRE_PASSWORD", "1"),
            ("RESET_PASSWORD", "false"),
            ("DB_PASSWORD", "/run/secrets/db_password"),
            ("COMPASS", "north-west"),
            ("VALKEY", "valkey:6379"),
            ("KC_DB_URL", "jdbc:postgresql://postgres:5432/keycloak"),
            ("REDIS_URL", "redis://core:{{ redis_core_password }}@redis:6379/0"),
            ("AUTH_ISSUER", "{{ urls.auth }}/realms/wavestack"),
            ("TEXT", "The quick brown fox jumps over the lazy dog"),
        ] {
            assert!(!looks_secret(name, value), "{name}={value}");
        }
    }
}
