//! Files as words of their own languages. A word is what its reader takes it for, without quotes
//! and escapes; where a character acts instead of standing for itself, [`ACTS`] precedes it, so
//! that a text which begins to act is another word than the same text at rest.

use crate::{dockerfile, markdown, nginx, shell, yaml};

/// Stands before a character that acts.
pub(crate) const ACTS: char = '\u{e000}';

/// The words of a file; its name says the language.
pub(crate) fn words(path: &str, text: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.').map_or(name, |(_, ending)| ending) {
        "Dockerfile" => dockerfile::words(text),
        "md" => markdown::words(text),
        "sh" | "env" => shell::words(text),
        "conf" | "types" => nginx::words(text),
        "yaml" if name == "compose.yaml" => yaml::words(text, yaml::compose),
        "yaml" | "yml" | "yamllint" => yaml::words(text, str::to_owned),
        "dockerignore" | "cfg" => text.lines().map(str::to_owned).collect(),
        _ => panic!("no language for {path}: teach this module one"),
    }
}

/// A character that acts.
pub(crate) fn acting(c: char) -> String {
    format!("{ACTS}{c}")
}
