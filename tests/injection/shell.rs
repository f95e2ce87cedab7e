//! The shell's words, after POSIX.1-2024, XCU 2.3: what quotes hold rests, the remainder may act.

use crate::language::acting;

/// Words, operators, ends of lines and comments.
pub(crate) fn words(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let open = word.is_some();
        let current = word.get_or_insert_default();
        match c {
            '\'' => loop {
                match rest.next() {
                    Some('\'') => break,
                    Some(c) => current.push(c),
                    None => {
                        *current += &acting('!');
                        break;
                    }
                }
            },
            '"' => loop {
                match rest.next() {
                    Some('"') => break,
                    Some('\\') => match rest.next_if(|c| "$`\"\\\n".contains(*c)) {
                        Some('\n') => {}
                        Some(c) => current.push(c),
                        None => current.push('\\'),
                    },
                    Some(c @ ('$' | '`')) => *current += &acting(c),
                    Some(c) => current.push(c),
                    None => {
                        *current += &acting('!');
                        break;
                    }
                }
            },
            '\\' => match rest.next() {
                Some('\n') | None => {}
                Some(c) => current.push(c),
            },
            '#' if !open => {
                *current = acting('#');
                while let Some(c) = rest.next_if(|c| *c != '\n') {
                    current.push(c);
                }
            }
            c if " \t\n;&|<>()".contains(c) => {
                words.extend(word.take().filter(|_| open));
                if !" \t".contains(c) {
                    words.push(acting(c));
                }
            }
            c @ ('$' | '`' | '*' | '?' | '[' | '~' | '{' | '!') => *current += &acting(c),
            c => current.push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn what_acts_is_told_from_what_rests() {
    assert_eq!(words("a 'b c' \"d\\\"\" e\\ f"), ["a", "b c", "d\"", "e f"]);
    assert_eq!(words("a;b #c"), ["a", "\u{e000};", "b", "\u{e000}#c"]);
    assert_ne!(words("\"$x\""), words("'$x'"));
    assert_ne!(words("a 'b\nid"), words("a 'b\nid'"));
    assert_eq!(words("''"), [""]);
}
