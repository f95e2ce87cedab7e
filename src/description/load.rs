//! A file's text, or a sentence about why there is none.

use std::io::{ErrorKind, Read as _};

use camino::Utf8Path;

use crate::diagnostic::{Diagnostic, Lines, Position, SourceId};
use crate::yaml::MAX_BYTES;

/// Read a text file of at most [`MAX_BYTES`]; `source` is the number that it will have in
/// `Sources`. A larger one is refused without being read whole.
///
/// # Errors
/// A [`Diagnostic`] for a missing, unreadable, too large or binary file.
pub fn load(path: &Utf8Path, source: SourceId) -> Result<String, Diagnostic> {
    let no = |error: std::io::Error| unreadable(path, &error);
    let file = std::fs::File::open(path).map_err(no)?;
    let metadata = file.metadata().map_err(no)?;
    if metadata.is_dir() {
        let message = format!("{path} is a folder");
        return Err(Diagnostic::nowhere("not-a-file", message).help("name the file itself"));
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(too_large(path));
    }
    let mut bytes = Vec::new();
    // A pipe tells no size, and a file may grow: one byte more than allowed is enough to know.
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(no)?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(path));
    }
    String::from_utf8(bytes)
        .map_err(|error| not_utf8(path, source, error.as_bytes(), error.utf8_error().valid_up_to()))
}

fn too_large(path: &Utf8Path) -> Diagnostic {
    let message = format!("{path} is larger than the {} MiB that are read", MAX_BYTES >> 20);
    Diagnostic::nowhere("file-too-large", message).help("is it the right file?")
}

fn not_utf8(path: &Utf8Path, source: SourceId, bytes: &[u8], valid: usize) -> Diagnostic {
    let before = bytes.get(..valid).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let before = before.unwrap_or_default();
    let at: Position = Lines::new(before).position(source, before.len(), 0);
    let message =
        format!("{path}:{}:{}: byte {} of the file is no UTF-8", at.line, at.column, valid + 1);
    Diagnostic::nowhere("not-utf-8", message).help("save the file as UTF-8")
}

fn unreadable(path: &Utf8Path, error: &std::io::Error) -> Diagnostic {
    match error.kind() {
        ErrorKind::NotFound => Diagnostic::nowhere("missing-file", format!("there is no {path}"))
            .help("`portcullis init` writes one, `-f FILE` names another"),
        ErrorKind::PermissionDenied => {
            Diagnostic::nowhere("unreadable-file", format!("{path} may not be read"))
                .help("check its owner and mode")
        }
        _ => Diagnostic::nowhere("unreadable-file", format!("{path} cannot be read: {error}")),
    }
}
