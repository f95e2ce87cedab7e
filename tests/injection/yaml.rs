//! YAML: keys and values in their order, with the structure around them, then the comments.

use serde_json::Value;

use crate::language::{ACTS, acting};

/// The words of a document; `value` takes away what the program that reads it does.
pub(crate) fn words(text: &str, value: fn(&str) -> String) -> Vec<String> {
    let mut words = Vec::new();
    match serde_saphyr::from_str(text) {
        Ok(document) => collect(&document, value, &mut words),
        Err(error) => words.push(format!("{ACTS}{error}")),
    }
    // No value that spans lines has one that begins like a comment, or this ends in a difference.
    words.extend(
        text.lines().map(str::trim_start).filter(|l| l.starts_with('#')).map(str::to_owned),
    );
    words
}

/// Compose reads `$$` as a dollar, and everything else behind a dollar as a variable.
pub(crate) fn compose(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '$' if rest.next_if_eq(&'$').is_some() => out.push('$'),
            '$' => out += &acting('$'),
            c => out.push(c),
        }
    }
    out
}

fn collect(node: &Value, value: fn(&str) -> String, words: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            words.push(acting('{'));
            for (key, child) in map {
                // Compose reads no variables in keys.
                words.push(format!("{ACTS}:{key}"));
                // A hash of the files that the service reads: it follows whatever they hold.
                if key == "portcullis.config" {
                    words.push(acting('#'));
                } else {
                    collect(child, value, words);
                }
            }
            words.push(acting('}'));
        }
        Value::Array(items) => {
            words.push(acting('['));
            items.iter().for_each(|item| collect(item, value, words));
            words.push(acting(']'));
        }
        Value::String(text) => words.push(value(text)),
        other => words.push(format!("{ACTS}{other}")),
    }
}

#[test]
fn types_and_structure_count() {
    let plain = |text| words(text, str::to_owned);
    assert_ne!(plain("a: 'true'"), plain("a: true"));
    assert_ne!(plain("a: \"1\""), plain("a: 1"));
    assert_eq!(plain("a: 'x: y'"), ["\u{e000}{", "\u{e000}:a", "x: y", "\u{e000}}"]);
    assert_ne!(plain("a: b"), plain("a: b\n# c"));
    assert_eq!(compose("$$x$y"), "$x\u{e000}$y");
}
