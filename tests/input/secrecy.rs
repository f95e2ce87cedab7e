//! No message and no excerpt shows a secret.

use portcullis::diagnostic::looks_secret;
use proptest::prelude::*;

use super::report;

#[test]
fn no_message_and_no_excerpt_shows_a_secret() {
    let secret = "Hunter2-hunter2";
    for key in [
        format!("settings: {{DB_PASSWORD: [{secret}]}}"),
        format!("settings: {{DB_PASSWORD: \"{secret} {{{{ {secret} }}}}\"}}"),
        format!("env_secrets: {{DB_PASSWORD: {secret}}}"),
        format!("secrets: [{secret}]"),
        format!("env_secrets: [{secret}]"),
        format!("command: server --password {secret}"),
        format!("settings: {{DB_PASSWORD: !{secret}}}"),
        format!("settings: {{DB_PASSWORD: *{secret}}}"),
        format!("settings: {{DB_PASSWORD: \"{secret}\n"),
        format!("settings: {{URL: 'postgres://a:{secret}@db'}}\n    port: x"),
        format!("healt: 'postgres://a:{secret}@db'"),
        format!("health: 'postgres://a:{secret}@db'"),
        format!("port: 'postgres://a:{secret}@db'"),
        format!("labels: {{SESSION_KEY: {{{secret}: 1}}}}"),
    ] {
        let text = format!("name: x\nservices:\n  app:\n    {key}\n");
        let (problems, report) = report(&text);
        assert!(!problems.is_empty(), "{text}");
        assert!(!report.contains(secret), "{text}\n{report}");
    }
}

#[test]
fn a_value_in_place_of_a_source_is_not_shown() {
    let secret = "Hunter2-hunter2";
    for value in [secret.to_owned(), format!("\"{secret} {{{{ {secret} }}}}\"")] {
        let text = format!("name: x\nsecrets: {{db_password: {value}}}\n");
        let (problems, report) = report(&text);
        assert!(!problems.is_empty(), "{text}");
        assert!(!report.contains(secret), "{text}\n{report}");
    }
}

proptest! {
    #[test]
    fn a_secret_in_any_wrong_place_is_not_shown(
        name in "[A-Z]{1,6}_(PASSWORD|SECRET|TOKEN|KEY|DSN)",
        value in "[A-Za-z0-9!%&*+./:=?@^_~-]{8,40}",
        layout in 0usize..6,
    ) {
        prop_assume!(looks_secret(&name, &value));
        let text = match layout {
            0 => format!("name: x\nservices: {{app: {{settings: {{{name}: [\"{value}\"]}}}}}}\n"),
            1 => format!("name: x\nservices: {{app: {{env_secrets: {{{name}: \"{value}\"}}}}}}\n"),
            2 => format!("name: x\nservices: {{app: {{settings: {{{name}: \"{value}\", {name}: b}}}}}}\n"),
            3 => format!("name: x\nservices:\n  app:\n    labels:\n      {name}:\n        - \"{value}\"\n"),
            4 => format!("name: x\nservices:\n  app:\n    {name}: \"{value}\"\n"),
            _ => format!("name: x\nservices:\n  app:\n    settings: {{{name}: {value}\n"),
        };
        let (problems, report) = report(&text);
        prop_assert!(!problems.is_empty() && !report.contains(&value), "{}\n{}", text, report);
    }
}
