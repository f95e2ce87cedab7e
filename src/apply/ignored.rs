//! What a build does not read of its context: the part of `.dockerignore` that can be judged
//! without doubt (docs.docker.com, "Build context"). What is not understood counts as read, which
//! costs a build that changes nothing.

/// The patterns of an ignore file.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    /// Paths from the context's root.
    paths: Vec<String>,
    /// Names at any depth, with what stands before and after one `*`.
    names: Vec<(String, String, bool)>,
}

impl Ignored {
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
        let mut ignored = Self::default();
        if lines.iter().any(|line| line.starts_with('!')) {
            return ignored;
        }
        for line in lines {
            let line = line.trim_matches('/');
            let special = |text: &str| text.contains(['*', '?', '[', '\\']);
            match line.strip_prefix("**/") {
                Some(name) if name.contains('/') => {}
                Some(name) => match name.split_once('*') {
                    None if !special(name) => {
                        ignored.names.push((name.to_owned(), String::new(), false));
                    }
                    Some((before, after)) if !special(before) && !special(after) => {
                        ignored.names.push((before.to_owned(), after.to_owned(), true));
                    }
                    _ => {}
                },
                None if !special(line) => ignored.paths.push(line.to_owned()),
                None => {}
            }
        }
        ignored
    }

    /// True where the build does not read this path, nor what is below it.
    pub(super) fn holds(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let named = |(before, after, open): &(String, String, bool)| {
            if *open {
                name.len() >= before.len() + after.len()
                    && name.starts_with(before.as_str())
                    && name.ends_with(after.as_str())
            } else {
                name == before
            }
        };
        self.paths.iter().any(|ignored| ignored == path) || self.names.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_is_left_out() {
        let ignored =
            Ignored::read("# no\n.git\n**/.env\n**/.env.*\n**/*.key\ndocs/*.md\n/deploy/\n");
        for path in [".git", "a/.env", ".env", "a/b/.env.local", "tls.key", "deploy"] {
            assert!(ignored.holds(path), "{path}");
        }
        for path in ["a/.git", "env", ".environment", "key", "docs/a.md", "a/deploy", "deployed"] {
            assert!(!ignored.holds(path), "{path}");
        }
        assert!(!Ignored::read("secret\n!secret/but").holds("secret"));
    }
}
