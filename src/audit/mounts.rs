//! Paths of a container as files of the project: where an `include` of nginx leads.
//!
//! Never out of what is mounted: no `..`, and no link that somebody put into a folder.

use camino::{Utf8Path, Utf8PathBuf};

use super::nginx::fits;
use crate::compose::load::Files;

/// What is mounted: paths in the container, each with the file or folder of the project.
#[derive(Debug, Default)]
pub(super) struct Mounts(Vec<(String, Utf8PathBuf)>);

/// Folders that Debian's and the image's `nginx.conf` include.
const INCLUDED: [&str; 5] = ["conf.d", "http.d", "sites-available", "sites-enabled", "templates"];

/// Folder of nginx's configuration in its image.
const FOLDER: &str = "/etc/nginx";

impl Mounts {
    pub(super) fn add(&mut self, target: String, path: Utf8PathBuf) {
        self.0.push((target.trim_end_matches('/').to_owned(), path));
    }

    /// For a configuration that is named itself: its folder is nginx's, or the one above it where
    /// its own is one of those that `nginx.conf` includes.
    pub(super) fn of(configuration: &Utf8Path) -> (Self, String) {
        let name = configuration.file_name().unwrap_or_default();
        let own = configuration.parent().unwrap_or(Utf8Path::new(""));
        let outer = own.file_name().filter(|name| INCLUDED.contains(name)).zip(own.parent());
        let (folder, target) = match outer {
            Some((inner, outer)) => (outer, format!("{FOLDER}/{inner}/{name}")),
            None => (own, format!("{FOLDER}/{name}")),
        };
        let folder = if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder };
        (Self(vec![(FOLDER.to_owned(), folder.to_owned())]), target)
    }

    /// The files that a path or pattern of the container leads to, with their paths there, sorted.
    pub(super) fn files(&self, pattern: &str, files: &dyn Files) -> Vec<(String, Utf8PathBuf)> {
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        let mut found = Vec::new();
        for (target, path) in &self.0 {
            let above: Vec<&str> = target.split('/').filter(|part| !part.is_empty()).collect();
            let (head, rest) = parts.split_at(above.len().min(parts.len()));
            let below = head.len() == above.len()
                && head.iter().zip(&above).all(|(pattern, part)| fits(pattern, part));
            if below && !parts.contains(&"..") {
                walk((target, path), rest, files, &mut found);
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn walk(
    (target, path): (&str, &Utf8Path),
    rest: &[&str],
    files: &dyn Files,
    found: &mut Vec<(String, Utf8PathBuf)>,
) {
    let Some((part, rest)) = rest.split_first() else {
        let is_file = !files.is_folder(path) && files.read(path).is_ok();
        found.extend(is_file.then(|| (target.to_owned(), path.to_owned())));
        return;
    };
    for entry in files.list(path) {
        let name = entry.file_name().unwrap_or_default();
        if fits(part, name) && !files.is_link(&entry) {
            let inner = path.as_str().strip_prefix('.').filter(|rest| rest.is_empty());
            let entry = if inner.is_some() { Utf8PathBuf::from(name) } else { entry.clone() };
            walk((&format!("{target}/{name}"), &entry), rest, files, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::load::Memory;

    #[test]
    fn includes_lead_into_what_is_mounted_and_never_out() {
        let texts = ["a/x.conf", "a/in/y.conf", "a/.z.conf", "b/tls", "c.conf"];
        let files = Memory::new(texts.map(|path| (path, "")));
        let mut mounts = Mounts::default();
        mounts.add("/etc/nginx/conf.d/".to_owned(), "a".into());
        mounts.add("/etc/nginx/b".to_owned(), "b".into());
        mounts.add("/etc/nginx/c".to_owned(), "c.conf".into());
        for (pattern, paths) in [
            ("/etc/nginx/conf.d/*.conf", &["a/x.conf"][..]),
            ("/etc/nginx/*/*", &["b/tls", "a/x.conf"]),
            ("/etc/nginx/conf.d/*/y.conf", &["a/in/y.conf"]),
            ("/etc/nginx/c", &["c.conf"]),
            ("/etc/nginx/conf.d/../../c.conf", &[]),
            ("/etc/nginx/b/../../c.conf", &[]),
            ("/srv/x", &[]),
        ] {
            let found = mounts.files(pattern, &files);
            let found: Vec<_> = found.iter().map(|(_, path)| path.as_str()).collect();
            assert_eq!(found, paths, "{pattern}");
        }
    }

    #[test]
    fn a_configuration_alone_has_its_folder() {
        let target = |path: &str| Mounts::of(Utf8Path::new(path)).1;
        assert_eq!(target("a/nginx.conf"), "/etc/nginx/nginx.conf");
        assert_eq!(target("conf.d/x.conf"), "/etc/nginx/conf.d/x.conf");
    }
}
