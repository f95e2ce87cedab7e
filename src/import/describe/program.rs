//! What a service runs, as whom, and how long it lives.

use super::end::{self, End};
use super::{Describing, plain};
use crate::compose::{Number, Words};
use crate::import::draft::DraftService;
use crate::stack::{ProfileName, Seconds};

impl Describing<'_> {
    pub(super) fn program(
        &mut self,
        name: &str,
        command: Option<&Words>,
        entrypoint: Option<&Words>,
        out: &mut DraftService,
    ) {
        for (key, words) in [("command", command), ("entrypoint", entrypoint)] {
            let Some(words) = words else { continue };
            let words = crate::compose::words(words);
            if words.is_empty() {
                self.dropped(name, &[key], "it says nothing: the image's own holds");
                continue;
            }
            self.kept(name, &[key]);
            match key {
                "command" => out.command = Some(words),
                _ => out.entrypoint = Some(words),
            }
        }
    }

    pub(super) fn runs_as(
        &mut self,
        name: &str,
        user: Option<&str>,
        groups: &[String],
        init: Option<bool>,
        out: &mut DraftService,
    ) {
        if let Some(user) = user.map(plain).filter(|user| !user.is_empty()) {
            self.kept(name, &["user"]);
            // One number alone is that user with root's group; the description means both.
            let number = user.bytes().all(|byte| byte.is_ascii_digit());
            out.user = Some(if number { format!("{user}:0") } else { user });
        } else {
            self.dropped(name, &["user"], "it says nothing");
        }
        if !groups.is_empty() {
            self.kept(name, &["group_add"]);
            let groups = groups.iter().map(|group| crate::import::layout::Item::text(plain(group)));
            let groups = crate::import::layout::Item::List(groups.collect());
            out.compose.insert("group_add".to_owned(), groups);
        }
        if let Some(init) = init {
            match init {
                true => self.kept(name, &["init"]),
                false => {
                    self.hardened(name, &["init"], "a process 1 that reaps children is put in")
                }
            }
        }
    }

    pub(super) fn lifetime(
        &mut self,
        name: &str,
        restart: Option<&str>,
        stop_grace: Option<&str>,
        profiles: &[String],
        out: &mut DraftService,
    ) {
        out.once = self.is_job(name, restart);
        if let Some(restart) = restart {
            match (out.once, restart) {
                (true, _) => self.kept(name, &["restart"]),
                (_, "unless-stopped") => self.kept(name, &["restart"]),
                _ => self.hardened(
                    name,
                    &["restart"],
                    "it starts again after a failure and a reboot, unless it was stopped",
                ),
            }
        }
        if let Some(time) = stop_grace {
            match Seconds::parse(time) {
                Ok(time) => {
                    out.stop_grace = Some(time.to_string());
                    self.kept(name, &["stop_grace_period"]);
                }
                Err(_) => {
                    self.dropped(name, &["stop_grace_period"], "it is no whole number of seconds")
                }
            }
        }
        let profile = profiles.iter().find(|profile| ProfileName::new(profile.as_str()).is_ok());
        match profiles.len() {
            0 => {}
            1 if profile.is_some() => self.kept(name, &["profiles"]),
            1 => self.dropped(name, &["profiles"], "no profile can have this name: it is `other`"),
            _ => self.dropped(
                name,
                &["profiles"],
                "a service has one profile: the others do not start it",
            ),
        }
    }

    /// True for what runs to its end. Where that is in doubt it is none: whoever waited for the
    /// end of a service that has none would wait for ever.
    fn is_job(&self, name: &str, restart: Option<&str>) -> bool {
        const WORDS: [&str; 9] = [
            "migrate",
            "migration",
            "migrations",
            "migrator",
            "init",
            "setup",
            "seed",
            "bootstrap",
            "createbuckets",
        ];
        let services = &self.original.project.file.services;
        let conditions = |wanted: &[&str]| {
            let mut waiting =
                services.values().filter_map(|service| service.depends_on.0.get(name));
            waiting.any(|on| on.condition.as_deref().is_some_and(|said| wanted.contains(&said)))
        };
        if conditions(&["service_completed_successfully"]) {
            return true;
        }
        let Some(keys) = services.get(name) else { return false };
        let end = end::of(keys);
        let said = restart.is_some_and(|one| one == "no" || one.starts_with("on-failure"));
        // A list of names waits for a start too: it says nothing of an end.
        let started = conditions(&["service_started"]) && !said && end != End::InSight;
        let stays = restart.is_some() && !said
            || started
            || conditions(&["service_healthy"])
            || keys.healthcheck.as_ref().is_some_and(|check| check.test.is_some())
            || !keys.ports.is_empty()
            || end == End::Never;
        let named = name.split(['-', '_', '.']).any(|part| WORDS.contains(&part));
        let in_sight = end == End::InSight;
        !stays && (named || in_sight || (restart == Some("no") && !self.is_needed(name)))
    }

    fn is_needed(&self, name: &str) -> bool {
        let services = &self.original.project.file.services;
        services.values().any(|service| service.depends_on.0.contains_key(name))
    }
}

/// A number as it is written.
pub(super) fn number(number: &Number) -> &str {
    &number.0
}
