//! Where passwords stand inside a text: URLs (RFC 3986, section 3.2.1) and connection strings of
//! the form `Host=db;Password=...` (ADO.NET, libpq).

use std::ops::Range;

/// Byte ranges of the passwords in `text`, in their order; none of them is empty.
pub(super) fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = in_urls(text);
    for range in in_pairs(text).into_iter().chain(in_options(text)) {
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

/// Keys of connection strings and queries whose values are secrets, in lower case without `_`, `-`
/// and blanks.
const KEYS: [&str; 12] = [
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

fn in_pairs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('=') {
        let before = text.get(..at).unwrap_or_default();
        let key = before
            .rsplit([';', '&', '?', ',', ' ', '\n', '\'', '"', '\u{1f}'])
            .next()
            .unwrap_or_default();
        let key: String = key.to_lowercase().chars().filter(|c| !"_- ".contains(*c)).collect();
        let rest = text.get(at + 1..).unwrap_or_default();
        let end = rest.find([';', '&', ',', ' ', '\n', '\'', '"', '\u{1f}']).unwrap_or(rest.len());
        if KEYS.contains(&key.as_str()) && end > 0 && !rest.starts_with('$') {
            found.push(at + 1..at + 1 + end);
        }
    }
    found
}

/// Options of programs that are followed by a password: redis and valkey, and common ones.
const OPTIONS: [&str; 6] =
    ["--requirepass", "--masterauth", "--password", "--pass", "--secret", "--token"];

fn in_options(text: &str) -> Vec<Range<usize>> {
    let gap = |c: char| c.is_whitespace() || c == '\u{1f}';
    let mut found = Vec::new();
    for option in OPTIONS {
        for (at, _) in text.match_indices(option) {
            let start = at + option.len();
            let rest = text.get(start..).unwrap_or_default();
            let value = rest.trim_start_matches(gap);
            let from = start + (rest.len() - value.len());
            let value = value.get(..value.find(gap).unwrap_or(value.len())).unwrap_or_default();
            let inner = value.trim_matches(['"', '\'']);
            let from = from + value.find(inner).unwrap_or_default();
            if rest.starts_with(gap) && !inner.is_empty() && !inner.starts_with(['-', '$']) {
                found.push(from..from + inner.len());
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
        ] {
            let found: Vec<_> =
                passwords(text).into_iter().map(|range| text.get(range).unwrap()).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
