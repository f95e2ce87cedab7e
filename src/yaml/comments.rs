//! Long runs of comments, at which the YAML crate gives up after a hundred lines.

use std::borrow::Cow;

use serde_saphyr::{Error, MessageFormatter, UserMessageFormatter};

use super::failure::bytes;

/// Runs in one file that are read past; each costs a reading of its own.
const RUNS: usize = 64;

/// What `read` makes of a text; where it gives up in a run of comments, of the text with blanks in
/// their place, so that everything else stands where it stood.
pub(super) fn read_past<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..RUNS {
        let error = match read(&text) {
            Err(error) if is_of_comments(&error) => error,
            done => return done,
        };
        match blanked(&text, &error) {
            Some(less) => text = Cow::Owned(less),
            None => return Err(error),
        }
    }
    read(&text)
}

fn is_of_comments(error: &Error) -> bool {
    // The crate has no kind of its own for it (granit-parser, `ErrorKind::TooManyComments`).
    UserMessageFormatter.format_message(error).contains("too many buffered comments")
}

/// The text without the comments from the place of an error to the end of their run.
fn blanked(text: &str, error: &Error) -> Option<String> {
    let (offset, _) = bytes(text, &error.location()?);
    let start = text.get(..offset)?.rfind('\n').map_or(0, |end| end + 1);
    let (before, from) = text.split_at_checked(start)?;
    let is_comment = |line: &&str| line.trim_start().starts_with('#') || line.trim().is_empty();
    let run: usize = from.split_inclusive('\n').take_while(is_comment).map(str::len).sum();
    let (run, after) = from.split_at_checked(run)?;
    let blanks =
        run.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' });
    run.contains('#').then(|| [before, &blanks.collect::<String>(), after].concat())
}
