//! What an `include` names: a path, or a pattern of paths as glob(3) reads it.

use crate::directives::Directive;

/// The path from which relative ones start (nginx's `--conf-path` in its image).
const FOLDER: &str = "/etc/nginx/";

/// The path or pattern as nginx takes it.
pub(super) fn absolute(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{FOLDER}{path}") }
}

/// What an `include` names that is none of the files and says something that the rules ask about.
/// What nginx's image brings along says nothing of the kind (github.com/nginx/nginx, conf/).
pub(super) fn unseen(directive: &Directive) -> Option<String> {
    const PLAIN: [&str; 4] = ["fastcgi_params", "mime.types", "scgi_params", "uwsgi_params"];
    let ("include", [path]) = (directive.name(), directive.arguments()) else { return None };
    let name = path.rsplit('/').next().unwrap_or_default();
    let own = PLAIN.contains(&name) || absolute(path) == "/etc/nginx/conf.d/*.conf";
    (!own).then(|| path.clone())
}

/// True where a path is the one of a pattern: `*` and `?` stand for what is within a folder.
pub(super) fn is_matched(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if fits(pattern, part) => {}
            _ => return false,
        }
    }
}

/// One name by one part of a pattern. A dot in front is only matched by a dot.
pub fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read, mut star) = (0, 0, None);
    while let Some(c) = name.get(read) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(p) if *p == '?' || p == c => {
                at += 1;
                read += 1;
            }
            _ => {
                // The last star takes one more.
                let Some((before, taken)) = star else { return false };
                star = Some((before, taken + 1));
                at = before + 1;
                read = taken + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_within_a_folder() {
        for (pattern, path) in [
            ("/etc/nginx/a.conf", "/etc/nginx/a.conf"),
            ("/etc/nginx/*.conf", "/etc/nginx/a.b.conf"),
            ("/etc/*/s?te-*", "/etc/nginx/site-"),
            ("/a/.*", "/a/.x"),
        ] {
            assert!(is_matched(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("/a/*", "/a/b/c"), ("/a/*", "/a/.x"), ("/a/*.conf", "/a/b.conf2"), ("/a/?", "/a/")]
        {
            assert!(!is_matched(pattern, path), "{pattern} {path}");
        }
    }
}
