//! `[SOURCE:]TARGET[:OPTIONS]` of a volume, as Compose reads it (compose-go `format/volume.go`).

use super::Mode;
use crate::compose::load::relative::clean;
use crate::compose::load::tree::{as_text, entry, flag, map, spelled, text};
use crate::diagnostic::{Diagnostic, Position, Problems};
use crate::yaml::{Mapping, Node};

/// A mount in its long form.
pub(super) fn long(node: &mut Node, mode: Mode, problems: &mut Problems) -> bool {
    let Some(short) = as_text(node) else { return true };
    match Mount::of(short) {
        Ok(mount) => *node = mount.node(node.at),
        Err(_) if mode.lenient => {}
        Err(why) => {
            let message = format!("{} is no mount: {why}", problems.quoted(short));
            let help = "write SOURCE:TARGET[:OPTIONS]";
            problems.add(Diagnostic::at(node.at, "wrong-value", message).help(help));
        }
    }
    true
}

/// The path in the container, of either form.
pub(in crate::compose::load) fn target(node: &Node) -> Option<String> {
    match as_text(node) {
        Some(short) => Mount::of(short).ok().map(|mount| mount.target),
        None => node.get("target").and_then(spelled).map(str::to_owned),
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Mount {
    source: String,
    target: String,
    read_only: bool,
    nocopy: bool,
    propagation: String,
    selinux: String,
    bare: bool,
}

impl Mount {
    fn of(short: &str) -> Result<Self, &'static str> {
        let mut mount = Self::default();
        if short.chars().count() <= 2 {
            if short.is_empty() {
                return Err("it is empty");
            }
            let target = short.to_owned();
            return Ok(Self { target, bare: true, ..mount });
        }
        let parts = parts(short);
        let [first, rest @ ..] = parts.as_slice() else { return Err("it is empty") };
        if parts.iter().any(|part| part.is_empty()) {
            return Err("nothing stands between two colons");
        }
        match rest {
            [] => mount.target = (*first).to_owned(),
            [target] => (mount.source, mount.target) = ((*first).to_owned(), (*target).to_owned()),
            [target, options] => {
                (mount.source, mount.target) = ((*first).to_owned(), (*target).to_owned());
                options.split(',').for_each(|option| mount.option(option));
            }
            _ => return Err("it has too many colons"),
        }
        Ok(mount)
    }

    /// What Compose does not know it leaves out without a word.
    fn option(&mut self, option: &str) {
        match option {
            "ro" => self.read_only = true,
            "rw" => self.read_only = false,
            "nocopy" => self.nocopy = true,
            "z" | "Z" => option.clone_into(&mut self.selinux),
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
                option.clone_into(&mut self.propagation);
            }
            _ => {}
        }
    }

    fn node(self, at: Position) -> Node {
        let host = is_host_path(&self.source);
        let kind = if host { "bind" } else { "volume" };
        let mut entries = vec![entry("type", text(kind, at))];
        if !self.source.is_empty() {
            entries.push(entry("source", text(self.source, at)));
        }
        entries.push(entry("target", text(clean(&self.target), at)));
        if self.read_only {
            entries.push(entry("read_only", flag(true, at)));
        }
        let mut bind = Mapping::new();
        if host {
            bind.push(entry("create_host_path", flag(true, at)));
        }
        for (key, value) in [("propagation", self.propagation), ("selinux", self.selinux)] {
            if !value.is_empty() {
                bind.push(entry(key, text(value, at)));
            }
        }
        if !bind.is_empty() {
            entries.push(entry("bind", map(bind, at)));
        }
        if self.nocopy || !(host || self.bare) {
            let nocopy = self.nocopy.then(|| entry("nocopy", flag(true, at)));
            entries.push(entry("volume", map(nocopy.into_iter().collect(), at)));
        }
        map(entries, at)
    }
}

/// The parts between colons, but not those of a variable or of a drive's letter.
fn parts(short: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut open) = (0, 0_usize);
    for (at, c) in short.char_indices() {
        match c {
            '$' if short.get(at + 1..).is_some_and(|rest| rest.starts_with('{')) => open += 1,
            '}' => open = open.saturating_sub(1),
            ':' if open == 0 => {
                let part = short.get(from..at).unwrap_or_default();
                let mut letters = part.chars();
                let drive = letters.next().is_some_and(char::is_alphabetic);
                if !drive || letters.next().is_some() {
                    parts.push(part);
                    from = at + 1;
                }
            }
            _ => {}
        }
    }
    if open == 0 {
        parts.push(short.get(from..).unwrap_or_default());
    }
    parts
}

fn is_host_path(source: &str) -> bool {
    let mut letters = source.chars();
    let drive = letters.next().is_some_and(char::is_alphabetic) && letters.next() == Some(':');
    drive || source.starts_with(['.', '/', '~']) || source.starts_with("\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(short: &str) -> Result<String, &'static str> {
        Mount::of(short).map(|mount| {
            let options = [mount.propagation, mount.selinux].concat();
            let flags = [("ro", mount.read_only), ("nocopy", mount.nocopy)];
            let flags: String = flags.iter().filter(|f| f.1).map(|f| f.0).collect();
            format!("{}|{}|{flags}{options}", mount.source, mount.target)
        })
    }

    #[test]
    fn short_forms() {
        for (short, expected) in [
            ("/data", "|/data|"),
            ("data:/data:ro", "data|/data|ro"),
            ("./a:/b:rw,z,cached", "./a|/b|z"),
            ("data:/data:nocopy,rslave", "data|/data|nocopyrslave"),
            ("C:\\x:/data", "C:\\x|/data|"),
            ("${A:-./x}:/y:ro", "${A:-./x}|/y|ro"),
        ] {
            assert_eq!(shown(short).as_deref(), Ok(expected), "{short}");
        }
        for short in ["", "ab::c", ":/data", "/a:/b:ro:x"] {
            assert!(shown(short).is_err(), "{short}");
        }
    }
}
