//! Whether a secret can be drawn, or has to be given by a person.
//!
//! Drawn is what any text does for and whose other end is in the stack: passwords that a service
//! sets and others use, and passwords and secrets with which a program signs its own things. Given
//! is what somebody outside has issued (tokens, the passwords of mail servers), and keys, since
//! many programs ask them for a length or an encoding that a drawn text has not.

use super::Source;
use super::group::Group;
use super::secrecy::{self, names_a_password};

/// Words in names of secrets that somebody outside issues.
const OUTSIDE: [&str; 42] = [
    "ANTHROPIC",
    "AUTH0",
    "AWS",
    "AZURE",
    "BACKBLAZE",
    "BOT",
    "CLIENT_SECRET",
    "CLOUDFLARE",
    "DISCORD",
    "DSN",
    "EMAIL",
    "FACEBOOK",
    "GEMINI",
    "GITHUB",
    "GITLAB",
    "GOOGLE",
    "HUGGING",
    "IMAP",
    "LDAP",
    "LICENSE",
    "LINKEDIN",
    "MAIL",
    "MAILGUN",
    "MICROSOFT",
    "NGROK",
    "OAUTH",
    "OIDC",
    "OPENAI",
    "OPENROUTER",
    "PAYPAL",
    "POSTMARK",
    "RECAPTCHA",
    "RESEND",
    "S3",
    "SENDGRID",
    "SENTRY",
    "SLACK",
    "SMTP",
    "STRIPE",
    "TELEGRAM",
    "TWILIO",
    "TWITTER",
];

/// Where the secret's value comes from.
pub(super) fn of(group: &Group) -> Source {
    let members = group.members.iter().map(|member| member.name.as_str());
    let names: Vec<String> = members
        .chain(group.variables.iter().map(String::as_str))
        .map(str::to_ascii_uppercase)
        .collect();
    let outside = |name: &String| OUTSIDE.iter().any(|word| has_word(name, word));
    let any_text = |name: &String| {
        names_a_password(name) || name.ends_with("SECRET") || name.starts_with("SERVICE_PASSWORD")
    };
    let made = |name: &String| any_text(name) || ["URL", "URI"].iter().any(|e| name.ends_with(e));
    let mut services: Vec<&str> = group.members.iter().map(|one| one.service.as_str()).collect();
    services.dedup();
    // A text that only looks like a secret, such as options of a program, is replaced by nothing.
    let known = names.iter().any(|name| secrecy::names(name))
        || group.members.iter().any(|member| !member.whole);
    let both_ends = services.len() > 1 && known;
    let drawn = !names.iter().any(|name| outside(name) || is_of_a_pair(name))
        && (names.iter().any(any_text) || both_ends)
        && (both_ends || names.iter().all(made));
    if drawn { Source::Generated } else { Source::Provided }
}

/// Keys that belong to one another (PEM, RFC 7468; JWK, RFC 7517): no drawn text is one.
fn is_of_a_pair(name: &str) -> bool {
    name.ends_with("PRIVATE_KEY") || name.ends_with("PUBLIC_KEY")
}

/// `word` between underscores, or at an end.
fn has_word(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, _)| {
        let before = name.get(..at).and_then(|text| text.chars().next_back());
        let after = name.get(at + word.len()..).and_then(|text| text.chars().next());
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
        apart(before) && apart(after)
    })
}
