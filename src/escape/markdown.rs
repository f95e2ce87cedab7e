//! Markdown (CommonMark 0.31 with GitHub's tables): inline text, code spans, table cells.

use super::{Unescapable, visible};

const LANGUAGE: &str = "Markdown";

/// Characters that can start something wherever they stand: emphasis, links, HTML, entities,
/// tables, strikethrough, headings, mathematics, mentions.
const ALWAYS: &str = "\\`*_[]<>|~&$#@";

/// Inline text, in a paragraph, a list item or a table cell: shown as it is, never as markup.
pub fn inline(text: &str) -> Result<String, Unescapable> {
    let text = visible(text, LANGUAGE)?;
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(text.len());
    let mut before = String::new();
    let mut rest = text.chars().enumerate().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        match c {
            ' ' if at == 0 || at == last => out.push_str("&#32;"),
            _ if ALWAYS.contains(c) || starts_block(c, &before) || links(c, next, &before) => {
                out.extend(['\\', c]);
            }
            _ => out.push(c),
        }
        before.push(c);
    }
    Ok(out)
}

/// A code span: a fence of backticks longer than any run inside (CommonMark 6.1).
pub fn code(text: &str) -> Result<String, Unescapable> {
    let text = visible(text, LANGUAGE)?;
    if text.trim().is_empty() {
        return Err(Unescapable::Empty { language: LANGUAGE });
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let pad = if edge(text.chars().next()) || edge(text.chars().last()) { " " } else { "" };
    Ok(format!("{fence}{pad}{text}{pad}{fence}"))
}

/// A code span inside a table cell, where `|` needs a backslash even in code. A backslash before
/// a `|` is read differently by different renderers and refused.
pub fn cell_code(text: &str) -> Result<String, Unescapable> {
    if text.contains("\\|") {
        return Err(Unescapable::character(LANGUAGE, '\\'));
    }
    Ok(code(text)?.replace('|', "\\|"))
}

/// Our own sentences, in which backticks mark code: what is marked becomes a code span, all else
/// is shown as it is. A backtick without a second one is shown as well.
pub fn prose(text: &str) -> Result<String, Unescapable> {
    spans(text, code)
}

/// [`prose`] in a table cell.
pub fn cell_prose(text: &str) -> Result<String, Unescapable> {
    spans(text, cell_code)
}

fn spans(text: &str, span: fn(&str) -> Result<String, Unescapable>) -> Result<String, Unescapable> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        match after.split_once('`') {
            Some((marked, behind)) if !marked.trim().is_empty() => {
                out += &between(before)?;
                out += &span(marked)?;
                rest = behind;
            }
            _ => break,
        }
    }
    Ok(out + &between(rest)?)
}

/// Text beside a code span, whose spaces need no escape since they end no line.
fn between(text: &str) -> Result<String, Unescapable> {
    let inner = text.trim_matches(' ');
    let lead = text.len() - text.trim_start_matches(' ').len();
    let trail = text.len() - lead - inner.len();
    Ok(format!("{}{}{}", " ".repeat(lead), inline(inner)?, " ".repeat(trail)))
}

/// Part of a line inside a fenced code block, where nothing is markup but the closing fence.
pub fn fenced(text: &str) -> Result<String, Unescapable> {
    let fence = ["```", "~~~"].into_iter().find(|fence| text.contains(fence));
    match fence.and_then(|fence| fence.chars().next()) {
        Some(character) => Err(Unescapable::character(LANGUAGE, character)),
        None => visible(text, LANGUAGE).map(str::to_owned),
    }
}

/// At the start of a line: a bullet, a setext underline, an ordered list (`1.` or `1)`).
fn starts_block(c: char, before: &str) -> bool {
    match c {
        '-' | '+' | '=' => before.is_empty(),
        '.' | ')' => !before.is_empty() && before.chars().all(|c| c.is_ascii_digit()),
        _ => false,
    }
}

/// GitHub makes links of `scheme://`, `mailto:`, `xmpp:` and `www.` without any markup.
fn links(c: char, next: Option<char>, before: &str) -> bool {
    let ends = |word: &str| before.to_ascii_lowercase().ends_with(word);
    match c {
        ':' => next == Some('/') || ends("mailto") || ends("xmpp"),
        '.' => ends("www"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads inline text back; panics on anything that would be markup.
    fn read_inline(markdown: &str) -> String {
        let mut value = String::new();
        let mut rest = markdown;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("&#32;") {
                value.push(' ');
                rest = after;
                continue;
            }
            rest = &rest[c.len_utf8()..];
            if c == '\\' {
                let escaped = rest.chars().next().unwrap();
                assert!(escaped.is_ascii_punctuation(), "backslash before {escaped}");
                value.push(escaped);
                rest = &rest[1..];
                continue;
            }
            assert!(!"`*_[]<>|~&$#@".contains(c), "bare {c}");
            assert!(!(value.is_empty() && "-+= ".contains(c)), "block start {c}");
            value.push(c);
        }
        value
    }

    /// Reads one code span: equal fences, one space stripped from both sides.
    fn read_code(markdown: &str) -> String {
        let fence: String = markdown.chars().take_while(|c| *c == '`').collect();
        let inner = markdown.strip_prefix(&fence).unwrap().strip_suffix(&fence).unwrap();
        assert!(inner.split(|c| c != '`').all(|run| run.len() < fence.len()));
        let stripped = inner.strip_prefix(' ').and_then(|s| s.strip_suffix(' '));
        stripped.filter(|_| !inner.trim().is_empty()).unwrap_or(inner).to_owned()
    }

    proptest! {
        #[test]
        fn inline_text_is_shown_as_it_is(text in "\\PC{0,30}|[-+=#*_<&|~1. ]{1,8}") {
            if let Ok(escaped) = inline(&text) {
                prop_assert_eq!(read_inline(&escaped), text);
            }
        }

        #[test]
        fn a_code_span_holds_the_same_text(text in "\\PC{1,20}|[`a ]{1,8}") {
            if let Ok(span) = code(&text) {
                prop_assert_eq!(read_code(&span), text);
            }
        }

        #[test]
        fn a_cell_never_ends_early(text in "[`a|\\\\ ]{1,10}") {
            for cell in [inline(&text), cell_code(&text)].into_iter().flatten() {
                let bare = cell.replace("\\\\", "").replace("\\|", "");
                prop_assert!(!bare.contains('|'), "{cell}");
            }
            if let Ok(cell) = cell_code(&text) {
                prop_assert_eq!(read_code(&cell.replace("\\|", "|")), text);
            }
        }
    }

    #[test]
    fn a_fence_is_not_closed_from_inside() {
        assert!(fenced("```").is_err() && fenced("a~~~~").is_err() && fenced("a\n").is_err());
        assert_eq!(fenced("echo `id` <a>").as_deref(), Ok("echo `id` <a>"));
    }

    #[test]
    fn nothing_becomes_a_link_a_list_or_html() {
        assert_eq!(inline("<b>").as_deref(), Ok("\\<b\\>"));
        assert_eq!(inline("http://a").as_deref(), Ok("http\\://a"));
        assert_eq!(inline("see www.a").as_deref(), Ok("see www\\.a"));
        assert_eq!(inline("- a").as_deref(), Ok("\\- a"));
        assert_eq!(inline("1. a").as_deref(), Ok("1\\. a"));
        assert_eq!(inline("ready: yes.").as_deref(), Ok("ready: yes."));
    }

    #[test]
    fn marked_code_becomes_a_span_and_nothing_else_does() {
        assert_eq!(prose("run `a_b | c` now_").unwrap(), "run `a_b | c` now\\_");
        assert_eq!(cell_prose("`a|b`").unwrap(), "`a\\|b`");
        assert_eq!(prose("a ` b").unwrap(), "a \\` b");
    }
}
