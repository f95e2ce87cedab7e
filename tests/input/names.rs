//! Names become file names, nginx, YAML, shell words and SQL.

use super::mistakes;

#[test]
fn names_admit_nothing_that_means_something_elsewhere() {
    let long = "a".repeat(300);
    let bad = [
        "a..b",
        "a/b",
        "a\nb",
        "a'b",
        "a\"b",
        "a;b",
        "a{b",
        "a$b",
        "a#b",
        "a\0b",
        "а",
        "",
        long.as_str(),
        "a\u{202e}b",
        "a`b",
        "a b",
        "a|b",
        "a\\b",
        "a<b",
        "-a",
    ];
    for name in bad {
        let key = serde_json::to_string(name).unwrap();
        for text in [
            format!("name: {key}"),
            format!("name: x\nservices: {{{key}: {{}}}}"),
            format!("name: x\nservices: {{app: {{needs: [{key}]}}}}"),
            format!("name: x\nservices: {{app: {{settings: {{{key}: a}}}}}}"),
            format!("name: x\nservices: {{app: {{secrets: [{key}]}}}}"),
            format!("name: x\nservices: {{app: {{databases: {{{key}: []}}}}}}"),
            format!("name: x\nservices: {{app: {{profile: {key}}}}}"),
            format!("name: x\nhosts: {{{key}: a.b}}"),
            format!("name: x\ndomain: {key}"),
            format!("name: x\nauth: {{{key}: {{api_key: a}}}}"),
            format!("name: x\nauth: {{u: {{api_key: {{{key}: a}}}}}}"),
            format!("name: x\nauth: {{u: {{validator: a/b, identity: {{{key}: a}}}}}}"),
            format!("name: x\nrates: {{{key}: 5/s}}"),
            format!("name: x\nallow_lists: {{{key}: []}}"),
            format!("name: x\nsecrets: {{{key}: {{provided: true}}}}"),
            format!("name: x\nexceptions: [{{control: {key}, reason: a}}]"),
        ] {
            // Profiles are Compose's own words, which admit two dots.
            if !(text.contains("profile") && name == "a..b") {
                assert!(!mistakes(&text).is_empty(), "{text}");
            }
        }
    }
}
