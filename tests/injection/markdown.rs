//! Markdown, as far as the reports use it: blocks by line, tables by cell, inline text by the
//! characters that act.

use crate::language::{ACTS, acting};
use crate::shell;

/// Blocks, cells, code spans and text.
pub(crate) fn words(text: &str) -> Vec<String> {
    let (mut words, mut lines) = (Vec::new(), text.lines());
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        words.push(acting('\n'));
        if bare.starts_with("```") {
            let inside: Vec<&str> =
                lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")).collect();
            words.push(format!("{ACTS}{bare}"));
            words.extend(shell::words(&inside.join("\n")));
        } else if let Some(row) = bare.strip_prefix('|') {
            for cell in cells(row) {
                words.push(acting('|'));
                words.extend(inline(cell.trim(), true));
            }
        } else {
            let body = bare.trim_start_matches(['#', '-', '>', '+', '=']);
            words.push(format!("{ACTS}{}", &line[..line.len() - body.len()]));
            words.extend(inline(body, false));
        }
    }
    words
}

/// GitHub ends a cell at every `|` without a backslash, in code as well.
fn cells(row: &str) -> Vec<&str> {
    let (mut cells, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in row.char_indices() {
        if c == '|' && !escaped {
            cells.push(&row[start..at]);
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    cells.push(&row[start..]);
    cells
}

fn inline(text: &str, cell: bool) -> Vec<String> {
    let (mut words, mut word, mut rest) = (Vec::new(), String::new(), text);
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        let next = behind.chars().next();
        rest = match c {
            '\\' if next.is_some_and(|next| next.is_ascii_punctuation()) => {
                word.extend(next);
                &behind[1..]
            }
            '&' if behind.starts_with("#32;") => {
                word.push(' ');
                &behind[4..]
            }
            '`' => {
                let fence = &rest[..rest.len() - rest.trim_start_matches('`').len()];
                match span(&rest[fence.len()..], fence) {
                    Some((code, after)) => {
                        let code = if cell { code.replace("\\|", "|") } else { code.to_owned() };
                        words.push(std::mem::take(&mut word));
                        words.push(format!("{ACTS}`{}", unpadded(&code)));
                        after
                    }
                    None => {
                        word += &acting('`');
                        &rest[fence.len()..]
                    }
                }
            }
            c => {
                // An exclamation mark is one unless a link follows: then both are an image.
                let pair = matches!((c, next), (':', Some('/')) | ('!', Some('[')));
                word += &if pair || "*_[]<>|~&$#@".contains(c) { acting(c) } else { c.to_string() };
                behind
            }
        };
    }
    words.push(word);
    words
}

/// A code span ends at a run of backticks as long as the one that began it.
fn span<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('`')?;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == fence.len() {
            return Some((&text[..start], &text[start + run..]));
        }
        from = start + run;
    }
}

/// One space on both sides belongs to the fence (CommonMark 6.1).
fn unpadded(code: &str) -> &str {
    let inner = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
    inner.filter(|inner| !inner.trim().is_empty()).unwrap_or(code)
}

#[test]
fn what_acts_is_told_from_what_rests() {
    assert_ne!(words("a *b*"), words("a \\*b\\*"));
    assert_eq!(words("\\*b\\*").last().unwrap(), "*b*");
    assert_ne!(words("| a | b |"), words("| a \\| b |"));
    assert_ne!(words("# a"), words("\\# a"));
    assert_ne!(words("a![b]"), words("a\\![b]"));
    assert_eq!(words("a! b"), words("a\\! b"));
    assert_eq!(words("`a``b`").len(), words("`ab`").len());
    assert_eq!(inline("`` ` ``", false)[1], "\u{e000}``");
}
