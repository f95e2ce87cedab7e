//! A description written by an attacker: nothing that a person can write leaves its place.
//!
//! Every value and every key of a description that uses all of them is replaced, led and followed
//! by text that means something to nginx, YAML, Docker, a shell, SQL or Markdown. Either reading
//! refuses it, or the drawn files, read as their own language reads them, are those of a harmless
//! text with the one text in place of the other: the same words, and nothing besides.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod attack;
mod dockerfile;
mod drawn;
mod language;
mod markdown;
mod nginx;
mod places;
mod shell;
mod yaml;

use std::collections::BTreeMap;

use attack::{HARMLESS, NASTY, POLYGLOT};
use drawn::{Outcome, Swap, attempt};
use places::{Manner, Place};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Places of free text: some of the nasty texts have to arrive there, or nothing was proved.
const FREE: [&str; 20] = [
    "auth.staff.oidc.groups.0",
    "exceptions.0.reason",
    "exceptions.1.reason",
    "secrets.db_url.template",
    "services.tool.command.0",
    "services.tool.command.1",
    "services.tool.entrypoint.1",
    "services.tool.health.command.1",
    "services.web.command.3",
    "services.web.compose.annotations.team",
    "services.web.compose.hostname",
    "services.web.compose.working_dir",
    "services.web.compose.x-note",
    "services.web.entrypoint.0",
    "services.web.labels.com.example.team",
    "services.web.settings.MODE",
    "services.web.settings.URL",
    "services.worker.command.2",
    "services.worker.health.command.1",
    "streams.2525/tcp.reason",
];

#[test]
fn every_place_stands_an_attack_in_every_language() {
    let mut failures = Vec::new();
    for (at, place) in places::all().iter().enumerate() {
        // Every text meets every manner in turn.
        let (manner, text) = (Manner::ALL[at % 3], POLYGLOT[at / 3 % POLYGLOT.len()]);
        failures.extend(Harmless::default().stands(place, manner, text).err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn free_text_stands_every_nasty_text() {
    let (mut harmless, mut failures) = (Harmless::default(), Vec::new());
    let places: BTreeMap<String, Place> =
        places::all().into_iter().map(|place| (place.to_string(), place)).collect();
    for (at, name) in FREE.into_iter().enumerate() {
        let mut arrived = 0;
        // A sixth of the texts at each place, and each text at a sixth of the places.
        for text in NASTY.iter().skip(at % 6).step_by(6) {
            match harmless.stands(&places[name], Manner::Replaced, text) {
                Ok(taken) => arrived += usize::from(taken),
                Err(failure) => failures.push(failure),
            }
        }
        if arrived < 4 {
            failures.push(format!("{name}: only {arrived} nasty texts arrive there"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_leaves_its_place(
        place in any::<Index>(), manner in select(&Manner::ALL[..]), text in attack::texts(),
    ) {
        let places = places::all();
        let stood = Harmless::default().stands(place.get(&places), manner, &text);
        prop_assert!(stood.is_ok(), "{}", stood.unwrap_err());
    }
}

/// What is drawn with a harmless text at a place, kept for the next nasty one.
#[derive(Default)]
struct Harmless(BTreeMap<(String, Manner, &'static str), Outcome>);

impl Harmless {
    /// True where the text was taken and stayed where it belongs, false where it was refused.
    fn stands(&mut self, place: &Place, manner: Manner, text: &str) -> Result<bool, String> {
        let here = |what: &str| format!("{place}, {manner:?}, {text:?}: {what}");
        let nasty = match attempt(&place.written(manner, text)) {
            Outcome::Refused(report) => {
                return match report.chars().find(|c| attack::acts_on_a_terminal(*c)) {
                    Some(c) => Err(here(&format!("the report carries {c:?} to the terminal"))),
                    None if report.trim().is_empty() => Err(here("refused without a word")),
                    None => Ok(false),
                };
            }
            Outcome::Broken(error) => return Err(here(&format!("read, but not drawn: {error}"))),
            Outcome::Drawn(words) => words,
        };
        for harmless in HARMLESS {
            let key = (place.to_string(), manner, harmless);
            let drawn =
                self.0.entry(key).or_insert_with(|| attempt(&place.written(manner, harmless)));
            if let Outcome::Drawn(words) = drawn {
                let swap = Swap { harmless, text };
                return words
                    .compare(&nasty, place, swap)
                    .map(|()| true)
                    .map_err(|what| here(&what));
            }
        }
        // A number in the place of a number is no attack.
        if attack::is_plain(text) { Ok(false) } else { Err(here("taken, and no harmless text is")) }
    }
}
