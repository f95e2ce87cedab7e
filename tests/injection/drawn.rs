//! A description drawn in memory, and its files as words.

use std::collections::BTreeMap;

use portcullis::description::Document;
use portcullis::diagnostic::{Problems, Sources};
use portcullis::lock::Lock;
use portcullis::pipeline::{self, Destination};
use portcullis::secrets::BundleIndex;
use portcullis::targets;
use time::macros::date;

use crate::places::Place;
use crate::{language, yaml};

/// What became of a description.
pub(crate) enum Outcome {
    /// Reading refused it, with this report.
    Refused(String),
    /// It was read, and drawing failed.
    Broken(String),
    /// It was drawn.
    Drawn(Words),
}

/// The words of every file, as the file's own language reads them.
pub(crate) struct Words(BTreeMap<String, Vec<String>>);

/// A nasty text and the harmless one in its place.
#[derive(Clone, Copy)]
pub(crate) struct Swap<'a> {
    pub(crate) harmless: &'a str,
    pub(crate) text: &'a str,
}

/// Read, resolve, harden and draw.
pub(crate) fn attempt(text: &str) -> Outcome {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let source = sources.add("portcullis.yaml", text);
    let document = Document::read(source, text, &mut problems);
    let target = &targets::compose::TARGET;
    let hardened = document.filter(|_| problems.is_empty()).and_then(|document| {
        let (lock, today) = (Lock::default(), date!(2026 - 01 - 02));
        pipeline::hardened(&document, "production", target, &lock, today, &mut problems)
    });
    let Some(hardened) = hardened else { return Outcome::Refused(sources.report(&problems)) };
    let to = Destination {
        folder: "deploy/production",
        secrets_dir: "/run/portcullis/shop/production",
        description: "0123456789abcdef",
    };
    match pipeline::draw(&hardened, target, &BundleIndex::default(), to) {
        Ok((tree, _)) => {
            let files = tree.iter().map(|(path, file)| {
                let text = std::str::from_utf8(&file.bytes).unwrap();
                (path.to_string(), language::words(path.as_str(), text))
            });
            Outcome::Drawn(Words(files.collect()))
        }
        Err(error) => Outcome::Broken(error.to_string()),
    }
}

impl Words {
    /// Whether `nasty` is this with `text` in place of the harmless one. Says what is not.
    pub(crate) fn compare(&self, nasty: &Self, place: &Place, swap: Swap) -> Result<(), String> {
        let within = |word: &String| word.replace(swap.harmless, swap.text);
        let names: Vec<String> = self.0.keys().map(within).collect();
        let found: Vec<&String> = nasty.0.keys().collect();
        if names.iter().ne(found.iter().copied()) {
            return Err(format!("files {found:?} instead of {names:?}"));
        }
        for ((name, harmless), words) in self.0.iter().zip(nasty.0.values()) {
            let text = match name.as_str() {
                "compose.yaml" if place.is_compose() => yaml::compose(swap.text),
                _ => swap.text.to_owned(),
            };
            let expected = harmless.iter().map(|word| word.replace(swap.harmless, &text));
            let (mut expected, mut words) = (expected.collect::<Vec<_>>(), words.clone());
            if place.is_key() {
                // Keys are sorted where they are drawn: a text moves its entry.
                expected.sort_unstable();
                words.sort_unstable();
            }
            if let Some(difference) = difference(&expected, &words) {
                return Err(format!("{name}, {difference}"));
            }
        }
        Ok(())
    }
}

/// The first word that is another, with those around it.
fn difference(expected: &[String], words: &[String]) -> Option<String> {
    let at = expected.iter().zip(words).position(|(expected, word)| expected != word);
    let shorter = expected.len().min(words.len());
    let at = at.or((expected.len() != words.len()).then_some(shorter))?;
    let around = |words: &[String]| words[at.saturating_sub(2)..words.len().min(at + 3)].to_vec();
    Some(format!("word {at}: {:?} instead of {:?}", around(words), around(expected)))
}
