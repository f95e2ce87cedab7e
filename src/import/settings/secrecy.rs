//! What is secret, by its name or by itself. Wider than the rule of the description's reader, so
//! that nothing of what it refuses is left among the settings.

use crate::diagnostic::names_a_secret;

/// Further ends of names whose values are secrets, besides those that the reader knows: of
/// RabbitMQ (`DEFAULT_PASS`), Rails (`SECRET_KEY_BASE`), MySQL's client (`MYSQL_PWD`), and others.
const FURTHER: [&str; 14] = [
    "PASS",
    "PWD",
    "PASSPHRASE",
    "_PW",
    "SECRET_KEY_BASE",
    "SECRETS",
    "APIKEY",
    "PASSWORDS",
    "KEY_BASE",
    "SALT",
    "PEPPER",
    "SALT_KEYS",
    "KEY_HEX",
    "ERLANG_COOKIE",
];

/// Ends of names that say where something public is, or are the word of another thing.
const PUBLIC: [&str; 9] = [
    "PUBLIC_KEY",
    "PUBLISHABLE_KEY",
    "SITE_KEY",
    "SITEKEY",
    "PRIMARY_KEY",
    "PARTITION_KEY",
    "SORT_KEY",
    "BYPASS",
    "COMPASS",
];

/// Ends of names whose values are passwords, even where they are numbers.
const PASSWORDS: [&str; 6] = ["PASSWORD", "PASSWD", "PASS", "PWD", "PASSPHRASE", "_PW"];

/// True where a value of this name is a secret.
pub(super) fn names(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let public = PUBLIC.iter().any(|end| upper.ends_with(end));
    let own = || FURTHER.iter().any(|end| upper.ends_with(end)) || numbered(&upper);
    !public && upper != "PWD" && (upper == "PW" || names_a_secret(name) || own())
}

/// True where a value of this name is somebody's name.
pub(super) fn names_a_user(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    ["USER", "USERNAME", "LOGIN", "USER_NAME", "USERID"].iter().any(|end| upper.ends_with(end))
}

/// `SERVICE_PASSWORD_POSTGRES`, `SERVICE_BASE64_64_KEY` of Coolify's templates: the kind of the
/// value stands first.
fn numbered(upper: &str) -> bool {
    let kind = upper.strip_prefix("SERVICE_").unwrap_or_default();
    ["PASSWORD", "BASE64", "REALBASE64", "HEX"].iter().any(|start| kind.starts_with(start))
}

/// True where a value of this name is a password: any text is, also a number.
pub(super) fn names_a_password(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    names(name) && (PASSWORDS.iter().any(|end| upper.ends_with(end)) || numbered(&upper))
}

/// True where a text under a secret's name is none: empty, a boolean, a path, an address without a
/// user, and a number where the name is no password's.
pub(super) fn is_plain(name: &str, text: &str) -> bool {
    let text = text.trim();
    let word = ["", "true", "false", "yes", "no", "on", "off", "null", "none", "0", "1"];
    // Longer digits than those of 64 bits are a key in hexadecimal, not an amount.
    let number = text.len() <= 20 && text.parse::<f64>().is_ok() && !names_a_password(name);
    let path = ["/", "./", "../"].iter().any(|start| text.starts_with(start))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-@ ".contains(c));
    let address = text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:".contains(c))
            && !rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@')
    });
    word.iter().any(|word| text.eq_ignore_ascii_case(word)) || number || path || address
}

/// True where a text under a name of credentials is a user with a password: `NEO4J_AUTH` holds
/// `neo4j/...`, `BASIC_AUTH` holds `user:...`.
pub(super) fn are_credentials(name: &str, text: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let named = upper.ends_with("AUTH") || upper.ends_with("CREDENTIALS");
    let pair = text.split_once([':', '/']).is_some_and(|(user, password)| {
        let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        !user.is_empty() && !password.is_empty() && user.chars().all(word)
    });
    named && pair && !text.contains("://") && !is_plain(name, text)
}

/// True for an address that lets whoever knows it write: of Slack, Discord and Teams.
pub(super) fn is_webhook(text: &str) -> bool {
    const HOOKS: [&str; 4] = [
        "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/",
        "hooks.slack.com/services/",
        "webhook.office.com/webhookb2/",
    ];
    HOOKS.iter().any(|hook| text.contains(hook))
}

/// True where a text is nothing but options, `-Xmx512m -Dkey=value` of a JVM for example, of which
/// none has a value that could be random.
pub(super) fn is_of_options(text: &str) -> bool {
    let value = |option: &str| option.split_once('=').map_or(option, |(_, value)| value).to_owned();
    let plain = |value: &str| value.len() < 20 || is_of_words(value);
    let mut options = text.split_whitespace();
    text.is_ascii() && options.all(|option| option.starts_with('-') && plain(&value(option)))
}

/// True where a text consists of words and numbers between signs, as lists, names of images and
/// sentences do, and no random text does.
pub(super) fn is_of_words(text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty());
    let of_words = |run: &str| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        // v2, sha256, ipv6: letters, then a number.
        let tail = run.trim_end_matches(|c: char| c.is_ascii_digit());
        let tailed = run.len() - tail.len() == digits && digits <= 4;
        // camelCase has words of two letters or more.
        let changes = tail
            .as_bytes()
            .windows(2)
            .filter(
                |pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()),
            )
            .count();
        digits == run.len() || (tailed && changes * 3 <= tail.len())
    };
    text.is_ascii() && runs.clone().all(of_words) && runs.count() > 1
}
