//! How a service's health is asked.

use super::program::number;
use super::{Describing, plain};
use crate::compose::{Healthcheck, Service, Words};
use crate::import::asked;
use crate::import::draft::DraftService;
use crate::import::layout::{Entry, Item};

impl Describing<'_> {
    pub(super) fn health(&mut self, name: &str, keys: &Service, out: &mut DraftService) {
        let Some(check) = keys.healthcheck.as_ref() else { return };
        let Healthcheck {
            test,
            interval,
            timeout,
            retries,
            start_period,
            disable,
            carried,
            places: _,
        } = check;
        let used = self.used(&out.base);
        if let Some(why) = used.and_then(|(known, facts)| asked::instead(&known, &facts, keys)) {
            self.hardened(name, &["healthcheck"], why);
            return;
        }
        if *disable == Some(true) {
            self.dropped(name, &["healthcheck"], "nothing is asked; the report says so");
            return;
        }
        let Some(words) = command(test.as_ref()) else {
            self.dropped(name, &["healthcheck"], "it asks nothing of its own");
            return;
        };
        self.kept(name, &["healthcheck"]);
        let mut keys = vec![Entry::new("command", Item::texts(words))];
        let times = [
            ("interval", interval, 10),
            ("timeout", timeout, 5),
            ("start_period", start_period, 30),
        ];
        for (key, time, usual) in times {
            let time = time.as_deref().and_then(crate::compose::seconds);
            // What is shorter than usual only makes an engine call a slow service ill.
            if let Some(time) = time.filter(|time| time.0 > usual) {
                keys.push(Entry::new(key, Item::text(time.to_string())));
            }
        }
        let retries = retries.as_ref().and_then(|count| number(count).parse::<u16>().ok());
        if let Some(count) = retries.filter(|count| *count > 5) {
            keys.push(Entry::new("retries", Item::plain(count)));
        }
        out.health = Some(Item::Map(keys));
        for key in carried.keys() {
            self.dropped(name, &["healthcheck", key], "there is no word for it");
        }
    }
}

/// The words of a test.
fn command(test: Option<&Words>) -> Option<Vec<String>> {
    let shell = |line: &str| Some(vec!["/bin/sh".to_owned(), "-c".to_owned(), plain(line)]);
    match test? {
        Words::Line(line) => shell(line),
        Words::List(words) => match words.split_first() {
            Some((kind, [line])) if kind == "CMD-SHELL" => shell(line),
            Some((kind, words)) if kind == "CMD" && !words.is_empty() => {
                Some(words.iter().map(|word| plain(word)).collect())
            }
            _ => None,
        },
    }
}
