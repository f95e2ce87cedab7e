//! How a service's health is asked.

use super::{Describing, plain};
use crate::compose::{Healthcheck, Words};
use crate::import::draft::DraftService;
use crate::import::layout::{Entry, Item};

impl Describing<'_> {
    pub(super) fn health(
        &mut self,
        name: &str,
        check: Option<&Healthcheck>,
        out: &mut DraftService,
    ) {
        let Some(check) = check else { return };
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
        let knows = self.used(&out.base).is_some_and(|(_, facts)| facts.health.is_some());
        if knows {
            self.hardened(
                name,
                &["healthcheck"],
                "the question that is known for this image is asked",
            );
            return;
        }
        if *disable == Some(true) {
            self.dropped(name, &["healthcheck"], "nothing is asked; the report says so");
            return;
        }
        match command(test.as_ref()) {
            Some(words) => {
                self.kept(name, &["healthcheck", "test"]);
                let command = Entry::new("command", Item::texts(words));
                out.health = Some(Item::Map(vec![command]));
            }
            None => self.dropped(name, &["healthcheck", "test"], "it asks nothing of its own"),
        }
        let times = [
            ("interval", interval.is_some()),
            ("timeout", timeout.is_some()),
            ("retries", retries.is_some()),
            ("start_period", start_period.is_some()),
            ("disable", disable.is_some()),
        ];
        for (key, _) in times.iter().filter(|(_, said)| *said) {
            self.hardened(
                name,
                &["healthcheck", key],
                "every 10 s, 5 s to answer, ill after 5 failures, the first 30 s do not count",
            );
        }
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
