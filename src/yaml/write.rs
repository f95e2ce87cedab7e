//! Writing YAML in one house style, the same to readers of YAML 1.1 and 1.2.

use serde::Serialize;
use serde_saphyr::CommentPosition;

/// A value with a comment on the lines above it.
pub use serde_saphyr::Commented as Above;
/// Text written as a literal block (`|`), line by line as it is.
pub use serde_saphyr::LitString as Block;
/// A text that is always written in single quotes.
pub use serde_saphyr::SingleQuoted;

/// Why a value cannot be written as YAML.
#[derive(Debug, thiserror::Error)]
#[error("cannot be written as YAML: {0}")]
pub struct WriteError(String);

/// Write a value: two spaces per level, list items indented below their key, quotes only where a
/// reader of either YAML version would take the text for something else, no line folding.
///
/// # Errors
/// [`WriteError`] where a value has no form in YAML, for example a map as a key.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, WriteError> {
    let options = serde_saphyr::ser_options! {
        compact_list_indent: false,
        prefer_block_scalars: false,
        comment_position: CommentPosition::Above,
    };
    serde_saphyr::to_string_with_options(&value, options)
        .map_err(|error| WriteError(error.to_string()))
}
