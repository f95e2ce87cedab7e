//! The YAML crate's errors in our own words.
//!
//! Its messages and excerpts may quote values, so only the kind and the place are taken.

use serde_saphyr::{Error, Location, MessageFormatter, UserMessageFormatter};

use crate::diagnostic::{Diagnostic, Lines, Position, SourceId, quoted};

pub(super) fn explain(error: &Error, source: SourceId, text: &str) -> Diagnostic {
    let lines = Lines::new(text);
    let error = original(error);
    let at = error.location().map_or_else(
        || lines.position(source, text.len(), 0),
        |location| position(&lines, source, text, &location),
    );
    let (code, message, help) = words(error);
    Diagnostic::at(at, code, message).maybe_help(help)
}

/// The place of a location; the YAML crate counts lines differently, so only offsets are taken.
pub(super) fn position(
    lines: &Lines<'_>,
    source: SourceId,
    text: &str,
    location: &Location,
) -> Position {
    let (offset, length) = bytes(text, location);
    lines.position(source, offset, length)
}

/// Offset and length in bytes of what a location marks.
pub(super) fn bytes(text: &str, location: &Location) -> (usize, usize) {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let span = location.span();
    if let (Some(offset), Some(length)) = (span.byte_offset(), span.byte_len()) {
        return (size(offset), size(length));
    }
    if *location == Location::UNKNOWN {
        return (0, 0);
    }
    let byte = |characters: usize| {
        text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
    };
    let start = byte(size(span.offset()));
    (start, byte(size(span.offset()).saturating_add(size(span.len()))).saturating_sub(start))
}

fn original(mut error: &Error) -> &Error {
    while let Error::AliasError { error: inner, .. } = error.without_snippet() {
        error = inner;
    }
    error.without_snippet()
}

fn words(error: &Error) -> (&'static str, String, Option<String>) {
    const SYNTAX: &str = "yaml-syntax";
    let say = |code, message: &str, help: &str| (code, message.to_owned(), Some(help.to_owned()));
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().map_or_else(|| "a key".to_owned(), quoted);
            say("duplicate-key", &format!("{key} stands twice in one map"), "keep one of the two")
        }
        Error::UnknownAnchor { .. } => say(
            SYNTAX,
            "this alias has no anchor",
            "write `&NAME` before the value that it repeats",
        ),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => say(
            "file-too-complex",
            "the file nests or repeats more than is read",
            "write it flatter, with fewer aliases",
        ),
        Error::MultipleDocuments { .. } => {
            say(SYNTAX, "the file holds a second document", "remove what follows `---` or `...`")
        }
        Error::NullIntoString { .. } => {
            say("wrong-type", "text is expected here and there is nothing", "write a value")
        }
        Error::UnsupportedTag { .. } => say(
            SYNTAX,
            "this tag is not known",
            "remove it; text that starts with `!` needs quotes",
        ),
        Error::Eof { .. } => {
            say(SYNTAX, "the file ends too early", "complete or remove the last entry")
        }
        Error::SerdeUnknownField { field, expected, .. } => (
            "unknown-key",
            format!("unknown key {}", quoted(field)),
            crate::diagnostic::did_you_mean(field, expected.iter().copied()),
        ),
        Error::SerdeMissingField { field, .. } => {
            ("missing-key", format!("the key `{field}` is missing"), None)
        }
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => {
            ("wrong-type", format!("expected {expected}"), None)
        }
        Error::Message { msg, .. } => ("wrong-value", msg.clone(), None),
        Error::SerdeUnknownVariant { expected, .. } => {
            ("wrong-value", format!("expected one of {}", expected.join(", ")), None)
        }
        _ => other(&UserMessageFormatter.format_message(error)),
    }
}

/// The crate's own words; of the text they quote single characters at most.
fn other(message: &str) -> (&'static str, String, Option<String>) {
    if message.contains("recursion limit") {
        let help = "write it flatter".to_owned();
        return ("file-too-complex", "the file nests deeper than is read".to_owned(), Some(help));
    }
    let plain = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    ("yaml-syntax", plain, None)
}
