//! Values that are made of text and other secrets, such as a database's URL.

use super::super::SecretValue;

/// A piece of a template: text as it was written, or a secret's place.
pub enum Part<'a> {
    Text(&'a str),
    Secret(&'a SecretValue),
}

/// Joins the parts. Secrets lose the line ends at their end; where the template is a URL (it
/// begins with `SCHEME://`), every byte of a secret that is not unreserved in RFC 3986 section
/// 2.3 is percent-encoded, so that a password with `@` or `/` stays a password.
pub fn fill_template(parts: &[Part<'_>]) -> SecretValue {
    let url = matches!(parts.first(), Some(Part::Text(text)) if begins_a_url(text));
    let mut joined = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => joined.extend_from_slice(text.as_bytes()),
            Part::Secret(secret) if url => percent_encode(secret.trimmed(), &mut joined),
            Part::Secret(secret) => joined.extend_from_slice(secret.trimmed()),
        }
    }
    SecretValue::new(joined)
}

fn begins_a_url(text: &str) -> bool {
    let scheme = |sign: char| sign.is_ascii_alphanumeric() || "+-.".contains(sign);
    text.split_once("://").is_some_and(|(name, _)| !name.is_empty() && name.chars().all(scheme))
}

fn percent_encode(bytes: &[u8], into: &mut Vec<u8>) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            into.push(*byte);
        } else {
            into.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(before: &str, secret: &str, after: &str) -> String {
        let secret = SecretValue::from(secret);
        let parts = [Part::Text(before), Part::Secret(&secret), Part::Text(after)];
        fill_template(&parts).text().unwrap().to_owned()
    }

    #[test]
    fn a_secret_in_a_url_stays_one_part_of_it() {
        let url = filled("postgres://app:", "p@ss/w:rd é%\n", "@postgres:5432/core");
        assert_eq!(url, "postgres://app:p%40ss%2Fw%3Ard%20%C3%A9%25@postgres:5432/core");
        let url = filled("redis+tls://", "plain-._~09", "@redis");
        assert_eq!(url, "redis+tls://plain-._~09@redis");
    }

    #[test]
    fn elsewhere_a_secret_stays_as_it_is() {
        assert_eq!(filled("password=", "p@ss\r\n", ";x"), "password=p@ss;x");
        assert_eq!(filled("see ://", "p@ss", ""), "see ://p@ss");
        assert_eq!(filled("", "p@ss", "://"), "p@ss://");
    }
}
