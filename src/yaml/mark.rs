//! What Compose's own tags say of a value: `!reset` and `!override`.

use crate::diagnostic::{Position, Problems};

/// A value that takes the place of the one in an earlier file instead of being merged with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Keys, and numbers of list items, from the root to the value.
    pub path: Vec<String>,
    /// True for `!reset`: the value goes as well.
    pub reset: bool,
}

impl Mark {
    /// What a tag says; none for those of YAML itself, a complaint for those of nobody.
    pub(super) fn of(
        tag: Option<&str>,
        path: &[String],
        at: Position,
        problems: &mut Problems,
    ) -> Option<Self> {
        match tag? {
            "!reset" => Some(Self { path: path.to_vec(), reset: true }),
            "!override" => Some(Self { path: path.to_vec(), reset: false }),
            tag if tag.starts_with("tag:yaml.org,2002:") || tag.starts_with("!!") || tag == "!" => {
                None
            }
            _ => {
                let help = "remove it; Compose knows `!reset` and `!override`";
                problems.report(at, "yaml-syntax", "this tag is not known", help);
                None
            }
        }
    }
}
