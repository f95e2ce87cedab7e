//! Where a value stands in the tree of a project, and patterns of such places. Everything that
//! Compose does differently by place is a table of patterns; this is what they are held against.

/// A path as a chain of keys, borrowed from the tree on the way down; list items are `[]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    key: &'a str,
}

/// The key of a list item.
pub(super) const ITEM: &str = "[]";

impl<'a> Path<'a> {
    /// The whole tree.
    pub(super) const ROOT: Path<'static> = Path { parent: None, key: "" };

    /// One step down.
    pub(super) fn next(&'a self, key: &'a str) -> Path<'a> {
        Path { parent: Some(self), key }
    }

    /// True where the path has the pattern's keys; `*` is any one of them.
    pub(super) fn matches(&self, pattern: &str) -> bool {
        let mut here = self;
        for part in pattern.rsplit('.') {
            let Some(parent) = here.parent else { return false };
            if part != "*" && part != here.key {
                return false;
            }
            here = parent;
        }
        here.parent.is_none()
    }

    /// The last key.
    pub(super) fn key(&self) -> &'a str {
        self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_as_many_keys_as_the_path() {
        let services = Path::ROOT.next("services");
        let service = services.next("a.b");
        let ports = service.next("ports");
        let port = ports.next(ITEM);
        assert!(ports.matches("services.*.ports"));
        assert!(port.matches("services.*.ports.*"));
        assert!(!port.matches("services.*.ports"));
        assert!(!ports.matches("*.ports"));
        assert!(!Path::ROOT.matches("*"));
    }
}
