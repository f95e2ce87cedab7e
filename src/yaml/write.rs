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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::yaml::{from_str, parse};

    #[test]
    fn the_house_style() {
        let value = json!({
            "list": ["x", {"a": 1, "b": []}],
            "map": {"on": true, "mode": "0755", "time": "22:22", "day": "2001-01-01", "no": "no"},
            "long": "word ".repeat(30).trim_end(),
        });
        let expected = indoc::formatdoc! {r#"
            list:
              - x
              - a: 1
                b: []
            map:
              "on": true
              mode: "0755"
              time: "22:22"
              day: "2001-01-01"
              "no": "no"
            long: {}
        "#, "word ".repeat(30).trim_end()};
        assert_eq!(to_string(&value).unwrap(), expected);
    }

    #[test]
    fn comments_stand_above() {
        let value = BTreeMap::from([("a", Above(json!({"b": 1}), "why: it is so".to_owned()))]);
        assert_eq!(to_string(&value).unwrap(), "a:\n  # why: it is so\n  b: 1\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            map in proptest::collection::btree_map("[ -~é\n\t:#'\"\\\\]{1,12}", "(\\PC|[\n\t ]){0,20}", 0..5),
        ) {
            let text = to_string(&map).unwrap();
            prop_assert_eq!(from_str::<BTreeMap<String, String>>(0, &text), Ok(map.clone()), "{}", text);
            let node = parse(0, &text).unwrap();
            for (key, value) in &map {
                let scalar = node.get(key).and_then(|node| node.scalar());
                prop_assert_eq!(scalar.map(|scalar| &scalar.text), Some(value), "{}", text);
            }
        }
    }
}
