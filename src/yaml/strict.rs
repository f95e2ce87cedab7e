//! The reading options that every file of ours shares, and reading into types.

use serde::de::DeserializeOwned;
use serde_saphyr::options::{DuplicateKeyPolicy, Options};

use super::failure::explain;
use crate::diagnostic::{Diagnostic, SourceId};

/// Largest file that is read: about ten thousand services.
pub const MAX_BYTES: usize = 4 << 20;

/// Deepest nesting: a description of ours has 8 levels, a Compose file 9.
const MAX_DEPTH: usize = 32;

/// Read one of our own files into a type, as strictly as a description.
///
/// # Errors
/// A [`Diagnostic`] at the first mistake; it never quotes a value.
pub fn from_str<T: DeserializeOwned>(source: SourceId, text: &str) -> Result<T, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_size(text)?;
    serde_saphyr::from_str_with_options(text, options(DuplicateKeyPolicy::Error))
        .map_err(|error| explain(&error, source, text))
}

pub(super) fn check_size(text: &str) -> Result<(), Diagnostic> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    let message =
        format!("the file has {} bytes, more than the {MAX_BYTES} that are read", text.len());
    Err(Diagnostic::nowhere("file-too-large", message))
}

pub(super) fn options(duplicate_keys: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_events: 400_000,
            max_nodes: 200_000,
            max_aliases: 2_000,
            max_anchors: 2_000,
            max_documents: 2,
            max_merge_keys: 1_000,
            max_recorded_anchor_events: 100_000,
            max_recorded_anchor_bytes: MAX_BYTES,
            max_total_scalar_bytes: 2 * MAX_BYTES,
            // Sixty services that merge the same defaults are no attack: what aliases repeat is
            // counted below.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 100_000,
            max_replay_stack_depth: 8,
        },
        duplicate_keys: duplicate_keys,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        strict_indentation: true,
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Door {
        name: String,
        open: bool,
    }

    #[test]
    fn types_are_read_strictly() {
        let door = Door { name: "a".to_owned(), open: true };
        assert_eq!(from_str(0, "\u{feff}name: a\nopen: true\n").as_ref(), Ok(&door));
    }

    #[test]
    fn mistakes_have_a_place_and_no_value() {
        for (text, code, line) in [
            ("name: a\nopen: yes\n", "yaml-syntax", 2),
            ("name: a\nopne: true\n", "unknown-key", 2),
            ("name: a\nopen: true\nname: b\n", "duplicate-key", 3),
            ("name: a\n", "missing-key", 1),
            ("name: a\nopen: hunter2\n", "yaml-syntax", 2),
            ("name: [hunter2]\nopen: true\n", "yaml-syntax", 1),
        ] {
            let error = from_str::<Door>(0, text).unwrap_err();
            assert_eq!((error.code, error.at.unwrap().line), (code, line), "{text} {error:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
