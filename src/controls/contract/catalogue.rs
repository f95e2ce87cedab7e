//! Look controls up, and print their pages.

use super::{Control, Section};
use crate::controls::ALL;

/// The control with this id.
pub fn find(id: &str) -> Option<&'static dyn Control> {
    ALL.iter().copied().find(|control| control.id() == id)
}

/// Every control but one, to see what breaks without it.
pub fn all_without(id: &str) -> Vec<&'static dyn Control> {
    ALL.iter().copied().filter(|control| control.id() != id).collect()
}

/// A control's page in Markdown.
pub fn page(id: &str) -> Option<String> {
    find(id).map(|control| control.page().to_string())
}

/// Every page in Markdown, by section: the text of `docs/controls.md`.
pub fn pages() -> String {
    let mut text = String::from(PREFACE);
    for section in Section::ALL {
        text.push_str(&format!("\n# {}\n", section.title()));
        for control in ALL.iter().filter(|control| control.section() == section) {
            text.push_str(&format!("\n{}", control.page()));
        }
    }
    text
}

const PREFACE: &str = "\
<!-- Written from src/controls by a test; change it there and run UPDATE=1 cargo test controls -->

Everything that portcullis enforces. What a machine may safely mend is mended; what only a person
can do is a MANUAL line of the report; what a description states against a control is refused
there, or accepted with a reason below `exceptions:`.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_is_what_the_pages_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/controls.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
            std::fs::write(path, pages()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == pages(), "docs/controls.md is stale: UPDATE=1 cargo test controls");
    }

    #[test]
    fn every_control_is_found_by_its_id() {
        assert!(ALL.iter().all(|control| page(control.id()).is_some()));
        assert_eq!(page("read-only-roof"), None);
    }
}
