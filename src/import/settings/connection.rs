//! Where passwords stand inside a text: URLs (RFC 3986, section 3.2.1), connection strings of the
//! form `Host=db;Password=...` (ADO.NET, libpq), options of programs and headers of requests.

use std::ops::Range;

use super::secrecy::is_plain;

/// Byte ranges of the passwords in `text`, in their order; none of them is empty.
pub(super) fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = in_urls(text);
    let ranges = [in_pairs(text), in_options(text), in_headers(text)];
    for range in ranges.into_iter().flatten() {
        let apart = |other: &Range<usize>| other.end <= range.start || range.end <= other.start;
        if found.iter().all(apart) {
            found.push(range);
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

fn in_urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(['?', '#', ' ', '"', '\'', '\n', '\u{1f}']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        // A password may hold a slash or an @ that should have been escaped; the last @ before
        // the path's end decides, as in the reader's rule.
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let Some((name, password)) = user.split_once(':') else { continue };
        if !password.is_empty() {
            let from = start + name.len() + 1;
            found.push(from..from + password.len());
        }
    }
    found
}

/// Keys of connection strings, queries and options whose values are secrets, in lower case without
/// `_`, `-` and blanks; the longer ones also at the end of another word.
const KEYS: [&str; 15] = [
    "requirepass",
    "masterauth",
    "token",
    "password",
    "passwd",
    "pwd",
    "pass",
    "secret",
    "accountkey",
    "sharedaccesskey",
    "authtoken",
    "secretkey",
    "accesskey",
    "secretaccesskey",
    "apikey",
];

/// `password`, `--db-password`, `trustStorePassword`.
fn is_key(key: &str) -> bool {
    let key = key.to_lowercase();
    let joined: String = key.chars().filter(|c| !"_- ".contains(*c)).collect();
    let last = key.rsplit(['_', '-', '.']).next().unwrap_or_default();
    KEYS.contains(&joined.as_str())
        || KEYS.contains(&last)
        || ["password", "passwd", "apikey", "secretkey"].iter().any(|end| joined.ends_with(end))
}

fn in_pairs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('=') {
        let before = text.get(..at).unwrap_or_default();
        let key = before
            .rsplit([';', '&', '?', ',', ' ', '\n', '\'', '"', '\u{1f}'])
            .next()
            .unwrap_or_default();
        let rest = text.get(at + 1..).unwrap_or_default();
        let end = rest.find([';', '&', ',', ' ', '\n', '\'', '"', '\u{1f}']).unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or_default();
        if is_key(key) && !is_plain("PASSWORD", value) && !rest.starts_with('$') {
            found.push(at + 1..at + 1 + end);
        }
    }
    found
}

/// Options that are followed by a password (one with `=` has its value already), `-u user:password` of curl and `-pPASSWORD` of MySQL.
fn in_options(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found = Vec::new();
    let asks = ["curl", "wget"].iter().any(|program| text.contains(program));
    let redis = ["redis-cli", "valkey-cli"].iter().any(|program| text.contains(program));
    let mysql = ["mysql", "mariadb"].iter().any(|program| text.contains(program));
    for pair in words.windows(2) {
        let [(_, option), (at, value)] = pair else { continue };
        let redis = redis && matches!(*option, "-a" | "--pass");
        let user = asks && matches!(*option, "-u" | "--user" | "--proxy-user");
        let password = value.split_once(':').filter(|(name, _)| user && !name.is_empty());
        if let Some((name, password)) = password.filter(|(_, password)| is_value(password)) {
            let from = at + name.len() + 1;
            found.push(from..from + password.len());
        } else if option.starts_with('-')
            // With a sign it has its value already.
            && !option.contains('=')
            && (is_key(option) || redis)
            && is_value(value)
        {
            found.push(*at..at + value.len());
        }
    }
    for (at, word) in words.iter().filter(|_| mysql) {
        let value = word.strip_prefix("-p").filter(|rest| is_value(rest));
        found.extend(value.map(|value| at + 2..at + 2 + value.len()));
    }
    found
}

/// What follows an option is its value, and no variable.
fn is_value(text: &str) -> bool {
    !text.starts_with(['-', '$']) && !is_plain("PASSWORD", text)
}

/// The words of a line without the quotes around them, each with its place.
fn words(text: &str) -> Vec<(usize, &str)> {
    let gap = |c: char| c.is_whitespace() || c == '\u{1f}';
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(gap) {
        let inner = word.trim_end_matches(gap).trim_matches(['"', '\'']);
        if !inner.is_empty() {
            found.push((at + word.find(inner).unwrap_or_default(), inner));
        }
        at += word.len();
    }
    found
}

/// `Authorization: Bearer ...` (RFC 9110, section 11.6.2), and headers of the same use.
fn in_headers(text: &str) -> Vec<Range<usize>> {
    const HEADERS: [&str; 4] = ["authorization:", "x-api-key:", "x-auth-token:", "private-token:"];
    const SCHEMES: [&str; 3] = ["bearer ", "basic ", "token "];
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for header in HEADERS {
        for (at, _) in lower.match_indices(header) {
            let mut from = at + header.len();
            let rest = |from: usize| lower.get(from..).unwrap_or_default();
            from += rest(from).len() - rest(from).trim_start_matches([' ', '\u{1f}']).len();
            let scheme = SCHEMES.iter().find(|scheme| rest(from).starts_with(**scheme));
            from += scheme.map_or(0, |scheme| scheme.len());
            let end = rest(from).find(|c: char| c.is_whitespace() || "\"'\u{1f}".contains(c));
            let end = from + end.unwrap_or(rest(from).len());
            if from < end && !rest(from).starts_with('$') {
                found.push(from..end);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_where_they_stand() {
        for (text, expected) in [
            ("postgres://app:hunter2@db:5432/x", "hunter2"),
            ("redis://:pw@r redis://u:x@r", "pw x"),
            ("postgres://app@db/x?password=pw&sslmode=off", "pw"),
            ("Host=db;Username=app;Password=pw;Port=5432", "pw"),
            ("host=db password=pw user=x", "pw"),
            ("postgres://db/x", ""),
            ("Password=", ""),
            ("bypass=no", ""),
            ("amqp://u:a/b@c:1/", "a/b"),
            ("redis-server --requirepass 'pw' --save ''", "pw"),
            ("redis-server --requirepass $PW", ""),
            ("app --db-password=pw --token pw2 --pass=/run/secrets/x --secret $PW", "pw pw2"),
            ("-Djavax.net.ssl.trustStorePassword=pw", "pw"),
            ("https://x/hook?token=pw&a=b", "pw"),
            ("curl -u admin:pw http://localhost/ -H 'Authorization: Bearer pw2'", "pw pw2"),
            ("su -u 1000:1000 x", ""),
            ("mysqladmin ping -h localhost -ppw", "pw"),
            ("mysqladmin ping -p$PW --port 1", ""),
            ("mysqladmin --user=$USER --password=$PW status", ""),
            ("mysqladmin --password=pw status", "pw"),
            ("redis-cli -a pw ping", "pw"),
            ("ls -a pw", ""),
            ("grpc -ppw --token-file /x --no-password yes", ""),
        ] {
            let found: Vec<_> =
                passwords(text).into_iter().map(|range| text.get(range).unwrap()).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
