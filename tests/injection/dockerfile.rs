//! A Dockerfile: instructions, each with its words.

use crate::language::acting;
use crate::shell;

/// The instructions in their order; exec forms as the strings of their JSON.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    // A line ends at its line feed; one that ends in a backslash goes on (the default escape).
    for line in text.replace("\\\n", " ").lines() {
        words.push(acting('\n'));
        if line.trim_start().starts_with('#') {
            words.push(line.to_owned());
            continue;
        }
        let exec = line.find('[').and_then(|at| {
            let list = serde_json::from_str::<Vec<String>>(&line[at..]).ok()?;
            Some((&line[..at], list))
        });
        match exec {
            Some((before, list)) => {
                words.extend(shell::words(before));
                words.push(acting('['));
                words.extend(list);
            }
            None => words.extend(shell::words(line)),
        }
    }
    words
}

#[test]
fn instructions_are_told_apart() {
    assert_eq!(
        words("CMD [\"a b\", \"$c\"]\nUSER 1"),
        ["\u{e000}\n", "CMD", "\u{e000}[", "a b", "$c", "\u{e000}\n", "USER", "1"]
    );
    assert_ne!(words("ENV A=b\nRUN id"), words("ENV A='b\nRUN id'"));
}
