//! Paths of a file that was read from another folder, written as seen from the project's.

use super::path::{ITEM, Path};
use super::tree::{as_text, get_mut, spelled};
use crate::yaml::{Node, Scalar, Value};

/// Put `base`, a path relative to the project, before every relative path of the tree. `home`
/// stands for a `~`.
pub(super) fn rebase(node: &mut Node, base: &str, home: Option<&str>) {
    walk(node, &Path::ROOT, &Base { base, home });
}

struct Base<'a> {
    base: &'a str,
    home: Option<&'a str>,
}

type Rule = fn(&Base<'_>, &mut Node);

/// compose-go `paths/resolve.go`.
const PATHS: &[(&str, Rule)] = &[
    ("services.*.build.context", |base, node| base.context(node)),
    ("services.*.build.additional_contexts.*", |base, node| base.context(node)),
    ("services.*.build.ssh.*", |base, node| base.path(node)),
    ("services.*.env_file.*.path", |base, node| base.path(node)),
    ("services.*.label_file.*", |base, node| base.path(node)),
    ("services.*.extends.file", |base, node| base.path(node)),
    ("services.*.develop.watch.*.path", |base, node| base.path(node)),
    ("services.*.volumes.*", |base, node| {
        let bind = node.get("type").and_then(spelled) == Some("bind");
        if let Some(source) = get_mut(node, "source").filter(|_| bind) {
            base.path(source);
        }
    }),
    ("configs.*.file", |base, node| base.path(node)),
    ("secrets.*.file", |base, node| base.path(node)),
    ("volumes.*", |base, node| {
        let local = node.get("driver").and_then(spelled) == Some("local");
        let bind = node.get("driver_opts").and_then(|options| options.get("o")).and_then(spelled);
        if local
            && bind == Some("bind")
            && let Some(device) =
                get_mut(node, "driver_opts").and_then(|options| get_mut(options, "device"))
        {
            base.path(device);
        }
    }),
];

fn walk(node: &mut Node, path: &Path<'_>, base: &Base<'_>) {
    if let Some((_, rule)) = PATHS.iter().find(|(pattern, _)| path.matches(pattern)) {
        rule(base, node);
        return;
    }
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Mapping(entries) => {
            entries.iter_mut().for_each(|(key, value)| walk(value, &path.next(&key.text), base));
        }
        Value::Sequence(items) => {
            let next = path.next(ITEM);
            items.iter_mut().for_each(|item| walk(item, &next, base));
        }
    }
}

impl Base<'_> {
    fn path(&self, node: &mut Node) {
        let Some(path) = as_text(node).filter(|path| !path.is_empty()) else { return };
        let home = self.home.filter(|_| path.starts_with('~'));
        let path = match home {
            Some(home) => clean(&format!("{home}/{}", path.trim_start_matches('~'))),
            None if path.starts_with('/') || is_windows(path) => path.to_owned(),
            None => clean(&format!("{}/{path}", self.base)),
        };
        if let Value::Scalar(Scalar { text, .. }) = &mut node.value {
            *text = path;
        }
    }

    /// A build's context may be an address, a service or a repository.
    fn context(&self, node: &mut Node) {
        const ELSEWHERE: [&str; 4] = ["service:", "github.com/", "git@", "docker-image:"];
        let context = as_text(node).unwrap_or_default();
        let elsewhere =
            context.contains("://") || ELSEWHERE.iter().any(|start| context.starts_with(start));
        if !elsewhere {
            self.path(node);
        }
    }
}

/// An absolute path of Windows.
fn is_windows(path: &str) -> bool {
    let mut letters = path.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next() == Some(':')
        && letters.next().is_some_and(|c| c == '\\' || c == '/');
    drive || path.starts_with("\\\\")
}

/// The shortest path that says the same, without looking at a disk.
pub(super) fn clean(path: &str) -> String {
    let root = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if root => {}
            part => parts.push(part),
        }
    }
    match (root, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

/// The path from one folder to another, both absolute or both relative to the same.
pub(super) fn between(from: &str, to: &str) -> String {
    let (from, to) = (clean(from), clean(to));
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (from, to) = (parts(&from), parts(&to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let path = up.chain(to.into_iter().skip(common)).collect::<Vec<_>>().join("/");
    if path.is_empty() { ".".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, expected) in [
            ("./a/../b//c/.", "b/c"),
            ("../a/./..", ".."),
            ("/../a/", "/a"),
            ("", "."),
            ("a/..", "."),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
        assert_eq!(between("/a/b", "/a/c/d"), "../c/d");
        assert_eq!(between("/a", "/a"), ".");
    }
}
