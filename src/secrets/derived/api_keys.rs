//! The gateway's table of API keys: an nginx `map` from a key to the client's name (nginx
//! documentation, ngx_http_map_module).

use std::collections::BTreeMap;

use super::super::SecretValue;

/// The least length of a key at the edge, in characters, whatever the description says.
pub const KEY_MINIMUM: usize = 16;

/// The greatest length of a key, in characters: an entry must fit into one bucket of nginx's
/// hash (`map_hash_bucket_size` of the gateway: 256 bytes).
pub const KEY_MOST: usize = 200;

/// A client and one key that it may use; two during a rotation.
#[derive(Clone, Copy)]
pub struct ApiKey<'a> {
    pub client: &'a str,
    /// The name of the secret, for messages.
    pub secret: &'a str,
    pub key: &'a SecretValue,
}

/// A key that cannot stand at the edge; names the secret, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("{0}: an API key has {KEY_MINIMUM} or more characters")]
    Short(String),
    #[error("{0}: an API key has at most {KEY_MOST} characters")]
    Long(String),
    #[error("{0}: an API key consists of visible ASCII characters without blanks")]
    Signs(String),
    #[error(
        "{0} and {1}: equal but for upper and lower case, which the gateway does not tell apart"
    )]
    Equal(String, String),
}

/// The lines `"KEY" CLIENT;`, sorted by client and secret, or everything that is wrong with
/// the keys.
pub fn api_key_map(keys: &[ApiKey<'_>]) -> Result<SecretValue, Vec<KeyFault>> {
    let mut faults: Vec<KeyFault> = keys.iter().filter_map(fault).collect();
    let mut owners: BTreeMap<Vec<u8>, &ApiKey<'_>> = BTreeMap::new();
    for key in keys {
        if let Some(other) = owners.insert(key.key.trimmed().to_ascii_lowercase(), key) {
            faults.push(KeyFault::Equal(other.secret.to_owned(), key.secret.to_owned()));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut sorted: Vec<&ApiKey<'_>> = keys.iter().collect();
    sorted.sort_by_key(|key| (key.client, key.secret));
    let mut lines = Vec::new();
    for key in sorted {
        quote(key.key.trimmed(), &mut lines);
        lines.extend_from_slice(format!(" {};\n", key.client).as_bytes());
    }
    Ok(SecretValue::new(lines))
}

/// How many bits a key loses at most because the gateway ignores case: one for each letter of
/// a key that uses both cases, none where it uses only one.
pub fn bits_lost_to_case(key: &SecretValue) -> usize {
    let count = |wanted: fn(&u8) -> bool| key.trimmed().iter().filter(|sign| wanted(sign)).count();
    let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    if upper == 0 || lower == 0 { 0 } else { upper + lower }
}

fn fault(key: &ApiKey<'_>) -> Option<KeyFault> {
    let secret = key.secret.to_owned();
    match key.key.trimmed() {
        signs if !signs.iter().all(u8::is_ascii_graphic) => Some(KeyFault::Signs(secret)),
        signs if signs.len() < KEY_MINIMUM => Some(KeyFault::Short(secret)),
        signs if signs.len() > KEY_MOST => Some(KeyFault::Long(secret)),
        _ => None,
    }
}

/// Quotes a key for nginx's parser (`\` and `"` are escaped there), with a leading `\` where
/// the map would read a pattern (`~`) or drop a `\`.
fn quote(key: &[u8], into: &mut Vec<u8>) {
    into.push(b'"');
    if matches!(key.first(), Some(b'~' | b'\\')) {
        into.extend_from_slice(b"\\\\");
    }
    for sign in key {
        if matches!(sign, b'"' | b'\\') {
            into.push(b'\\');
        }
        into.push(*sign);
    }
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &[(&str, &str)]) -> Result<String, Vec<KeyFault>> {
        let values: Vec<SecretValue> = keys.iter().map(|(_, key)| (*key).into()).collect();
        let keys: Vec<ApiKey<'_>> = keys
            .iter()
            .zip(&values)
            .map(|((client, _), key)| ApiKey { client, secret: client, key })
            .collect();
        api_key_map(&keys).map(|lines| lines.text().unwrap().to_owned())
    }

    #[test]
    fn each_client_has_a_line_in_order() {
        let lines = map(&[("robot", "0123456789abcdef\n"), ("ci", "fedcba9876543210")]);
        assert_eq!(lines.unwrap(), "\"fedcba9876543210\" ci;\n\"0123456789abcdef\" robot;");
    }

    #[test]
    fn no_key_is_read_as_a_pattern_or_ends_its_line() {
        let lines = map(&[("a", r"~.*aaaaaaaaaaaaaa"), ("b", r#"\x";}{$bbbbbbbbbbb"#)]).unwrap();
        assert_eq!(lines, "\"\\\\~.*aaaaaaaaaaaaaa\" a;\n\"\\\\\\\\x\\\";}{$bbbbbbbbbbb\" b;");
    }

    #[test]
    fn every_unfit_key_is_named_and_none_is_shown() {
        let long = "x".repeat(201);
        let keys = [("a", "short"), ("b", "with a blank inside"), ("c", &long), ("d", "")];
        let faults = map(&keys).unwrap_err();
        let expected = [
            KeyFault::Short("a".into()),
            KeyFault::Signs("b".into()),
            KeyFault::Long("c".into()),
            KeyFault::Short("d".into()),
        ];
        assert_eq!(faults, expected);
        assert!(!format!("{faults:?}").contains("short"));
    }

    #[test]
    fn keys_equal_but_for_case_are_refused() {
        let faults = map(&[("a", "abcdefghABCDEFGH"), ("b", "ABCDEFGHabcdefgh")]);
        assert_eq!(faults.unwrap_err(), [KeyFault::Equal("a".into(), "b".into())]);
    }

    #[test]
    fn only_mixed_case_loses_bits() {
        for (key, lost) in [("abc123", 0), ("ABC123", 0), ("aBc123", 3), ("123", 0)] {
            assert_eq!(bits_lost_to_case(&key.into()), lost);
        }
    }
}
