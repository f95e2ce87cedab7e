//! From a Compose project to a description that a person would have written, with an account of
//! every key.
//!
//! [`import`] describes every service ([`describe`]), writes the draft ([`write`]), and then asks
//! the controls: what they refuse and the original needs becomes an exception with its reason
//! ([`measure`]). Nothing here does I/O.

mod account;
mod asked;
mod describe;
mod draft;
mod drawn;
mod expression;
mod kinds;
mod layout;
pub mod links;
mod measure;
mod mounted;
mod names;
mod profiles;
pub mod proxy;
mod read;
pub mod settings;
pub mod web;
mod write;

use std::collections::BTreeMap;

use camino::Utf8Path;
use time::Date;

pub use account::{Account, Fate, Line};
pub use drawn::drawn;
pub use read::{Reading, below, read};

use crate::compose::load::Project;
use crate::diagnostic::{Problems, Sources};
use crate::knowledge::Knowledge;
use crate::pipeline::Hardened;
use crate::secrets::SecretValue;
use crate::stack::SecretName;

/// What import works from.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// The project with its variables filled in.
    pub project: &'a Project,
    /// The same with its variables as they are written, where it could be read so.
    pub written: Option<&'a Project>,
    /// Variables that have to be set and are not.
    pub unset: &'a [String],
    /// Files that services mount, by the path that their mount names; below a mounted folder by that
    /// and their own.
    pub texts: &'a BTreeMap<String, String>,
    /// Folder of the project, absolute.
    pub folder: &'a Utf8Path,
    /// Folder of the project as the description's folder sees it; empty for the same folder.
    pub from_description: &'a Utf8Path,
    /// Name that the description gets where the files have none.
    pub name: &'a str,
}

/// What became of a project.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The text of the description.
    pub text: String,
    /// What became of every key, in the order of the original.
    pub account: Vec<Line>,
    /// What a person has to look at: line of the description, words.
    pub manual: Vec<(usize, String)>,
    /// Values of secrets that stand in the original, for sealing.
    pub values: BTreeMap<SecretName, SecretValue>,
    /// The stack that the description makes, with what the controls say of it.
    pub hardened: Hardened,
}

/// Describe a project. `None` where even with every exception the description would not generate;
/// `problems` and `sources` then say why.
pub fn import(
    original: &Original<'_>,
    recipients: &[String],
    today: Date,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Imported> {
    let described = describe::describe(original, &Knowledge);
    let describe::Described { mut draft, account, values } = described;
    draft.recipients = recipients.to_vec();
    let (text, hardened) = measure::accepted(&mut draft, today, sources, problems)?;
    let account = account.lines(&original.project.node);
    let manual = manual(&text);
    Some(Imported { text, account, manual, values, hardened })
}

/// Comments that begin with MANUAL, with their lines.
fn manual(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let alone = line.trim_start().strip_prefix("# ");
        let begins = |words: &&str| words.starts_with(MANUAL);
        let comment = alone.or_else(|| line.split_once("  # ").map(|(_, words)| words));
        match comment {
            Some(words) if begins(&words) => found.push((at + 1, words.to_owned())),
            Some(words) if open && alone.is_some() => {
                if let Some((_, last)) = found.last_mut() {
                    last.push_str(&format!(" {words}"));
                }
            }
            _ => {}
        }
        open = alone.is_some_and(|words| open || begins(&words));
    }
    found
}

/// What a comment begins with that asks a person for something.
const MANUAL: &str = "MANUAL: ";
