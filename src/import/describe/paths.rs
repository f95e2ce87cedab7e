//! Paths of the project as the description's folder sees them.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::Describing;
use crate::description::ProjectPath;

impl Describing<'_> {
    /// A path of the project's folder as a path below the description's; none where it leads out
    /// of it, or holds what a description does not admit.
    pub(super) fn project_path(&self, path: &str) -> Option<String> {
        if path.contains("://") || path.starts_with('~') || path.starts_with("git@") {
            return None;
        }
        let whole = match path.starts_with('/') {
            true => Utf8Path::new(path).strip_prefix(self.root()?).ok()?.to_owned(),
            false => self.original.from_description.join(path),
        };
        let inside = normal(&whole)?;
        ProjectPath::new(inside.as_str()).ok().map(|path| path.as_str().to_owned())
    }

    /// A path of the project's folder as a path of the host.
    pub(super) fn host_path(&self, path: &str) -> Option<String> {
        let whole = self.original.folder.join(path);
        Some(format!("/{}", normal(whole.strip_prefix("/").ok()?)?))
    }

    /// The description's folder, absolute.
    fn root(&self) -> Option<Utf8PathBuf> {
        let steps = self.original.from_description.components();
        let depth = steps.filter(|part| matches!(part, Utf8Component::Normal(_))).count();
        self.original.folder.ancestors().nth(depth).map(Utf8Path::to_owned)
    }
}

/// The path without `.` and `..`; none where it leads above its beginning.
fn normal(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part {
            Utf8Component::Normal(name) => parts.push(name),
            Utf8Component::ParentDir => drop(parts.pop()?),
            Utf8Component::CurDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {}
        }
    }
    Some(if parts.is_empty() { ".".into() } else { parts.join("/").into() })
}
