//! Settings that are named like credentials and are none, told to compose-lint with what they are.
//!
//! It goes by names (CL-0020), the control `secret-looking-settings` by values too: a path, an
//! address without a password, who issues a token. What is none of these stays its finding.

use crate::diagnostic::{looks_secret, says_where};
use crate::stack::{Service, SettingValue};

/// Why CL-0020 need not look at a service: every setting that it would name is something else.
/// None where it names nothing, or something that may be a credential.
pub(super) fn harmless(service: &Service) -> Option<String> {
    let mut reasons = Vec::new();
    for (name, value) in &service.settings {
        let (name, SettingValue::Text(value)) = (name.as_str(), &**value) else { continue };
        if is_named_like_one(&name.to_ascii_uppercase()) && !is_switch(value) {
            reasons.push(format!("{name} is {}", what(name, value)?));
        }
    }
    (!reasons.is_empty()).then(|| format!("no credentials: {}", reasons.join(", ")))
}

/// What a setting is that is no credential.
fn what(name: &str, value: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    if looks_secret(&name, value) || value.contains("{{") {
        None
    } else if value.contains("://") {
        // A query may hold a key, `@` a password.
        let query = value.split_once(['?', '#']).map_or("", |(_, query)| query);
        let named = query.split(['&', ';']).filter_map(|pair| pair.split('=').next());
        let open =
            named.into_iter().any(|key| is_named_like_one(&format!("_{key}").to_uppercase()));
        (says_where(value) && !open).then_some("an address without a password")
    } else if says_where(value) {
        Some("a path")
    } else {
        let about = ABOUT.iter().any(|end| name.ends_with(end));
        about.then_some("about one, and not the credential itself")
    }
}

/// Last words of names that say something about a credential; the id of a key names it.
const ABOUT: [&str; 13] = [
    "_ALGORITHM",
    "_AUDIENCE",
    "_EXPIRY",
    "_HEADER",
    "_ISSUER",
    "_KEY_ID",
    "_LIMIT",
    "_METHOD",
    "_REALM",
    "_SCOPE",
    "_SERVICE",
    "_TTL",
    "_TYPE",
];

/// Whether compose-lint takes a name for a credential's (`CL0020_credential_env_keys.py`).
fn is_named_like_one(name: &str) -> bool {
    const PARTS: [&str; 11] = [
        "PASSWORD",
        "PASSPHRASE",
        "TOKEN",
        "SECRET",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
        "SECRET_KEY",
        "ENCRYPTION_KEY",
        "CREDENTIAL",
    ];
    const ENDS: [&str; 5] = ["_PASS", "_PWD", "PASSWD", "_SALT", "_DSN"];
    let named =
        PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end));
    let other =
        name.ends_with("_FILE") || name.contains("ALLOW_EMPTY_") || name.contains("RANDOM_");
    named && !other
}

/// Values that it passes over: switches and plain numbers.
fn is_switch(value: &str) -> bool {
    const WORDS: [&str; 9] = ["", "yes", "no", "true", "false", "0", "1", "on", "off"];
    WORDS.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::SettingName;
    use crate::stack::testing::{sample, service, written};

    /// Why a service with these settings is left alone.
    fn reason(settings: &[(&str, &str)]) -> Option<String> {
        let mut stack = sample();
        let app = stack.services.get_mut(&service("app")).unwrap();
        app.settings.clear();
        for (name, value) in settings {
            let value = written(SettingValue::Text((*value).to_owned()));
            app.settings.insert(SettingName::new(*name).unwrap(), value);
        }
        harmless(app)
    }

    #[test]
    fn addresses_paths_and_what_is_about_a_credential_are_none() {
        for (name, value) in [
            ("A_DSN", "tcp://clickhouse:9000"),
            ("MESSENGER_DSN", "doctrine://default?queue_name=async"),
            ("DATABASE_PASSWORD", "/run/secrets/db-password"),
            ("AUTH_TOKEN_ISSUER", "gitlab-issuer"),
            ("AWS_ACCESS_KEY_ID", "sentry"),
            ("API_KEY_RATE_LIMIT", "60/minute"),
        ] {
            assert!(reason(&[(name, value)]).is_some_and(|why| why.contains(name)), "{name}");
        }
        assert_eq!(
            reason(&[("API_KEYS_DB", "/app/keys.db"), ("REGION", "x")]).as_deref(),
            Some("no credentials: API_KEYS_DB is a path")
        );
    }

    #[test]
    fn what_may_be_one_is_left_to_the_judge_with_all_beside_it() {
        for (name, value) in [
            ("A_DSN", "tcp://u:correct-horse-7@db"),
            ("TOKEN_URL", "https://a/b?api_key=abc"),
            ("API_KEY_1", "abc"),
            ("DB_PASSWORD", "correct-horse-7"),
            ("SECRET_TYPE", "kZq81xWvR4tYp0LmN3sB7dQe"),
        ] {
            assert_eq!(reason(&[("A_TOKEN", "/x"), (name, value)]), None, "{name}");
        }
        assert_eq!(reason(&[("REGION", "x"), ("TOKEN", "false"), ("TOKEN_FILE", "/x")]), None);
    }
}
